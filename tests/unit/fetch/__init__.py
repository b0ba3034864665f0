"""Tests of the fetch package that open no sockets."""
