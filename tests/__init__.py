"""Tests of the sitemap tool; what stands in which folder is told in CONTRIBUTING.md."""
