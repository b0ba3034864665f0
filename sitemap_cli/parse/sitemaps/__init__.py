"""The sitemap protocol: entries of sitemaps and indexes, with their extensions."""
