"""Services that need no database."""
