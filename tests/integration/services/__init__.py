"""Services over real HTTP on loopback."""
