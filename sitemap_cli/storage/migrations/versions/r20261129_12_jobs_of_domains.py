"""An index that finds the jobs of a domain whatever their tenant, as deleting a domain does."""

from alembic import op

revision = "20261129_12"
down_revision = "20261129_11"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Replace the index that begins with the tenant."""
    op.create_index("ix_jobs_domain_id_tenant_id", "jobs", ["domain_id", "tenant", "id"])
    op.drop_index("ix_jobs_tenant_domain_id_id", "jobs")
