"""One module for each XML namespace that extends an entry."""
