"""The command line: commands, their options and what people see of them."""
