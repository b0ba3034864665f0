"""Fast paths that read simple entries by pattern, without an XML parser."""
