"""Rules of the family: Entries."""
