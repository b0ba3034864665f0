"""Rules about XML and structure."""
