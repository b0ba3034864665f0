"""The only code that touches aiohttp's internals: client, connectors, TLS, proxies."""
