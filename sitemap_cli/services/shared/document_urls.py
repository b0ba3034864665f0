"""What documents list, for statements over many of them."""

from sqlalchemy import Select, select

from sitemap_cli.storage.base import ids
from sitemap_cli.storage.models import entries


def select_locs(documents: str) -> Select[str]:
    """Selects the addresses that documents list, whose ids are in a parameter of this name."""
    return select(entries.c.loc).where(entries.c.document_id.in_(ids(documents)))
