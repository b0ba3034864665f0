"""Reading large documents in other processes, so that all cores work on a large site."""
