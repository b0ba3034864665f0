"""A database that is years old: what a few real analyses recorded, many times over by statements of SQL.

:func:`~tests.years_sites.record_young` analyzes three kinds of sites with the program itself.
:func:`add_domains` and :func:`add_years` copy the rows of these jobs to earlier nights and other domains,
with all that belongs to them, so that they are exactly like real ones.
"""

import datetime as dt
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Engine,
    LargeBinary,
    MetaData,
    Table,
    Text,
    and_,
    create_engine,
    delete,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.engine import make_url

from sitemap_cli.storage import models
from sitemap_cli.storage.declarative_base import UtcDateTime
from sitemap_cli.storage.models import children, entries
from tests.postgres import new_database
from tests.years_sites import SITEMAPS, SMALL_URLS, Sites

DAY_MS = 86_400_000
BESIDE = "beside"
"""The tenant that has as many jobs."""
AT_ONCE = 5_000
_LOCAL = MetaData()
_COPIES = Table(
    "copies",
    _LOCAL,
    Column("source", Text),
    Column("id", Text),
    Column("tenant", Text),
    Column("domain_id", BigInteger),
    Column("batch_id", Text),
    Column("old", Text),
    Column("new", Text),
    Column("at", UtcDateTime()),
    prefixes=["TEMPORARY"],
)
# Which document a sitemap of a copied job has instead of the one of the source.
_VERSIONS = Table(
    "versions",
    _LOCAL,
    Column("job_id", Text, primary_key=True),
    Column("source", BigInteger, primary_key=True),
    Column("document_id", BigInteger),
    prefixes=["TEMPORARY"],
)
_BODIES = Table(
    "bodies",
    _LOCAL,
    Column("source", BigInteger),
    Column("id", BigInteger),
    Column("tenant", Text),
    Column("digest", LargeBinary),
    Column("old", Text),
    Column("new", Text),
    Column("at", UtcDateTime()),
    prefixes=["TEMPORARY"],
)
_DOMAINS, _JOBS, _BATCHES, _SITEMAPS, _DOCUMENTS, _PROBLEMS, _ROBOTS, _FINDINGS = (
    models.table_of(each)
    for each in (
        *(models.Domain, models.Job, models.Batch, models.Sitemap, models.Document, models.Problem),
        *(models.Robots, models.Finding),
    )
)


