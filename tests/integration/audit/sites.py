"""Sites that are told in a few lines of YAML, and what a check says of them.

A site is a mapping. ``urls`` are the entries of ``/sitemap.xml``: each a path or address, or a mapping of
``loc``, ``lastmod``, ``changefreq``, ``priority``, and ``xml`` for whatever else the entry holds, which is
there ``times: N``; with ``pad: N`` its address has so many characters; with ``repeat: N`` there are N of it,
in which ``{n}`` is the number, from 0 or from ``from``. ``{in N hours}`` is that moment. ``xml`` is what
stands in the urlset instead.

``pages`` are more addresses, or others in the place of these: a text, or a mapping of ``text``, ``html`` (a
page, without its doctype), ``urls`` or ``xml`` (as above), ``index`` (a list of child sitemaps, each a path
or a mapping of ``loc`` and ``lastmod``, with ``repeat`` as entries and pages may have it), ``hex`` (bytes),
``status``, ``to`` (a redirect), ``fault``, ``gzip: true``, ``cut: N`` (bytes left out at the end), ``add``
(text after the end), ``pad: N`` (with blanks to so many bytes), ``root`` (the start tag of the root), of
``facts`` (fields of ``Response``: ``ms``, ``etag``, ``content_type`` ...), and of ``agents`` (by user agent,
the pages that others than we get to see). A page that is null is missing.

``robots`` is the text of robots.txt; by default it lists ``/sitemap.xml``. ``site`` is the origin,
``https://example.com`` by default, which replaces ``{site}`` in every text. ``target`` is what is checked,
the origin by default; ``compare`` is the user agent to compare with. ``missing`` is the page that is
answered where there is none; by default it is 404.
"""

import datetime as dt
import gzip
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape

from tests.fakes import Reply

SITE = "https://example.com"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
ROOT = (
    '<{} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" '
    'xmlns:video="http://www.google.com/schemas/sitemap-video/1.1" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
)
MOMENT = re.compile(r"\{in (-?\d+) hours\}")
FIELDS = ("loc", "lastmod", "changefreq", "priority")


def pages(told: Mapping[str, Any]) -> dict[str, Reply]:
    """What every address of a site answers."""
    site = told.get("site", SITE)
    given = {"/robots.txt": told.get("robots", f"User-agent: *\nSitemap: {site}/sitemap.xml\n")}
    if "urls" in told or "xml" in told:
        given["/sitemap.xml"] = {key: told[key] for key in ("urls", "xml") if key in told}
    given |= told.get("pages", {})
    return {
        _absolute(site, path.replace("{n}", str(number))): _reply(site, page)
        for path, page in given.items()
        if page is not None
        for number, page in _repeated(page if isinstance(page, Mapping) else {"text": page})
    }


def page(told: Mapping[str, Any], page_: Mapping[str, Any]) -> Reply:
    """What one page of a site answers."""
    return _reply(told.get("site", SITE), page_)


def _repeated(told: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """As many of something as it says, each with its number."""
    first = told.get("from", 0)
    return ((number, told) for number in range(first, first + told.get("repeat", 1)))


def _filled(text: str, number: int) -> str:
    """A text with the number and the moments that it leaves open."""
    return MOMENT.sub(_moment, text.replace("{n}", str(number)))


def _moment(found: re.Match[str]) -> str:
    then = dt.datetime.now(dt.UTC) + dt.timedelta(hours=int(found[1]))
    return then.isoformat(timespec="seconds")


def _reply(site: str, page: Mapping[str, Any]) -> Reply:
    fault, facts = page.get("fault"), page.get("facts", {})
    if "to" in page:
        return Reply(to=_absolute(site, page["to"]))
    agents = {agent: _reply(site, instead) for agent, instead in page.get("agents", {}).items()}
    body = _body(site, page)
    if "html" in page:
        facts = {**HTML, **facts}
    return Reply(body, status=page.get("status", 200), fault=fault, facts={**FACTS, **facts}, agents=agents)


HTML = {"content_type": "text/html", "etag": None}
"""The same of a page of HTML."""

FACTS = {"content_type": "application/xml", "etag": '"1"', "ms": 20}
"""What every answer says unless the case says otherwise."""


def _body(site: str, page: Mapping[str, Any]) -> bytes | None:
    if "hex" in page:
        body = bytes.fromhex(page["hex"])
    elif "html" in page:
        body = f"<!doctype html>{page['html'].replace('{site}', site)}".encode()
    elif "text" in page:
        body = page["text"].replace("{site}", site).encode()
    elif "index" in page:
        body = _document(page, "sitemapindex", _children(site, page["index"]))
    elif "urls" in page or "xml" in page:
        inner = [page["xml"].replace("{site}", site)] if "xml" in page else _entries(site, page["urls"])
        body = _document(page, "urlset", inner)
    else:
        return None
    if page.get("gzip"):
        body = gzip.compress(body, mtime=0)
    return body[: len(body) - page.get("cut", 0)].ljust(page.get("pad", 0)) + page.get("add", "").encode()


def _document(page: Mapping[str, Any], name: str, inner: Iterable[str]) -> bytes:
    root = page.get("root", ROOT.format(name))
    return f"{HEAD}{root}{''.join(inner)}</{name}>\n".encode()


def _entries(site: str, urls: Iterable[Any]) -> Iterator[str]:
    for each in urls:
        for number, entry in _repeated(each if isinstance(each, Mapping) else {"loc": each}):
            yield _entry(site, entry, number)


def _entry(site: str, entry: Mapping[str, Any], number: int) -> str:
    values = {key: _filled(str(entry[key]), number) for key in FIELDS if key in entry}
    if "loc" in values:
        values["loc"] = _absolute(site, values["loc"]).ljust(entry.get("pad", 0), "a")
    fields = "".join(f"<{key}>{escape(value)}</{key}>" for key, value in values.items())
    more = _filled(entry.get("xml", "").replace("{site}", site), number) * entry.get("times", 1)
    return f"<url>{fields}{more}</url>\n"


def _children(site: str, children: Iterable[Any]) -> Iterator[str]:
    for each in children:
        for number, child in _repeated(each if isinstance(each, Mapping) else {"loc": each}):
            loc = escape(_absolute(site, _filled(child["loc"], number)))
            lastmod = (
                f"<lastmod>{_filled(str(child['lastmod']), number)}</lastmod>" if "lastmod" in child else ""
            )
            yield f"<sitemap><loc>{loc}</loc>{lastmod}</sitemap>\n"


def _absolute(site: str, path: str) -> str:
    return f"{site}{path}" if path.startswith("/") else path.replace("{site}", site)
