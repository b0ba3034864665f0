"""The tables of what remains when jobs get old: since when URLs are listed, and packed documents."""

import datetime as dt

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from sitemap_cli.storage.declarative_base import Base, BigKey


class History(Base):
    """The jobs of a domain that are compared with one another, with the time of the first complete one.

    It has a row from its first change on, or once its first jobs are removed.
    """

    __tablename__ = "histories"
    __table_args__ = (UniqueConstraint("domain_id", "history", "is_local"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    tenant: Mapped[str]
    domain_id: Mapped[int] = mapped_column(ForeignKey("domains.id", ondelete="CASCADE"))
    history: Mapped[str]
    is_local: Mapped[bool] = mapped_column(Boolean)
    since: Mapped[dt.datetime]


class Submission(Base):
    """The response to a list of URLs that was submitted to a search engine.

    A row without a host says that all URLs of a selection were accepted.
    """

    __tablename__ = "submissions"
    __table_args__ = (Index(None, "domain_id", "id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    tenant: Mapped[str]
    domain_id: Mapped[int] = mapped_column(ForeignKey("domains.id", ondelete="CASCADE"))
    job_id: Mapped[str | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"), index=True)
    endpoint: Mapped[str]
    # Host and port of the URLs.
    host: Mapped[str | None]
    # Which URLs of the job are submitted, such as those that are new since another job.
    selection: Mapped[str | None]
    # The number of URLs of the host in the selection that come before these.
    position: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    urls: Mapped[int]
    status_code: Mapped[int | None]
    error: Mapped[str | None]
    submitted_at: Mapped[dt.datetime]


class PackedEntries(Base):
    """The entries of a superseded document, as differences from those of its ``base`` if it has one.

    ``depth`` is the number of documents that need this one, one after the other, to be unpacked.
    """

    __tablename__ = "packed_entries"

    document_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    base_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("documents.id", ondelete="SET NULL"), index=True
    )
    depth: Mapped[int]
    rows: Mapped[bytes] = mapped_column(LargeBinary)


# The URLs of a history that a job added or removed, by a digest of the canonical URL; times are seconds since
# 1970. A URL without a row is listed since the beginning. NULL as first_seen is the beginning, too, and NULL
# as last_seen is now.
url_times = Table(
    "url_times",
    Base.metadata,
    Column("history_id", BigKey, ForeignKey("histories.id", ondelete="CASCADE"), primary_key=True),
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("first_seen", BigInteger),
    Column("last_seen", BigInteger),
    sqlite_with_rowid=False,
)
