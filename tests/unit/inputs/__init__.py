"""Tests of what users name on the command line."""
