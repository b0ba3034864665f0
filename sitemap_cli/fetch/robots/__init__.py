"""Parsing of robots.txt."""
