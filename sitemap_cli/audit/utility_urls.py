"""URLs that serve a purpose other than content, by kind. The list is our own judgement."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from sitemap_cli.audit.entry_batch import SEPARATOR, Batch
from sitemap_cli.model.values import Severity

_END = rf"/?(?=[?#{SEPARATOR}])"
_BELOW = rf"(?=[/?#{SEPARATOR}])"
# A page of a shop or of a language can be one level down, but not a product whose name is such a word.
_LANGUAGE_FOLDER = "[a-z]{2}(?:[_-][A-Za-z]{2})?/"
_LANGUAGE = f"(?:{_LANGUAGE_FOLDER})?"


class UtilityKind(NamedTuple):
    """A kind of URLs, the pattern to find them, and texts with one of which the paths begin.

    For parameters, ``names`` is a pattern for their names. ``may_be_usual`` says that a site can be set up in
    such a way that all its URLs are of the kind.
    """

    name: str
    severity: Severity
    pattern: str
    signs: tuple[str, ...] = ()
    names: str = ""
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
SAMPLES = ("sample-page", "category/uncategorized")
_KEY = rf"(?:\[|%5[Bb]|_|\.)[^=&#{SEPARATOR}]*"
_HOST = rf"{SEPARATOR}[A-Za-z]+://[^/?#{SEPARATOR}]*"
_ANY = rf"(?:[^#{SEPARATOR}]*&)?"

# Behind the root of a site and the code of a language.
SAMPLE, LATER, DRAFT = "sample content of the system", "later page of a list", "post by its number"
_BLOG = "(?:blog/)?"
_SHOP, _USERS = "(?:shop/|store/)?", "(?:users?/|auth/|accounts/)?"
PATHS = (
    UtilityKind(
        "cart or checkout",
        Severity.WARNING,
        rf"{_SHOP}(?:{_join(*CARTS)}(?:\.php|\.html)?{_END}|(?:checkout|kasse)(?:/{CHECKOUT_PAGES})?{_END})",
        (*CARTS, "checkout", "kasse"),
    ),
    UtilityKind(
        "customer account",
        Severity.WARNING,
        rf"{_SHOP}(?:{_join(*ACCOUNTS)}{_BELOW}|account(?:/{_join(*ACCOUNT_PAGES)})?{_END})",
        (*ACCOUNTS, "account"),
    ),
    UtilityKind(
        "login or registration",
        Severity.INFO,
        rf"{_USERS}{_join(*LOGINS)}(?:\.php|\.aspx|\.html)?{_END}",
        LOGINS,
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
        rf"{_SHOP}{_join(*AFTERWARDS)}(?:\.html|\.php)?{_END}",
        AFTERWARDS,
    ),
    UtilityKind(
        "internal search",
        Severity.WARNING,
        rf"(?:(?:index\.php)?\?s=|{_join(*SEARCHES)}(?:\.php|\.html)?/?\?|catalogsearch/result{_BELOW})",
        ("index.php?s=", "?s=", "catalogsearch/result", *SEARCHES),
    ),
    UtilityKind(SAMPLE, Severity.INFO, f"{_BLOG}{_join(*SAMPLES)}{_END}", SAMPLES),
)
_FILTERS = rf"{SORTING}|filters?(?:{_KEY})?|(?:min_|max_)price|price{_KEY}|per_page|limit"
PARAMETERS = (
    UtilityKind("cart or checkout", Severity.WARNING, "[?&]add-to-cart=", names="add-to-cart"),
    UtilityKind(
        DRAFT,
        Severity.WARNING,
        rf"{_HOST}/(?:index\.php)?\?(?:(?:p|page_id|attachment_id)=[0-9]|{_ANY}preview=true)",
        names="p|page_id|attachment_id|preview",
        may_be_usual=True,
    ),
    UtilityKind("reply to a comment", Severity.WARNING, "[?&]replytocom=", names="replytocom"),
    UtilityKind("sorting or filter", Severity.INFO, rf"[?&](?:{_FILTERS})=", names=_FILTERS),
    UtilityKind(
        "switch of store or currency",
        Severity.INFO,
        "[?&](?:___store|___from_store|currency)=",
        names="___store|___from_store|currency",
    ),
    UtilityKind(
        LATER,
        Severity.INFO,
        rf"[?&](?:page|paged)=[0-9]|{_HOST}/[^?#{SEPARATOR}]+\?{_ANY}p=[0-9]",
        names="page|paged|p",
    ),
)
# Anywhere in a path. A pattern that begins with fixed characters is quick to search.
PARTS = (
    UtilityKind(LATER, Severity.INFO, f"/page/[0-9]+{_END}"),
    UtilityKind(SAMPLE, Severity.INFO, f"/hello-world{_END}"),
)


@cache
def _build_beginnings() -> str:
    """Return a pattern for the beginnings of all paths. It takes some ms, and few sites need it."""
    tree = _build_tree(folder + sign for folder in ("", *_FOLDERS) for sign in _SIGNS)
    return f"(?:{tree}|{_LANGUAGE_FOLDER}{tree})"


def _build_tree(words: Iterable[str]) -> str:
    """Return a pattern for some words that tests each character once, which takes a quarter of the time."""
    by_first = defaultdict[str, set[str]](set)
    for word in words:
        by_first[word[:1]].add(word[1:])
    if "" in by_first:
        return ""
    parts = [re.escape(first) + _build_tree(rest) for first, rest in sorted(by_first.items())]
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"


_SIGNS = tuple(sign for kind in PATHS for sign in kind.signs)
_LANGUAGE_FOLDER = "[a-z]{2}(?:[_-][A-Za-z]{2})?/"
_FOLDERS = ("shop/", "store/", "user/", "users/", "auth/", "accounts/", "blog/")
_POSTS = re.compile(f"{_LANGUAGE}(blog/|[0-9]{{4}}/)?")
_OPTIONAL = (re.compile(_LANGUAGE), re.compile(f"(?:{'|'.join(_FOLDERS)})?"))


def find_utility_urls(batch: Batch) -> Iterator[tuple[UtilityKind, list[int]]]:
    """Yield each kind that occurs in a batch, with the indexes of its entries."""
    text, search = batch.locs.text, batch.locs.search
    own = batch.sitemap.origin if batch.has_only_own_origin else None
    root = rf"{SEPARATOR}{re.escape(own) if own else f'[A-Za-z]+://[^/?#{SEPARATOR}]*/'}"
    # One search for the beginnings of all paths: most sites have none of them.
    may_have = _may_begin(batch.common_path) and re.search(root + _build_beginnings(), text)
    for kind in PATHS if may_have else ():
        if found := list(search(re.compile(root + _LANGUAGE + kind.pattern))):
            yield kind, found
    for kind in PARAMETERS if batch.parameter_names else ():
        named = any(re.fullmatch(kind.names, each) for each in batch.parameter_names)
        if named and (found := list(search(re.compile(kind.pattern)))):
            yield kind, found
    for kind in PARTS:
        if kind.name == SAMPLE and not _may_be_blog(batch.common_path):
            continue
        if found := list(search(re.compile(kind.pattern))):
            yield kind, found


def _may_be_blog(common: str) -> bool:
    """Return whether paths that all begin like this can be those of posts: in the root, a blog or a year."""
    found = _POSTS.match(common)
    return found is None or bool(found[1]) or "/" not in common[found.end() :]


def _may_begin(common: str) -> bool:
    """Return whether paths that all begin like this can be those of a kind."""
    rest = common
    for folder in _OPTIONAL:
        if "/" not in rest:
            return True
        found = folder.match(rest)
        rest = rest[found.end() :] if found else rest
    return "/" not in rest or any(rest.startswith(sign) or sign.startswith(rest) for sign in _SIGNS)
