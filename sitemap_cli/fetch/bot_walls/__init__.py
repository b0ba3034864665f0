"""Recognition of responses that come from a bot wall instead of the site."""
