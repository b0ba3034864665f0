"""Find, fetch, record and audit the sitemaps of a domain."""
