"""Tests of the parse package that open no sockets."""
