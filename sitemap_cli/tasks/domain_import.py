"""Record the domains of a list."""

from collections.abc import Mapping, Sequence

from sitemap_cli.services.catalog import domain_catalog
from sitemap_cli.services.recording import domains
from sitemap_cli.storage.database import Database


async def record_domains(
    db: Database, tenant: str, described: Mapping[str, tuple[str, Sequence[str]]]
) -> None:
    """Record domains with their notes and tags, in one transaction."""
    async with db.transaction() as session:
        known = await domains.ensure_domains(session, tenant, list(described))
        await domain_catalog.add_tags(session, {known[name]: tags for name, (_, tags) in described.items()})
        for name, (note, _) in described.items():
            if note:
                await domain_catalog.record_note(session, known[name], note)
