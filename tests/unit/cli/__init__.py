"""Tests of the command line, one layer at a time."""
