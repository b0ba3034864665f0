"""Names that more than one part of the reader knows."""

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
"""The namespace of every element of the protocol."""
