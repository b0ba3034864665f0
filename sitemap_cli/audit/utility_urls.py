"""URLs that serve a purpose other than content, by kind. The list is our own judgement."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sitemap_cli.audit.entry_batch import SEPARATOR, Batch
from sitemap_cli.model.values import Severity

_END = rf"/?(?=[?#{SEPARATOR}])"
_BELOW = rf"(?=[/?#{SEPARATOR}])"
# A page of a shop or of a language can be one level down, but not a product whose name is such a word.
_LANGUAGE = r"(?:[a-z]{2}(?:[_-][A-Za-z]{2})?/)?"


class UtilityKind(NamedTuple):
    """A kind of URLs, the pattern to find them, and texts one of which must occur: for paths, at their begin.

    ``may_be_usual`` says that a site can be set up in such a way that all its URLs are of the kind.
    """

    name: str
    severity: Severity
    pattern: str
    signs: tuple[str, ...] = ()
    may_be_usual: bool = False


def _join(*words: str) -> str:
    return f"(?:{'|'.join(words)})"


CARTS = ("cart", "basket", "warenkorb", "panier", "carrito", "winkelwagen", "carrello")
ACCOUNTS = ("my-account", "mein-konto", "mon-compte", "mi-cuenta", "customer/account")
ACCOUNT_PAGES = ("login", "register", "orders", "addresses", "recover")
LOGINS = (
    *("login", "log-in", "signin", "sign-in", "sign_in", "logout", "log-out", "sign_out"),
    *("register", "signup", "sign-up", "sign_up", "lost-password", "forgot-password"),
)
ADMINISTRATION = ("wp-admin", "wp-login.php", "wp-json")
# Manuals have whole chapters below /admin/ and /checkout/.
ADMIN_PAGES = _join("admin", "administrator", "user/admin")
CHECKOUT_PAGES = _join("cart", "onepage", "shipping", "payment", "address", "success", "order-received")
ERRORS = ("404", "500", "not-found", "page-not-found", "_error")
AFTERWARDS = ("thank-you", "thanks", "danke", "wishlist", "compare", "unsubscribe")
SEARCHES = ("search", "suche", "recherche", "buscar", "zoeken")
SORTING = _join("sort", "sort_?by", "sort_?order", "orderby", "order", "dir", "product_list_[a-z]+")
SAMPLES = _join("sample-page", "hello-world", "category/uncategorized")
_KEY = rf"(?:\[|%5[Bb]|_|\.)[^=&#{SEPARATOR}]*"
_HOST = rf"{SEPARATOR}[A-Za-z]+://[^/?#{SEPARATOR}]*"
_ANY = rf"(?:[^#{SEPARATOR}]*&)?"

# Behind the root of a site and the code of a language.
_SHOPS = ("shop/", "store/")
PATHS = (
    UtilityKind(
        "cart or checkout",
        Severity.WARNING,
        rf"(?:shop/|store/)?(?:{_join(*CARTS)}(?:\.php|\.html)?{_END}|(?:checkout|kasse)(?:/{CHECKOUT_PAGES})?{_END})",
        (*_SHOPS, *CARTS, "checkout", "kasse"),
    ),
    UtilityKind(
        "customer account",
        Severity.WARNING,
        rf"(?:shop/|store/)?(?:{_join(*ACCOUNTS)}{_BELOW}|account(?:/{_join(*ACCOUNT_PAGES)})?{_END})",
        (*_SHOPS, *ACCOUNTS, "account"),
    ),
    UtilityKind(
        "login or registration",
        Severity.INFO,
        rf"(?:users?/|auth/|accounts/)?{_join(*LOGINS)}(?:\.php|\.aspx|\.html)?{_END}",
        ("user/", "users/", "auth/", "accounts/", *LOGINS),
    ),
    UtilityKind(
        "administration",
        Severity.WARNING,
        rf"(?:{_join(*ADMINISTRATION)}{_BELOW}|{ADMIN_PAGES}(?:/login|/index\.php)?{_END})",
        (*ADMINISTRATION, "admin", "user/admin"),
    ),
    UtilityKind(
        "error page",
        Severity.WARNING,
        rf"{_join(*ERRORS)}(?:\.html|\.php)?{_END}",
        ERRORS,
    ),
    UtilityKind(
        "page after an action",
        Severity.INFO,
        rf"(?:shop/|store/)?{_join(*AFTERWARDS)}(?:\.html|\.php)?{_END}",
        (*_SHOPS, *AFTERWARDS),
    ),
    UtilityKind(
        "internal search",
        Severity.WARNING,
        rf"(?:(?:index\.php)?\?s=|{_join(*SEARCHES)}(?:\.php|\.html)?/?\?|catalogsearch/result{_BELOW})",
        ("index.php?s=", "?s=", "catalogsearch/result", *SEARCHES),
    ),
)
# Anywhere in a URL; one of the signs must occur.
PARTS = (
    UtilityKind("cart or checkout", Severity.WARNING, "[?&]add-to-cart=", ("add-to-cart=",)),
    UtilityKind(
        "post by its number",
        Severity.WARNING,
        rf"{_HOST}/(?:index\.php)?\?(?:(?:p|page_id|attachment_id)=[0-9]|{_ANY}preview=true)",
        ("?p=", "?page_id=", "?attachment_id=", "preview=true"),
        may_be_usual=True,
    ),
    UtilityKind("reply to a comment", Severity.WARNING, "[?&]replytocom=", ("replytocom=",)),
    UtilityKind(
        "sorting or filter",
        Severity.INFO,
        rf"[?&](?:{SORTING}|filters?(?:{_KEY})?|(?:min_|max_)price|price{_KEY}|per_page|limit)=",
        ("sort", "order", "dir=", "product_list_", "filter", "price", "per_page=", "limit="),
    ),
    UtilityKind(
        "switch of store or currency",
        Severity.INFO,
        "[?&](?:___store|___from_store|currency)=",
        ("___store=", "___from_store=", "currency="),
    ),
    UtilityKind(
        "later page of a list",
        Severity.INFO,
        rf"/page/[0-9]+{_END}|[?&](?:page|paged)=[0-9]|{_HOST}/[^?#{SEPARATOR}]+\?{_ANY}p=[0-9]",
        ("/page/", "page=", "paged=", "&p=", "?p="),
    ),
    UtilityKind(
        "sample content of the system",
        Severity.INFO,
        f"/{SAMPLES}{_END}",
        ("/sample-page", "/hello-world", "/uncategorized"),
    ),
)


def _build_tree(words: Iterable[str]) -> str:
    """Return a pattern for some words that tests each character once, which takes a quarter of the time."""
    by_first = defaultdict[str, set[str]](set)
    for word in words:
        by_first[word[:1]].add(word[1:])
    if "" in by_first:
        return ""
    parts = [re.escape(first) + _build_tree(rest) for first, rest in sorted(by_first.items())]
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"


_BEGINNINGS = _build_tree(sign for kind in PATHS for sign in kind.signs)


def find_utility_urls(batch: Batch) -> Iterator[tuple[UtilityKind, list[int]]]:
    """Yield each kind that occurs in a batch, with the indexes of its entries."""
    text = batch.locs.text
    own = batch.sitemap.origin if batch.has_only_own_origin else None
    root = rf"{SEPARATOR}{re.escape(own) if own else f'[A-Za-z]+://[^/?#{SEPARATOR}]*/'}{_LANGUAGE}"
    # One search for the beginnings of all paths: most sites have none of them.
    for kind in PATHS if re.search(root + _BEGINNINGS, text) else ():
        if found := list(batch.locs.search(re.compile(root + kind.pattern))):
            yield kind, found
    has_parameters = "?" in text
    for kind in PARTS:
        is_possible = any(sign in text for sign in kind.signs if has_parameters or sign[0] == "/")
        if is_possible and (found := list(batch.locs.search(re.compile(kind.pattern)))):
            yield kind, found
