"""Several layers together: real databases, real HTTP on loopback."""
