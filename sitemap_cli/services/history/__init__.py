"""What changed between the jobs of a site, and since when URLs are listed."""
