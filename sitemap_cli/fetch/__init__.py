"""Fetching over HTTP or from a folder: rate limits, retries, limits on bodies, robots.txt, bot walls."""
