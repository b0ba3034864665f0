"""Machine-readable output: rows of URLs, reports of a check, and the JSON of all commands."""
