"""Select the URLs of many documents."""

from sqlalchemy import Select, select

from sitemap_cli.storage.declarative_base import bind_ids
from sitemap_cli.storage.models import entries


def select_locs(documents: str) -> Select[str]:
    """Return a SELECT of the URLs that documents list.

    ``documents`` is the name of the statement's parameter with the ids of the documents.
    """
    return select(entries.c.loc).where(entries.c.document_id.in_(bind_ids(documents)))
