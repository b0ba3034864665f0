"""Bytes from the web; the only home of aiohttp."""
