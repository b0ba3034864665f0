"""Tests of storage without a database."""
