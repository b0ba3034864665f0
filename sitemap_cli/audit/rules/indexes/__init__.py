"""Rules of the family: Indexes, and the sitemaps of a site together."""
