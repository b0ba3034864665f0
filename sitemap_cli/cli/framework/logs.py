"""Says what the layers below log on stderr, in the form the user asked for."""

import logging

from sitemap_cli.cli.console import Console

LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)


class _Handler(logging.Handler):
    """Hands records to the console, which makes them safe for a terminal."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        """Say one record."""
        self._console.print_log(record.levelname.lower(), record.getMessage())


def send_logs_to(console: Console) -> None:
    """Send our own log to the console: warnings, and with each ``-v`` a level more."""
    logger = logging.getLogger("sitemap_cli")
    logger.handlers = [_Handler(console)]
    logger.propagate = False
    logger.setLevel(LEVELS[min(console.settings.verbose, len(LEVELS) - 1)])
