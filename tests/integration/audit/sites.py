"""Sites in a few lines of YAML, as the cases of rules describe them.

A site is a mapping with these keys, all optional:

``urls``: the entries of ``/sitemap.xml``. Each is a path or URL, or a mapping:
    ``loc``, ``lastmod``, ``changefreq``, ``priority``: the fields; ``{in N hours}`` is replaced by that time
    ``images``, ``hreflang``, ``news``, ``video``: a list of URLs, URLs by language, and fields that replace
    or remove (null) those of a valid article or video; ``news: {}`` is a valid article
    ``xml``: more elements of the entry, ``times: N`` for N copies of them
    ``pad: N``: make the URL N characters long
    ``repeat: N``: N entries; ``{n}`` is replaced by the number, from 0 or from ``from``
``xml``: the content of the urlset of ``/sitemap.xml``, in the place of ``urls``
``pages``: other pages by path or URL, null for a missing page. Each is a text, or a mapping:
    ``text``, or ``html`` (without its doctype), or ``hex`` (bytes), or ``urls`` or ``xml`` (as above)
    ``index``: the children of an index, each a path or a mapping of ``loc``, ``lastmod`` and ``repeat``
    ``status``, ``to`` (a redirect), ``fault`` (the code of an error)
    ``root``: the start tag of the root
    ``gzip: true``; ``cut: N`` drops N bytes at the end; ``add`` appends a text; ``pad: N`` pads with blanks
    ``facts``: fields of ``Response`` such as ``ms``, ``etag`` or ``content_type``
    ``agents``: other pages by user agent
    ``repeat: N``: N pages, as for entries
``robots``: the text of robots.txt; by default it lists ``/sitemap.xml``
``missing``: the page that is sent for missing pages; by default they are 404
``site``: the origin, by default ``https://example.com``; it replaces ``{site}`` in every text
``target``: what is checked, by default the origin
``compare``: the user agent to compare with
``no_robots: true``: robots.txt is not obeyed
``one_line``: true writes each XML document without line ends between its tags
"""

import datetime as dt
import gzip
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
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
LINE_END = re.compile(rb"(?<=>)\s*\n\s*(?=<[/a-z])")
FIELDS = ("loc", "lastmod", "changefreq", "priority")
NEWS = {
    "name": "The Example Times",
    "language": "en",
    "publication_date": "{in -5 hours}",
    "title": "Companies A, B in merger talks",
}
VIDEO = {
    "thumbnail_loc": "/thumbs/1.jpg",
    "title": "How to hang a lamp",
    "description": "Three steps with a drill",
    "content_loc": "/files/1.mp4",
}


def build_pages(case: Mapping[str, Any]) -> dict[str, Reply]:
    """Return the replies of a site by URL."""
    site = case.get("site", SITE)
    given = {"/robots.txt": case.get("robots", f"User-agent: *\nSitemap: {site}/sitemap.xml\n")}
    if "urls" in case or "xml" in case:
        given["/sitemap.xml"] = {key: case[key] for key in ("urls", "xml") if key in case}
    given |= case.get("pages", {})
    replies = {
        _make_absolute(site, path.replace("{n}", str(number))): _build_reply(site, page)
        for path, page in given.items()
        if page is not None
        for number, page in _repeat(page if isinstance(page, Mapping) else {"text": page})
    }
    if case.get("one_line"):
        return {url: replace(each, body=_join_lines(each.body)) for url, each in replies.items()}
    return replies


def _join_lines(body: bytes | None) -> bytes | None:
    return LINE_END.sub(b"", body) if body and body.lstrip().startswith(b"<") else body


def build_page(case: Mapping[str, Any], page_: Mapping[str, Any]) -> Reply:
    """Return the reply of one page of a site."""
    return _build_reply(case.get("site", SITE), page_)


