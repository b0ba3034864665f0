"""Formats of the report of a site: a module each, named as users name the format."""
