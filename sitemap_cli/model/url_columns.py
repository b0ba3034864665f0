"""The columns of a listed URL: those that users may choose, and those that are written by default."""

URL_FIELDS = ("loc", "lastmod", "lastmod_utc", "changefreq", "priority", "line", "extensions", "sitemap")
"""The columns that are written if none are chosen."""

EXTENSION_KEYS = {"image": "images", "video": "videos", "news": "news", "alternates": "alternates"}
"""The extensions that a URL may have, by the names that users give them, with their keys."""

EXTENSION_FIELDS = tuple(EXTENSION_KEYS.values())
"""Columns with the JSON of an extension; its number of items where a format has no room for values."""

DOMAIN, SECTION, SITEMAP = "domain", "section", "sitemap"

FIRST_SEEN, LAST_SEEN = "first_seen", "last_seen"

CHOOSABLE_FIELDS = (*URL_FIELDS, *EXTENSION_FIELDS, SECTION, FIRST_SEEN, LAST_SEEN, DOMAIN)

INTEGERS = frozenset({"lastmod_utc", "line"})
"""Columns of numbers."""
