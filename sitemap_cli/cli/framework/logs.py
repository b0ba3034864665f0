"""Log records of the package, printed on stderr in the selected format."""

import logging

from sitemap_cli.cli.console import Console

LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)


class _Handler(logging.Handler):
    """Passes log records to the console, which escapes control characters."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        """Print a record."""
        self._console.print_log(record.levelname.lower(), record.getMessage())


def send_logs_to(console: Console) -> None:
    """Print the log of the package on the console: warnings, and one more level with each ``-v``."""
    logger = logging.getLogger("sitemap_cli")
    logger.handlers = [_Handler(console)]
    logger.propagate = False
    logger.setLevel(LEVELS[min(console.settings.verbose, len(LEVELS) - 1)])
