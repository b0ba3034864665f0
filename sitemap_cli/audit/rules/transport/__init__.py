"""Rules of the family: Transport and file."""
