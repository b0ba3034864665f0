"""Tests of the fetch package against a web server on loopback."""