def _repeat(item: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield an item as often as its ``repeat`` says, each time with its number."""
    first = item.get("from", 0)
    return ((number, item) for number in range(first, first + item.get("repeat", 1)))


def _fill(text: str, number: int) -> str:
    """Replace the number and the times in a text."""
    return MOMENT.sub(_format_moment, text.replace("{n}", str(number)))


def _format_moment(found: re.Match[str]) -> str:
    then = dt.datetime.now(dt.UTC) + dt.timedelta(hours=int(found[1]))
    return then.isoformat(timespec="seconds")


def _build_reply(site: str, page: Mapping[str, Any]) -> Reply:
    fault, facts = page.get("fault"), page.get("facts", {})
    if "to" in page:
        return Reply(to=_make_absolute(site, page["to"]))
    agents = {agent: _build_reply(site, instead) for agent, instead in page.get("agents", {}).items()}
    body = _build_body(site, page)
    if "html" in page:
        facts = {**HTML, **facts}
    return Reply(body, status=page.get("status", 200), fault=fault, facts={**FACTS, **facts}, agents=agents)


HTML = {"content_type": "text/html", "etag": None}
"""Facts of HTML pages, unless the case sets others."""

FACTS = {"content_type": "application/xml", "etag": '"1"', "ms": 20}
"""Facts of all pages, unless the case sets others."""


def _build_body(site: str, page: Mapping[str, Any]) -> bytes | None:
    if "hex" in page:
        body = bytes.fromhex(page["hex"])
    elif "html" in page:
        body = f"<!doctype html>{page['html'].replace('{site}', site)}".encode()
    elif "text" in page:
        body = page["text"].replace("{site}", site).encode()
    elif "index" in page:
        body = _build_document(page, "sitemapindex", _build_children(site, page["index"]))
    elif "urls" in page or "xml" in page:
        inner = [page["xml"].replace("{site}", site)] if "xml" in page else _build_entries(site, page["urls"])
        body = _build_document(page, "urlset", inner)
    else:
        return None
    if page.get("gzip"):
        body = gzip.compress(body, mtime=0)
    return body[: len(body) - page.get("cut", 0)].ljust(page.get("pad", 0)) + page.get("add", "").encode()


def _build_document(page: Mapping[str, Any], name: str, inner: Iterable[str]) -> bytes:
    root = page.get("root", ROOT.format(name))
    return f"{HEAD}{root}{''.join(inner)}</{name}>\n".encode()


def _build_entries(site: str, urls: Iterable[Any]) -> Iterator[str]:
    for each in urls:
        for number, entry in _repeat(each if isinstance(each, Mapping) else {"loc": each}):
            yield _build_entry(site, entry, number)


def _build_entry(site: str, entry: Mapping[str, Any], number: int) -> str:
    values = {key: _fill(str(entry[key]), number) for key in FIELDS if key in entry}
    if "loc" in values:
        values["loc"] = _make_absolute(site, values["loc"]).ljust(entry.get("pad", 0), "a")
    fields = "".join(f"<{key}>{escape(value)}</{key}>" for key, value in values.items())
    more = _fill(entry.get("xml", "").replace("{site}", site), number) * entry.get("times", 1)
    extensions = _fill("".join(_build_extensions(site, entry)), number)
    return f"<url>{fields}{extensions}{more}</url>\n"


def _build_extensions(site: str, entry: Mapping[str, Any]) -> Iterator[str]:
    for code, href in entry.get("hreflang", {}).items():
        yield f'<xhtml:link rel="alternate" hreflang="{code}" href="{escape(_make_absolute(site, href))}"/>'
    for loc in entry.get("images", ()):
        yield f"<image:image><image:loc>{escape(_make_absolute(site, loc))}</image:loc></image:image>"
    if "news" in entry:
        values = NEWS | entry["news"]
        publication = "".join(
            _build_fields(site, "news", {key: values.pop(key) for key in ("name", "language")})
        )
        inner = f"<news:publication>{publication}</news:publication>"
        yield f"<news:news>{inner}{''.join(_build_fields(site, 'news', values))}</news:news>"
    if "video" in entry:
        yield f"<video:video>{''.join(_build_fields(site, 'video', VIDEO | entry['video']))}</video:video>"


def _build_fields(site: str, prefix: str, values: Mapping[str, Any]) -> Iterator[str]:
    """Yield elements; a mapping as a value has attributes, and ``text``."""
    for name, value in values.items():
        if value is not None:
            given = value if isinstance(value, Mapping) else {"text": value}
            attributes = "".join(f' {key}="{text}"' for key, text in given.items() if key != "text")
            text = escape(_make_absolute(site, str(given["text"])))
            yield f"<{prefix}:{name}{attributes}>{text}</{prefix}:{name}>"


def _build_children(site: str, children: Iterable[Any]) -> Iterator[str]:
    for each in children:
        for number, child in _repeat(each if isinstance(each, Mapping) else {"loc": each}):
            loc = escape(_make_absolute(site, _fill(child["loc"], number)))
            lastmod = (
                f"<lastmod>{_fill(str(child['lastmod']), number)}</lastmod>" if "lastmod" in child else ""
            )
            yield f"<sitemap><loc>{loc}</loc>{lastmod}</sitemap>\n"


def _make_absolute(site: str, path: str) -> str:
    return f"{site}{path}" if path.startswith("/") else path.replace("{site}", site)
