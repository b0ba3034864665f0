"""The generated pages of ``docs/reference``; each module has a function that returns one, or several."""
