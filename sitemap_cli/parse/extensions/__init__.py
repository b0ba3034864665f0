"""The XML namespaces that extend an entry: one module each."""
