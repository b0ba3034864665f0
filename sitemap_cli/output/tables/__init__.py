"""One module per format of lists."""
