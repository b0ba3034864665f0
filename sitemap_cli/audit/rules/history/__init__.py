"""Rules of the family: History."""
