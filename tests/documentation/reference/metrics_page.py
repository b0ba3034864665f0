"""The page of Prometheus metrics."""

from typing import Any, cast

from sitemap_cli.cli.framework.metrics import UPDATE_SECONDS, _Metrics
from tests.documentation.reference.markdown_parts import format_code, format_head, format_table

INTRODUCTION = """`--metrics FILE` writes these metrics to a file, for the textfile collector of the node exporter; `--metrics :9464`
serves them at a port of the loopback interface, `--metrics 0.0.0.0:9464` at all interfaces. `analyze`, `batch`, `check` and `worker` have the option. It needs
the extra `metrics`. They are updated every {seconds:g} seconds and when the command ends."""
DETAILS = """- Counts are read from the database, and are those of all tenants.
- `sitemap_queue_jobs` and `sitemap_workers` have values only on Postgres with the extra `distributed`.
- A job that was started by a cron job ends with its process: use the file there. A port is for workers, which go on.

How to raise an alert: [Monitoring](../how-to/monitoring.md)."""
LABELS = {
    "sitemap_jobs": "`status`: [the status of a job](verdicts.md#statuses-of-jobs-and-batches)",
    "sitemap_domains": "`verdict`: [the last verdict](verdicts.md#verdicts)",
    "sitemap_queue_jobs": "`state`: `waiting` or `running`",
    "sitemap_pool_connections": "`pool`, `state`: `in_use` or `idle`",
}


def build_metrics() -> str:
    """Return the page."""
    metrics = _Metrics(cast(Any, None))
    rows = [
        (format_code(each.name), each.type, LABELS.get(each.name, ""), each.documentation)
        for each in metrics.registry.collect()
    ]
    head = format_head("Metrics", INTRODUCTION.format(seconds=UPDATE_SECONDS))
    return "\n\n".join((head, format_table(("name", "type", "labels", "meaning"), sorted(rows)), DETAILS))
