"""What ``diff`` prints as JSON."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from sitemap_cli.model.json_documents import json_document, register_document
from sitemap_cli.model.results import Time

_Pair = Annotated[
    list[str | None] | UnsetType,
    Meta(
        description="The older and the newer value as written; null if missing. Left out if they are equal."
    ),
]


class DiffCounts(Struct, frozen=True):
    """How many URLs differ, each counted once; `--limit` does not change them."""

    added: Annotated[int, Meta(description="URLs that only the newer job lists.")]
    removed: Annotated[
        int | None, Meta(description="URLs that only the older job lists; null with a job read in part.")
    ]
    changed: Annotated[int, Meta(description="URLs that both list, with another value.")]
    unchanged: Annotated[
        int | None,
        Meta(description="URLs that both list with the same values; null where that is not known."),
    ]

    @property
    def total(self) -> int:
        """The number of differences."""
        return self.added + (self.removed or 0) + self.changed


class DiffSection(Struct, frozen=True, rename={"from_": "from"}):
    """The URLs of one section of the site in both jobs; only sections with a difference are listed."""

    prefix: Annotated[
        str | None,
        Meta(description="Path of the folder; `/` for URLs in no folder, null for all other sections."),
    ]
    from_: Annotated[int | None, Meta(description="Entries in the older job; null if not known.")]
    to: Annotated[int | None, Meta(description="Entries in the newer job; null if not known.")]
    added: Annotated[int, Meta(description="URLs that only the newer job lists.")]
    removed: Annotated[
        int | None, Meta(description="URLs that only the older job lists; null with a job read in part.")
    ]
    changed: Annotated[int, Meta(description="URLs that both list, with another value.")]


class DiffChange(Struct, frozen=True):
    """A URL with other values; each extension adds a pair: `images`, `videos`, `news` and others."""

    loc: Annotated[str, Meta(description="URL as the newer job lists it.")]
    lastmod: _Pair = UNSET
    changefreq: _Pair = UNSET
    priority: _Pair = UNSET


class DiffHead(Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """What is compared."""

    from_: Annotated[str, Meta(description="Id of the older job; for `diff OLD NEW` the name of OLD.")]
    to: Annotated[str, Meta(description="Id of the newer job; for `diff OLD NEW` the name of NEW.")]
    domain: Annotated[
        str | UnsetType, Meta(description="Domain of the jobs; left out for `diff OLD NEW`.")
    ] = UNSET
    from_at: Annotated[Time, Meta(description="When the older job was started.")]
    to_at: Annotated[Time, Meta(description="When the newer job was started.")]
    section: Annotated[
        str | UnsetType, Meta(description="Path or URL below which URLs were compared, if not all were.")
    ] = UNSET
    partial: Annotated[
        bool | UnsetType,
        Meta(description="True if a job was read in part: then removed URLs are not known."),
    ] = UNSET


@json_document("diff", "sitemap diff --format json")
class DiffDocument(DiffHead, frozen=True, kw_only=True, tag_field="schema", tag="sitemap/diff/1"):
    """What differs between two jobs."""

    added: Annotated[list[str], Meta(description="URLs that only the newer job lists; at most `--limit`.")]
    removed: Annotated[list[str], Meta(description="URLs that only the older job lists; at most `--limit`.")]
    changed: Annotated[
        list[DiffChange], Meta(description="URLs that both list, with other values; at most `--limit`.")
    ]
    counts: Annotated[DiffCounts, Meta(description="How many differ in all.")]
    sections: Annotated[
        list[DiffSection], Meta(description="Where they differ; those with the most differences first.")
    ]


class AddedLine(Struct, frozen=True, tag_field="type", tag="added"):
    """A URL that only the newer job lists."""

    loc: Annotated[str, Meta(description="URL as the newer job lists it.")]
    sitemap: Annotated[str, Meta(description="Sitemap that lists it.")]


class RemovedLine(Struct, frozen=True, tag_field="type", tag="removed"):
    """A URL that only the older job lists."""

    loc: Annotated[str, Meta(description="URL as the older job lists it.")]
    sitemap: Annotated[str, Meta(description="Sitemap that listed it.")]


class ChangedLine(Struct, frozen=True, tag_field="type", tag="changed"):
    """A URL with other values; each extension adds a pair: `images`, `videos`, `news` and others."""

    loc: Annotated[str, Meta(description="URL as the newer job lists it.")]
    sitemap: Annotated[str, Meta(description="Sitemap that lists it in the newer job.")]
    lastmod: _Pair = UNSET
    changefreq: _Pair = UNSET
    priority: _Pair = UNSET


class DiffSummaryLine(DiffHead, frozen=True, kw_only=True, tag_field="type", tag="summary"):
    """The last line."""

    counts: Annotated[DiffCounts, Meta(description="How many URLs differ in all.")]
    sections: Annotated[
        list[DiffSection], Meta(description="Where they differ; those with the most differences first.")
    ]


register_document(
    "diff-line", AddedLine | RemovedLine | ChangedLine | DiffSummaryLine, "sitemap diff --format jsonl"
)


class DifferenceSummary(Struct, frozen=True):
    """How much differs: in all, by section, and by field of the changed entries."""

    counts: DiffCounts
    sections: list[DiffSection]
    fields: dict[str, int]
