"""Recovery of entries from documents that are not well-formed."""
