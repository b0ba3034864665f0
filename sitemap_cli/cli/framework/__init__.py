"""What every command shares: the application, options, configuration, signals and error output."""
