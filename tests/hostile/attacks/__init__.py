"""The attacks, one file for each family; each file has a tuple ``ATTACKS``."""
