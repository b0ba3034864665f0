"""What the user names on the command line: files, folders, patterns, lists of domains."""
