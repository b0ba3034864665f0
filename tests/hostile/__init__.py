"""A server that misbehaves in every way, and the table of what the program does about it."""
