"""What all output to a terminal has in common: styles, times, links, widths, tables."""
