"""Rules of the family: robots.txt and discovery."""
