"""A server that does everything a server should not, and the table of what the program does about it."""
