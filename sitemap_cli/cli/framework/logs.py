"""Log records of the package, printed on stderr in the selected format."""

import logging

from sitemap_cli.cli.console import Console
from sitemap_cli.redaction import redact_text

LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)
JOBS = "sitemap_cli.tasks.run_job"
"""Logs how jobs ended; programs that read JSON get that without ``-v``, too."""


class _Handler(logging.Handler):
    """Passes log records to the console, which escapes control characters."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        """Print a record, without passwords in URLs."""
        fields = {
            name: redact_text(value) if isinstance(value, str) else value
            for name, value in getattr(record, "fields", {}).items()
        }
        level, text = record.levelname.lower(), redact_text(record.getMessage())
        self._console.print_log(level, text, getattr(record, "event", "log"), fields)


def send_logs_to(console: Console) -> None:
    """Print the log of the package on the console: warnings, and one more level with each ``-v``."""
    logger = logging.getLogger("sitemap_cli")
    logger.handlers = [_Handler(console)]
    logger.propagate = False
    logger.setLevel(LEVELS[min(console.settings.verbose, len(LEVELS) - 1)])
    is_machine = console.settings.log_format == "json" and not console.settings.quiet
    logging.getLogger(JOBS).setLevel(min(logging.INFO, logger.level) if is_machine else logging.NOTSET)
