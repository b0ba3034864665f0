"""A local build as the pages that it will be: files behind URLs, and the rules of hosts."""
