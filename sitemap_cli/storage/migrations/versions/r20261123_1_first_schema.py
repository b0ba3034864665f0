"""First schema: domains, batches, jobs, sitemaps, documents, entries, problems, findings."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_1"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "batches",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("finished_at", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_batches"),
    )
    op.create_index("ix_batches_tenant_id", "batches", ["tenant", "id"])
    op.create_table(
        "documents",
        sa.Column("id", KEY, nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("encoding", sa.Text()),
        sa.Column("generator", sa.Text()),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("urls", sa.Integer(), nullable=False),
        sa.Column("children", sa.Integer(), nullable=False),
        sa.Column("problems", sa.Integer(), nullable=False),
        sa.Column("days", sa.JSON()),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
        sa.UniqueConstraint("tenant", "digest", name="uq_documents_tenant_digest"),
    )
    op.create_table(
        "domains",
        sa.Column("id", KEY, nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_domains"),
        sa.UniqueConstraint("tenant", "name", name="uq_domains_tenant_name"),
    )
    op.create_table(
        "children",
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("loc", sa.Text(), nullable=False),
        sa.Column("lastmod", sa.Text()),
        sa.Column("lastmod_utc", sa.BigInteger()),
        sa.Column("line", sa.Integer()),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name="fk_children_document_id_documents", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("document_id", "position", name="pk_children"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "entries",
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("loc", sa.Text(), nullable=False),
        sa.Column("lastmod", sa.Text()),
        sa.Column("lastmod_utc", sa.BigInteger()),
        sa.Column("changefreq", sa.Text()),
        sa.Column("priority", sa.Text()),
        sa.Column("line", sa.Integer()),
        sa.Column("extensions", sa.Text()),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name="fk_entries_document_id_documents", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("document_id", "position", name="pk_entries"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("domain_id", KEY, nullable=False),
        sa.Column("batch_id", sa.String(length=36)),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text()),
        sa.Column("error", sa.Text()),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("started_at", TIME),
        sa.Column("finished_at", TIME),
        sa.Column("duration_ms", sa.Integer()),
        sa.Column("sitemaps", sa.Integer(), nullable=False),
        sa.Column("urls", sa.BigInteger(), nullable=False),
        sa.Column("unique_urls", sa.BigInteger(), nullable=False),
        sa.Column("new_urls", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("lastmod", sa.JSON()),
        sa.Column("sources", sa.JSON()),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batches.id"], name="fk_jobs_batch_id_batches", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["domain_id"], ["domains.id"], name="fk_jobs_domain_id_domains", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
    )
    op.create_index("ix_jobs_batch_id", "jobs", ["batch_id"])
    op.create_index("ix_jobs_tenant_domain_id_id", "jobs", ["tenant", "domain_id", "id"])
    op.create_index("ix_jobs_tenant_id", "jobs", ["tenant", "id"])
    op.create_table(
        "findings",
        sa.Column("id", KEY, nullable=False),
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("sitemap", sa.Text()),
        sa.Column("loc", sa.Text()),
        sa.Column("line", sa.BigInteger()),
        sa.Column("column", sa.BigInteger()),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_findings_job_id_jobs", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_findings"),
    )
    op.create_index("ix_findings_job_id", "findings", ["job_id"])
    op.create_table(
        "sitemaps",
        sa.Column("id", KEY, nullable=False),
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("document_id", KEY),
        sa.Column("parent", sa.Text()),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("final_url", sa.Text(), nullable=False),
        sa.Column("discovered_by", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text()),
        sa.Column("status_code", sa.Integer()),
        sa.Column("error", sa.Text()),
        sa.Column("error_message", sa.Text()),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("wire_bytes", sa.BigInteger(), nullable=False),
        sa.Column("urls", sa.Integer(), nullable=False),
        sa.Column("children", sa.Integer(), nullable=False),
        sa.Column("problems", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Boolean(), nullable=False),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("content_type", sa.Text()),
        sa.Column("content_encoding", sa.Text()),
        sa.Column("encoding", sa.Text()),
        sa.Column("generator", sa.Text()),
        sa.Column("hops", sa.JSON()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("ms", sa.Integer(), nullable=False),
        sa.Column("fetched_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_sitemaps_document_id_documents"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_sitemaps_job_id_jobs", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_sitemaps"),
    )
    op.create_index("ix_sitemaps_document_id", "sitemaps", ["document_id"])
    op.create_index("ix_sitemaps_job_id_url", "sitemaps", ["job_id", "url"])
    op.create_table(
        "problems",
        sa.Column("id", KEY, nullable=False),
        sa.Column("document_id", KEY),
        sa.Column("sitemap_id", KEY),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("line", sa.BigInteger()),
        sa.Column("column", sa.BigInteger()),
        sa.Column("offset", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name="fk_problems_document_id_documents", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["sitemap_id"], ["sitemaps.id"], name="fk_problems_sitemap_id_sitemaps", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_problems"),
    )
    op.create_index("ix_problems_document_id", "problems", ["document_id"])
    op.create_index("ix_problems_sitemap_id", "problems", ["sitemap_id"])
