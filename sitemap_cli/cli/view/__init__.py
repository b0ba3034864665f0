"""Terminal output: each module renders one kind of result."""
