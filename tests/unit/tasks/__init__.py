"""Tasks, tested without a database."""
