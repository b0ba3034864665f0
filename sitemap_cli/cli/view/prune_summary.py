"""What was removed from the database, as text."""

from collections.abc import Iterator

from msgspec import UNSET

from sitemap_cli.cli.view.numbers import format_count, format_size
from sitemap_cli.model.prune_results import DomainPruned, PruneResult


def format_pruned(result: PruneResult, *, with_domains: bool) -> Iterator[str]:
    """Yield a line for each domain if wanted, and one for all of them."""
    for each in result.domains if with_domains else ():
        yield f"{each.domain}  {_format_removed(each)}"
    if result.jobs or result.documents:
        yield f"{'would remove' if result.dry_run else 'removed'} {_format_removed(result)}"
    else:
        yield "nothing to remove"


def _format_removed(removed: DomainPruned | PruneResult) -> str:
    text = format_count(removed.jobs, "job")
    if removed.documents is UNSET or removed.urls is UNSET or removed.bytes is UNSET:
        return text
    documents = format_count(removed.documents, "document")
    urls = format_count(removed.urls, "URL")
    return f"{text} and {documents} with {urls}, about {format_size(removed.bytes)}"
