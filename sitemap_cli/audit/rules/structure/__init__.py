"""Rules of the family: XML and structure."""
