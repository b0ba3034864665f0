"""The installed program as a process: exit codes, what it prints, signals."""
