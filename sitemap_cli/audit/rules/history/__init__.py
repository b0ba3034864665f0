"""Rules about changes since previous jobs."""
