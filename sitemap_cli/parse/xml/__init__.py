"""Reading well-formed XML with expat."""
