"""Tests of machine-readable output."""
