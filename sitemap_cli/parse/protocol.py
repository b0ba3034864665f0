"""Names of the sitemap protocol, and namespaces of elements in feeds.

See https://www.sitemaps.org/protocol.html
"""

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
"""The namespace of all elements of the protocol."""

NAMESPACE_VARIANTS = (
    "https://www.sitemaps.org/schemas/sitemap/0.9",
    "http://www.google.com/schemas/sitemap/0.84",
    "http://www.google.com/schemas/sitemap/0.9",
)
"""Old and misspelled forms of the namespace that search engines accept."""

UNDECLARED = "urn:undeclared:"
"""The beginning of the namespace that the recovery gives to a prefix without one."""

FIELDS = ("loc", "lastmod", "changefreq", "priority")
"""The fields of an entry, in the order of the schema."""

FEED_NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "a10": "http://www.w3.org/2005/Atom",
    "dc": "http://purl.org/dc/elements/1.1/",
    "g": "http://base.google.com/ns/1.0",
}
"""The namespaces of what is read in the items of RSS, by the prefixes that documents use."""
