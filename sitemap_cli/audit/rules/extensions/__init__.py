"""Rules about images, videos, news and language versions."""
