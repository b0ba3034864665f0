"""What makes documentation: the site, and the pages of the reference that are generated."""
