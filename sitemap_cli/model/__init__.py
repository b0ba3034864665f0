"""Values that travel between the layers."""
