"""Rules of the family: Listed pages."""
