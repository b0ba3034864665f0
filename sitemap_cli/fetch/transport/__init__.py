"""The only code that imports aiohttp, and that depends on its private parts."""
