"""The entries of documents that lie below a path, in jobs about more than that."""

from array import array
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.crawl.url_scope import UrlScope
from sitemap_cli.services.shared.url_keys import load_locs


async def find_positions_below(
    session: AsyncSession, documents: Collection[int], scope: str
) -> Mapping[int, Sequence[int]]:
    """Return the positions of the entries below a path, by the ids of the documents that have some."""
    part, found = UrlScope(scope), defaultdict[int, "array[int]"](lambda: array("I"))
    async for page in load_locs(session, documents):
        below = [at for at, loc in enumerate(page.locs, page.first) if part.includes(loc)]
        if below:
            found[page.document_id].extend(below)
    return found