@dataclass(frozen=True, slots=True)
class Years:
    """How much the database has: nights of a domain, domains, and entries in all."""

    jobs: int
    domains: int
    entries: int

    @property
    def urls(self) -> int:
        """URLs of one sitemap of the site that changes every night; each night one of its sitemaps is new."""
        return max(SMALL_URLS, self.entries // 2 // self.jobs)


def open_engine(database: str) -> Engine:
    """Return an engine for what ``--database`` takes; a SQLite file is not synced to the disk."""
    if "://" in database:
        return create_engine(make_url(database).set(drivername="postgresql+psycopg"))
    return create_engine(f"sqlite:///{database}", connect_args={"isolation_level": "IMMEDIATE"})


@contextmanager
def copied(database: str, folder: Path, name: str) -> Iterator[str]:
    """Yield a copy of a database that nothing uses, and remove it afterwards."""
    if "://" in database:
        parts = urlsplit(database)
        # Not over a connection to the database itself, as that would be in use.
        with new_database(urlunsplit(parts._replace(path="/postgres")), parts.path.strip("/")) as (_, url):
            yield url
        return
    try:
        yield str(shutil.copy(database, folder / f"{name}.db"))
    finally:
        for file in folder.glob(f"{name}.db*"):
            file.unlink()


@dataclass(slots=True)
class Copier:
    """Copies jobs and documents with all their rows. What is added is written by :meth:`write`."""

    connection: Connection
    copies: list[dict[str, Any]] = field(default_factory=list)
    versions: list[dict[str, Any]] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    _next_document: int = 0

    def add_job(
        self,
        job: Mapping[str, Any],
        at: int,
        *,
        tenant: str,
        domain_id: int,
        new: str,
        batch_id: str | None = None,
        documents: Mapping[int, int] | None = None,
    ) -> str:
        """Add a copy of a job at a time in milliseconds; ``documents`` has others than those of the job."""
        job_id = make_id(at)
        row = {"source": job["id"], "id": job_id, "tenant": tenant, "domain_id": domain_id}
        self.copies.append({**row, "batch_id": batch_id, "old": job["name"], "new": new, "at": to_time(at)})
        self.versions += [
            {"job_id": job_id, "source": source, "document_id": document}
            for source, document in (documents or {}).items()
        ]
        return job_id

    def add_document(self, source: int, at: int, *, tenant: str, old: str = "-", new: str = "-") -> int:
        """Add a copy of a document, and return its id."""
        newest = select(func.coalesce(func.max(_DOCUMENTS.c.id), 0))
        self._next_document = 1 + (self._next_document or self.connection.execute(newest).scalar_one())
        digest = hashlib.sha256(f"{tenant} {self._next_document}".encode()).digest()
        row = {"source": source, "id": self._next_document, "tenant": tenant, "digest": digest}
        self.bodies.append({**row, "old": old, "new": new, "at": to_time(at)})
        return self._next_document

    def write(self) -> None:
        """Write the rows."""
        _LOCAL.create_all(self.connection)
        for table, rows in ((_COPIES, self.copies), (_VERSIONS, self.versions), (_BODIES, self.bodies)):
            self.connection.execute(delete(table))
            remaining = iter(rows)
            while some := list(islice(remaining, AT_ONCE)):
                self.connection.execute(insert(table), some)
            rows.clear()
        body, copy = _BODIES.c, _COPIES.c
        document = {"id": body.id, "tenant": body.tenant, "digest": body.digest, "created_at": body.at}
        document |= {name: _rename(_DOCUMENTS.c[name], body) for name in ("first_loc", "last_loc")}
        self._copy(_DOCUMENTS, _BODIES, _DOCUMENTS.c.id == body.source, document)
        for table in (entries, children):
            renamed = {"document_id": body.id, "loc": _rename(table.c.loc, body)}
            self._copy(table, _BODIES, table.c.document_id == body.source, renamed)
        self._copy(_PROBLEMS, _BODIES, _PROBLEMS.c.document_id == body.source, {"document_id": body.id})
        job = {name: copy[name] for name in ("id", "tenant", "domain_id", "batch_id")}
        job |= {f"{name}_at": copy.at for name in ("created", "started", "finished")}
        job |= {"target": _rename(_JOBS.c.target, copy)}
        self._copy(_JOBS, _COPIES, _JOBS.c.id == copy.source, job)
        row = {"job_id": copy.id, "fetched_at": copy.at}
        row |= {name: _rename(_SITEMAPS.c[name], copy) for name in ("url", "final_url", "parent")}
        row["document_id"] = func.coalesce(_VERSIONS.c.document_id, _SITEMAPS.c.document_id)
        same = and_(_VERSIONS.c.job_id == copy.id, _VERSIONS.c.source == _SITEMAPS.c.document_id)
        self._copy(_SITEMAPS, _COPIES, _SITEMAPS.c.job_id == copy.source, row, (_VERSIONS, same))
        for table, names in ((_ROBOTS, ("url", "final_url")), (_FINDINGS, ("sitemap", "loc"))):
            renamed = {"job_id": copy.id, **{name: _rename(table.c[name], copy) for name in names}}
            self._copy(table, _COPIES, table.c.job_id == copy.source, renamed)
        if self.connection.dialect.name == "postgresql":
            for name in ("documents", "domains"):
                newest = f"setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"
                self.connection.execute(text(f"SELECT {newest}"))
        self.connection.commit()

    def _copy(
        self,
        table: Table,
        local: Table,
        condition: ColumnElement[bool],
        changed: Mapping[str, ColumnElement[Any]],
        outer: tuple[Table, ColumnElement[bool]] | None = None,
    ) -> None:
        """Insert the rows of a table that a local one names, with other values in some columns."""
        names = [each.name for each in table.c if each.name != "id" or "id" in changed]
        query = select(*(changed.get(name, table.c[name]) for name in names))
        query = query.select_from(local).join(table, condition)
        if outer is not None:
            query = query.outerjoin(*outer)
        self.connection.execute(insert(table).from_select(names, query))


def _rename(column: ColumnElement[Any], local: Any) -> ColumnElement[Any]:
    return func.replace(column, local.old, local.new)


def add_domains(database: str, count: int, *, nights: Iterable[int] = (1,)) -> list[str]:
    """Add domains with a job in each of some nights, counted backwards from now; return the batches.

    Each call adds nights to the same domains.
    """
    engine, batches = open_engine(database), list[str]()
    with engine.connect() as connection:
        copier, now = _start(connection), _now()
        batch = connection.execute(select(_BATCHES).order_by(_BATCHES.c.id.desc())).mappings().first()
        assert batch is not None
        for tenant in ("default", BESIDE):
            source = next(job for job in _load_jobs(connection) if job["batch_id"] == batch["id"])
            (document,) = _list_documents(connection, source["id"])
            names = [f"site-{number:06}.{tenant}.test" for number in range(count)]
            known = _ensure_domains(connection, tenant, names)
            query = select(_DOMAINS.c.name, _JOBS.c.id, _SITEMAPS.c.document_id)
            query = query.join(_JOBS, _JOBS.c.domain_id == _DOMAINS.c.id).join(
                _SITEMAPS, _SITEMAPS.c.job_id == _JOBS.c.id
            )
            recorded = {
                name: documented
                for name, _, documented in connection.execute(query.where(_DOMAINS.c.tenant == tenant))
            }
            for night in nights:
                at = now - night * DAY_MS
                batch_id = make_id(at)
                batches += [batch_id] * (tenant == "default")
                row = {**batch, "id": batch_id, "tenant": tenant, "created_at": to_time(at)}
                connection.execute(insert(_BATCHES), [{**row, "finished_at": to_time(at)}])
                for number, name in enumerate(names):
                    if name not in recorded:
                        recorded[name] = copier.add_document(
                            document, at, tenant=tenant, old=source["name"], new=name
                        )
                    copier.add_job(
                        source,
                        at + number,
                        tenant=tenant,
                        domain_id=known[name],
                        new=name,
                        batch_id=batch_id,
                        documents={document: recorded[name]},
                    )
        copier.write()
    engine.dispose()
    return batches


def add_years(database: str, years: Years, sites: Sites) -> None:
    """Add the nights of years to the first two sites, for two tenants.

    The last complete job of the blocked site is before two thirds of its jobs.
    """
    engine = open_engine(database)
    with engine.connect() as connection:
        copier, now = _start(connection), _now()
        batch = connection.execute(select(_BATCHES).order_by(_BATCHES.c.id.desc())).mappings().first()
        assert batch is not None
        jobs = _load_jobs(connection)
        nightly = next(job for job in jobs if job["name"] == sites.nightly_domain)
        blocked = [job for job in jobs if job["name"] == sites.blocked_domain]
        changing = _list_documents(connection, nightly["id"])[-SITEMAPS:]
        for tenant in ("default", BESIDE):
            names = (sites.nightly_domain, sites.blocked_domain)
            known = _ensure_domains(connection, tenant, names)
            current = dict[int, int]()
            for night in range(years.jobs):
                at = now - (years.jobs - night) * DAY_MS - DAY_MS // 2
                source = changing[night % SITEMAPS]
                current[source] = copier.add_document(source, at, tenant=tenant)
                row = {**batch, "id": make_id(at), "tenant": tenant, "created_at": to_time(at)}
                connection.execute(insert(_BATCHES), [{**row, "finished_at": to_time(at)}])
                ending = 0 if night < years.jobs // 3 else 1 + night % 2
                for job, documents in ((nightly, dict(current)), (blocked[ending], None)):
                    name = job["name"]
                    copier.add_job(
                        job,
                        at,
                        tenant=tenant,
                        domain_id=known[name],
                        new=name,
                        batch_id=row["id"],
                        documents=documents,
                    )
        copier.write()
        for table in (_SITEMAPS, _ROBOTS, _FINDINGS):
            connection.execute(delete(table).where(table.c.job_id == blocked[0]["id"]))
        connection.execute(delete(_JOBS).where(_JOBS.c.id == blocked[0]["id"]))
        connection.commit()
    engine.dispose()


def gather_statistics(database: str) -> None:
    """Let Postgres do what it does by itself on a server in use; SQLite needs nothing."""
    engine = open_engine(database)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def _start(connection: Connection) -> Copier:
    if connection.dialect.name == "sqlite":
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-200000"):
            connection.exec_driver_sql(f"PRAGMA {pragma}")
    return Copier(connection)


def _load_jobs(connection: Connection) -> list[Mapping[str, Any]]:
    """Return the jobs that were really recorded, oldest first: they are in no copied night."""
    query = select(_JOBS, _DOMAINS.c.name).join(_DOMAINS, _DOMAINS.c.id == _JOBS.c.domain_id)
    query = query.where(~_DOMAINS.c.name.like("site-%")).order_by(_JOBS.c.id)
    return [dict(row) for row in connection.execute(query).mappings()]


def _list_documents(connection: Connection, job_id: str) -> list[int]:
    query = select(_SITEMAPS.c.document_id).where(_SITEMAPS.c.job_id == job_id)
    found = connection.execute(query.order_by(_SITEMAPS.c.url))
    return [each for each in found.scalars() if each is not None]


def _ensure_domains(connection: Connection, tenant: str, names: Sequence[str]) -> dict[str, int]:
    """Return the ids of domains, and insert those that are missing."""
    query = select(_DOMAINS.c.name, _DOMAINS.c.id).where(_DOMAINS.c.tenant == tenant)
    known = {name: number for name, number in connection.execute(query)}  # noqa: C416 - a row is no tuple
    newest = connection.execute(select(func.max(_DOMAINS.c.id))).scalar_one()
    missing = [name for name in names if name not in known]
    row = {"tenant": tenant, "created_at": dt.datetime.now(dt.UTC)}
    rows = [{**row, "id": newest + number, "name": name} for number, name in enumerate(missing, 1)]
    if rows:
        connection.execute(insert(_DOMAINS), rows)
    return {name: known[name] for name in names if name in known} | {row["name"]: row["id"] for row in rows}


def make_id(milliseconds: int) -> str:
    """Return an id of a job or batch of this time."""
    digits = f"{milliseconds:012x}7{os.urandom(10).hex()[:3]}8{os.urandom(10).hex()[:15]}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def to_time(milliseconds: int) -> dt.datetime:
    """Return a time as an aware one."""
    return dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC)


def _now() -> int:
    return int(dt.datetime.now(dt.UTC).timestamp() * 1000)
