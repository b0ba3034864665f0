"""Detection of responses that a bot wall sent instead of the site."""
