"""Which language versions the entries of a job name: from all entries with versions, or from a sample."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.model.site_report import LanguageMatrix, LanguageRow
from sitemap_cli.model.url_templates import apportion
from sitemap_cli.services.reporting.entry_sample import SampledEntry, load_sample
from sitemap_cli.services.reporting.job_documents import ListingDocument

ALTERNATES = "alternates"
MAX_LANGUAGES = 40
MAX_CODE = 40
"""Characters of a language code; a server may send any number of them."""
SAMPLE = 20_000
"""Entries that are examined; of more, every n-th."""


class _Version(msgspec.Struct):
    hreflang: Any = None
    href: Any = None


class _Extensions(msgspec.Struct):
    alternates: list[_Version] = msgspec.field(default_factory=list)


_decode = msgspec.json.Decoder(_Extensions).decode


class LanguageCounter:
    """Counts links between languages: pages whose language is known by the version that they are."""

    def __init__(self) -> None:
        self.examined = 0
        self._pages = Counter[str]()
        self._links = Counter[tuple[str, str]]()
        self._named = Counter[str]()
        self._without_self = 0

    def add(self, entries: Iterable[SampledEntry]) -> None:
        """Count the versions of entries."""
        for each in entries:
            self.examined += 1
            versions = _list_versions(each.extensions)
            if not versions:
                continue
            self._named.update({language for language, _ in versions})
            own = {language for language, href in versions if href == each.loc}
            # x-default says nothing of the language of a page that also names one.
            own = own - {"x-default"} or own
            self._without_self += not own
            self._pages.update(own)
            self._links.update({(mine, other) for mine in own for other, _ in versions})

    def build_matrix(self, total: int) -> LanguageMatrix | None:
        """Return the matrix for all entries, of which those that were counted are a sample; None if empty."""
        if not self._named:
            return None
        ranked = sorted(self._named, key=lambda each: (-self._named[each], each))
        shown = ranked[:MAX_LANGUAGES]
        rows = [
            LanguageRow(
                each,
                self._scale(self._pages[each], total),
                [self._scale(self._links[each, other], total) for other in shown],
            )
            for each in shown
        ]
        return LanguageMatrix(shown, rows, len(ranked) - len(shown), self._scale(self._without_self, total))

    def _scale(self, count: int, total: int) -> int:
        rest = self.examined - count
        return apportion(total, [count, rest])[0] if total > self.examined else count


async def load_languages(
    session: AsyncSession, documents: Sequence[ListingDocument]
) -> tuple[LanguageMatrix | None, str | None]:
    """Return the language versions that documents name, and a note if they are estimated."""
    with_versions = {
        each.id: each.urls for each in documents if each.extensions is None or ALTERNATES in each.extensions
    }
    if not any((each.extensions or {}).get(ALTERNATES) for each in documents):
        return None, None
    counter = LanguageCounter()
    async for some in load_sample(session, with_versions, SAMPLE):
        counter.add(some)
    total = sum(with_versions.values())
    note = f"language versions are estimated from {counter.examined:,} of {total:,} entries"
    return counter.build_matrix(total), note if counter.examined < total else None


def _list_versions(extensions: str | None) -> list[tuple[str, str]]:
    """Return the language codes and URLs of the versions of an entry."""
    if not extensions:
        return []
    try:
        versions = _decode(extensions).alternates
    except msgspec.MsgspecError:
        return []
    return [
        (each.hreflang.strip().lower()[:MAX_CODE], each.href)
        for each in versions
        if isinstance(each.hreflang, str) and isinstance(each.href, str) and each.hreflang.strip()
    ]
