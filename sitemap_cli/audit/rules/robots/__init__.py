"""Rules about robots.txt and discovery."""
