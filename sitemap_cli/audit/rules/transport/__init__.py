"""Rules about transport and files."""
