"""Tests of crawling over HTTP."""
