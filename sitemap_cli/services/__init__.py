"""What the tool can do; a service receives an active session and never ends its transaction."""
