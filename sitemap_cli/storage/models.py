"""The tables. Documents are stored like git objects: equal bodies are one document, whatever job read them.

Entries and children are plain tables without a mapped class: they are written by
:mod:`sitemap_cli.storage.bulk_insert` and read as tuples, millions at a time.
"""

import datetime as dt
from typing import Any, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from sitemap_cli.storage import history_models  # noqa: F401 - its tables belong to the same schema
from sitemap_cli.storage.declarative_base import Base, BigKey
from sitemap_cli.storage.job_indexes import make_job_indexes

REMOVED = ""
"""The tenant of what is being removed; no user can have it."""
RESPELLED = "respelled"
"""The number of URLs that are not in their canonical spelling, among the codes of a document."""


def table_of(model: type[Base]) -> Table:
    """Return the table of a class, for statements without the overhead of the ORM."""
    return cast("Table", model.__table__)


class Domain(Base):
    """A site: ``host[:port]`` as the user named it."""

    __tablename__ = "domains"
    __table_args__ = (UniqueConstraint("tenant", "name"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    tenant: Mapped[str]
    name: Mapped[str]
    note: Mapped[str | None]
    preferences: Mapped[dict[str, Any] | None]
    schedule: Mapped[str | None]
    next_at: Mapped[dt.datetime | None] = mapped_column(index=True)
    created_at: Mapped[dt.datetime]


class Tag(Base):
    """A tag of a domain."""

    __tablename__ = "tags"

    domain_id: Mapped[int] = mapped_column(ForeignKey("domains.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True, index=True)


class Batch(Base):
    """A list of domains that are analyzed together."""

    __tablename__ = "batches"
    __table_args__ = (Index(None, "tenant", "id"), Index(None, "tenant", "status", "id"))

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    tenant: Mapped[str]
    source: Mapped[str]
    holder: Mapped[str | None]
    status: Mapped[str]
    created_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]


class Job(Base):
    """One analysis of a domain, and how it ended."""

    __tablename__ = "jobs"
    __table_args__ = (*make_job_indexes(),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    tenant: Mapped[str]
    domain_id: Mapped[int] = mapped_column(ForeignKey("domains.id", ondelete="CASCADE"))
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("batches.id", ondelete="SET NULL"))
    target: Mapped[str]
    # Jobs of a domain with the same history are compared: the path of a part of the site, ``/`` for all of
    # it, or what is published and where for a local build, which is not the site itself.
    history: Mapped[str] = mapped_column(default="/", server_default="/")
    is_local: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    holder: Mapped[str | None]
    status: Mapped[str]
    verdict: Mapped[str | None]
    error: Mapped[str | None]
    created_at: Mapped[dt.datetime]
    started_at: Mapped[dt.datetime | None]
    finished_at: Mapped[dt.datetime | None]
    duration_ms: Mapped[int | None]
    sitemaps: Mapped[int] = mapped_column(default=0)
    urls: Mapped[int] = mapped_column(BigInteger, default=0)
    unique_urls: Mapped[int] = mapped_column(BigInteger, default=0)
    # The previous job that new and removed URLs are relative to; a first job counts no URL as new.
    compared_with: Mapped[str | None] = mapped_column(String(36))
    new_urls: Mapped[int] = mapped_column(BigInteger, default=0)
    removed_urls: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    lastmod: Mapped[dict[str, Any] | None]
    sources: Mapped[list[Any] | None]
    # How the probed pages were chosen, and from how many.
    sample: Mapped[dict[str, Any] | None]
    # The path below which URLs are recorded, and how many URLs the sitemaps list in all; None for a whole
    # site.
    scope: Mapped[str | None]
    all_urls: Mapped[int | None] = mapped_column(BigInteger)
    # What a check concluded from the number of URLs: ``passed``, ``refused`` or ``accepted``.
    gate: Mapped[str | None]
    # How the entries of a complete job differ from those of the previous complete one, in numbers; None where
    # no sitemap changed.
    changes: Mapped[dict[str, Any] | None]


class Document(Base):
    """The parsed content of a body, stored once per tenant and digest."""

    __tablename__ = "documents"
    __table_args__ = (UniqueConstraint("tenant", "digest"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    tenant: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    # The path below which entries are kept, and how many entries the body has in all; None if all are kept.
    scope: Mapped[str | None]
    all_urls: Mapped[int | None]
    kind: Mapped[str]
    complete: Mapped[bool] = mapped_column(Boolean)
    encoding: Mapped[str | None]
    generator: Mapped[str | None]
    bytes: Mapped[int] = mapped_column(BigInteger)
    urls: Mapped[int]
    children: Mapped[int]
    problems: Mapped[int]
    # The number of different URLs, and the first and last of them in alphabetical order; None if not known.
    unique_urls: Mapped[int | None]
    first_loc: Mapped[str | None]
    last_loc: Mapped[str | None]
    # Number of entries by section of the site; None where an older version recorded it.
    sections: Mapped[dict[str, Any] | None]
    # Number of entries by the day of their lastmod (days since 1970), or by "missing" or "invalid".
    days: Mapped[dict[str, Any] | None]
    # Number of problems by code, as not all of them have a row, and of URLs that are not in their canonical
    # spelling; number of entries by extension.
    codes: Mapped[dict[str, Any] | None]
    extensions: Mapped[dict[str, Any] | None]
    # Number of entries whose elements are not in the order of the schema, and the first place.
    disorder: Mapped[dict[str, Any] | None]
    # How much of it a strict parser reads, and why; None if all of it, or if not known.
    strict: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    # Whether its entries are only in the table of packed ones.
    is_packed: Mapped[bool] = mapped_column(Boolean, server_default=false())
    created_at: Mapped[dt.datetime]


class Sitemap(Base):
    """One fetched file of a job: the facts of the fetch, and the document that was read."""

    __tablename__ = "sitemaps"
    __table_args__ = (Index(None, "job_id", "url"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"), index=True)
    parent: Mapped[str | None]
    ordinal: Mapped[int]
    url: Mapped[str]
    final_url: Mapped[str]
    discovered_by: Mapped[str]
    kind: Mapped[str | None]
    status_code: Mapped[int | None]
    error: Mapped[str | None]
    error_message: Mapped[str | None]
    bytes: Mapped[int] = mapped_column(BigInteger)
    wire_bytes: Mapped[int] = mapped_column(BigInteger)
    urls: Mapped[int]
    children: Mapped[int]
    problems: Mapped[int]
    unchanged: Mapped[bool]
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    content_type: Mapped[str | None]
    content_encoding: Mapped[str | None]
    encoding: Mapped[str | None]
    generator: Mapped[str | None]
    hops: Mapped[list[Any] | None]
    attempts: Mapped[int]
    ms: Mapped[int]
    fetched_at: Mapped[dt.datetime]


class Problem(Base):
    """Something wrong in a document (found by the reader) or in a body (found by the fetch)."""

    __tablename__ = "problems"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    document_id: Mapped[int | None] = mapped_column(
        ForeignKey("documents.id", ondelete="CASCADE"), index=True
    )
    sitemap_id: Mapped[int | None] = mapped_column(ForeignKey("sitemaps.id", ondelete="CASCADE"), index=True)
    code: Mapped[str]
    severity: Mapped[str]
    message: Mapped[str]
    line: Mapped[int | None] = mapped_column(BigInteger)
    column: Mapped[int | None] = mapped_column(BigInteger)
    offset: Mapped[int | None] = mapped_column(BigInteger)
    # The position of the entry or child that it is in, 0 for none; NULL where an older version recorded it.
    position: Mapped[int | None] = mapped_column(BigInteger)


class RobotsBody(Base):
    """The text of a robots.txt as far as crawlers read it, stored once per tenant and digest."""

    __tablename__ = "robots_bodies"
    __table_args__ = (UniqueConstraint("tenant", "digest"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    tenant: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    body: Mapped[bytes] = mapped_column(LargeBinary)


class Robots(Base):
    """The robots.txt of a host that a job requested."""

    __tablename__ = "robots"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), index=True)
    body_id: Mapped[int | None] = mapped_column(ForeignKey("robots_bodies.id"), index=True)
    url: Mapped[str]
    final_url: Mapped[str]
    status_code: Mapped[int | None]
    error: Mapped[str | None]


class Probe(Base):
    """The response of a page that a job lists, or why it was not requested.

    ``document_id`` and ``position`` are the first entry that lists the page. ``role`` is ``listed``; pages
    requested for comparison are ``removed`` or ``home`` and have no entry. ``key`` is a digest of the URL.
    """

    __tablename__ = "probes"
    __table_args__ = (
        UniqueConstraint("job_id", "key"),
        Index(None, "job_id", "document_id", "position"),
        Index(None, "job_id", "asked_at"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"), index=True)
    position: Mapped[int | None]
    role: Mapped[str]
    key: Mapped[bytes] = mapped_column(LargeBinary(16))
    loc: Mapped[str]
    method: Mapped[str]
    status_code: Mapped[int | None]
    error: Mapped[str | None]
    error_message: Mapped[str | None]
    final_url: Mapped[str]
    hops: Mapped[list[Any] | None]
    content_type: Mapped[str | None]
    last_modified: Mapped[str | None]
    title: Mapped[str | None]
    noindex: Mapped[str | None]
    noindex_for: Mapped[list[Any] | None]
    canonicals: Mapped[list[Any] | None]
    alternates: Mapped[dict[str, Any] | None]
    digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    # A digest of the text without digits, so that parts that change with every response do not matter.
    text_digest: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    soft_404: Mapped[str | None]
    # Where a Refresh of the page leads, such as one in its head.
    refresh: Mapped[str | None]
    ms: Mapped[int]
    first_byte_ms: Mapped[int | None]
    asked_at: Mapped[dt.datetime]


class Finding(Base):
    """What a rule found in a job."""

    __tablename__ = "findings"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), index=True)
    rule: Mapped[str]
    name: Mapped[str]
    severity: Mapped[str]
    message: Mapped[str]
    sitemap: Mapped[str | None]
    loc: Mapped[str | None]
    line: Mapped[int | None] = mapped_column(BigInteger)
    column: Mapped[int | None] = mapped_column(BigInteger)
    count: Mapped[int]


# Clustered by document and position: inserts append, and a document is one range of rows. Postgres checks a
# foreign key row by row, which took four times as long as inserting the rows; a trigger of documents deletes
# the entries there.
entries = Table(
    "entries",
    Base.metadata,
    Column("document_id", BigKey, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("loc", Text, nullable=False),
    Column("lastmod", Text),
    Column("lastmod_utc", BigInteger),
    Column("changefreq", Text),
    Column("priority", Text),
    Column("line", Integer),
    Column("extensions", Text),
    ForeignKeyConstraint(["document_id"], ["documents.id"], ondelete="CASCADE").ddl_if(dialect="sqlite"),
    sqlite_with_rowid=False,
)

children = Table(
    "children",
    Base.metadata,
    Column("document_id", BigKey, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("loc", Text, nullable=False),
    Column("lastmod", Text),
    Column("lastmod_utc", BigInteger),
    Column("line", Integer),
    sqlite_with_rowid=False,
)
