"""An Atom feed (RFC 4287) to subscribe to: an entry with the numbers, and one for each URL.

The id of an entry is made of the newer job, the kind of change and the URL: so the same comparison gives the
same entries, and a URL that changes again has a new one. The id of the feed only depends on the site.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from html import escape
from typing import BinaryIO
from urllib.parse import quote
from uuid import NAMESPACE_URL, UUID, uuid5

from sitemap_cli.model.difference import ChangePage
from sitemap_cli.model.difference_results import DifferenceSummary
from sitemap_cli.output.byte_spool import ByteSpool, open_byte_spools
from sitemap_cli.output.difference_format import Comparison, DifferenceFormat, WritingOptions
from sitemap_cli.output.difference_summary import describe_counts, describe_share
from sitemap_cli.output.escaping import defuse_xml, escape_text
from sitemap_cli.output.field_changes import describe_field_changes

# What a URL may have, and the percent sign of escapes.
_IN_URL = "%/:?#[]@!$&'()*+,;=~"


class _Writer:
    def __init__(self, stream: BinaryIO, spool: ByteSpool, comparison: Comparison) -> None:
        self._stream = stream
        self._spool = spool
        self._comparison = comparison
        self._updated = comparison.head.to_at
        feed = uuid5(NAMESPACE_URL, comparison.feed_id)
        self._feed = feed
        self._ids = uuid5(feed, comparison.new.id)

    def write_page(self, page: ChangePage) -> None:
        now, then = page.new_sitemap, page.old_sitemap
        entries = [
            *self._format_entries("added", ((each, f"listed in {now}") for each in page.added)),
            *self._format_entries("removed", ((each, f"was listed in {then}") for each in page.removed)),
            *self._format_entries(
                "changed", ((each.loc, describe_field_changes(each)) for each in page.changed)
            ),
        ]
        self._spool.write(_encode("".join(entries)))

    def write_summary(self, summary: DifferenceSummary) -> None:
        comparison = self._comparison
        name = comparison.name or f"{comparison.old.name} -> {comparison.new.name}"
        head = (
            '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
            f"{_format_id(self._feed)}{_format_element('title', f'Changes of {name}')}"
            f"{_format_element('updated', self._updated)}"
            "<author><name>sitemap</name></author>\n<generator>sitemap</generator>\n"
        )
        self._stream.write(_encode(head + self._format_numbers(summary)))
        self._spool.copy_to(self._stream)
        self._stream.write(b"</feed>\n")

    def _format_numbers(self, summary: DifferenceSummary) -> str:
        """Return the entry that says how much differs; empty if nothing does."""
        if not summary.counts.total:
            return ""
        title = ", ".join(describe_counts(summary))
        share = describe_share(summary)
        text = f"From {self._comparison.old.name} to {self._comparison.new.name}: {title}"
        content = f"{text}; {share}." if share else f"{text}."
        return (
            f"<entry>\n{_format_id(uuid5(self._ids, 'numbers'))}{_format_element('title', title)}"
            f"{_format_element('updated', self._updated)}{_format_element('content', content)}</entry>\n"
        )

    def _format_entries(self, kind: str, urls: Iterable[tuple[str, str]]) -> Iterator[str]:
        for loc, text in urls:
            id_ = uuid5(self._ids, f"{kind} {loc}".encode("utf-8", "backslashreplace").decode())
            link = quote(loc.encode("utf-8", "replace"), safe=_IN_URL)
            yield (
                f"<entry>\n{_format_id(id_)}{_format_element('title', f'{kind}: {loc}')}"
                f"{_format_element('updated', self._updated)}"
                f'<link rel="alternate" href="{escape(link)}"/>\n<category term="{kind}"/>\n'
                f"{_format_element('summary', text)}</entry>\n"
            )


def _format_id(id_: UUID) -> str:
    return f"<id>urn:uuid:{id_}</id>\n"


def _format_element(name: str, text: str) -> str:
    return f"<{name}>{escape(escape_text(text))}</{name}>\n"


def _encode(xml: str) -> bytes:
    return defuse_xml(xml).encode("utf-8", "backslashreplace")


@contextmanager
def open_writer(stream: BinaryIO, comparison: Comparison, _options: WritingOptions) -> Iterator[_Writer]:
    """Keep the entries of URLs until the numbers are known, which come first."""
    with open_byte_spools(1) as spools:
        yield _Writer(stream, spools[0], comparison)


FORMAT = DifferenceFormat(open_writer, limit=100)
