"""What the ages of lastmods are called that :class:`~sitemap_cli.model.results.JobResult` counts."""

AGES = {
    "future": "in the future",
    "1d": "last day",
    "7d": "last week",
    "30d": "last month",
    "90d": "last 3 months",
    "365d": "last year",
    "older": "older",
    "missing": "no lastmod",
    "invalid": "unreadable",
}
