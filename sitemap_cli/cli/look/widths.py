"""The width of what is no terminal."""

PIPE_WIDTH = 4096
"""Columns of a pipe or a file. Lines are not folded there, so that grep sees whole lines."""
