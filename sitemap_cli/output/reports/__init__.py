"""One module for each format in which a check can be told."""
