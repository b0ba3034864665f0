"""Tests of crawling with fake fetchers."""
