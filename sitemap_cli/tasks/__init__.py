"""Long-running work that owns its transactions, one for each logical unit."""
