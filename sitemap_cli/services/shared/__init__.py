"""Lookups that several services use."""
