"""Find the URLs of a job that changed since an older one; a few steps read in one transaction."""

from sitemap_cli.services.history.changed_urls import ChangedUrls, Wish, build_changed, prepare_changes
from sitemap_cli.services.history.job_comparison import join_steps, load_changes
from sitemap_cli.services.shared.url_keys import UrlKeys
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.models import Job


async def find_changed_urls(
    db: Database, old: Job | None, new: Job, wish: Wish, since: int | None = None
) -> ChangedUrls:
    """Compare two jobs.

    Args:
        db: the database.
        old: the older job; without one, no URL counts as changed.
        new: the newer job.
        wish: what counts as changed.
        since: a lastmod since then counts, too, in seconds since 1970.

    Raises:
        NotFoundError: a job was removed meanwhile.
    """
    if old is None or old.id == new.id:
        return build_changed(UrlKeys(), frozenset(), since)
    async with db.reading() as session:
        steps, documents = await prepare_changes(session, old, new)
    keys = UrlKeys()
    for some in join_steps(steps):
        async with db.reading() as session:
            for step in some:
                keys.add_keys(wish.list_keys(await load_changes(session, step)))
    return build_changed(keys, documents, since)
