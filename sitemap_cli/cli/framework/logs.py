"""Log records of the package, printed on stderr in the selected format."""

import logging

from sitemap_cli.cli.console import Console
from sitemap_cli.redaction import redact_text

# Libraries that log what goes wrong in tasks of their own.
LIBRARIES = ("procrastinate", "psycopg")
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


class _LibraryHandler(_Handler):
    """Prints one line for what a library logs: without it, Python prints whole tracebacks."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print the first line of a record, and of the exception that it reports."""
        cause = record.exc_info[1] if record.exc_info else None
        while cause is not None and cause.__cause__ is not None:
            cause = cause.__cause__
        texts = [record.getMessage(), *([str(cause) or type(cause).__name__] if cause else [])]
        lines = [(each.strip().splitlines() or [""])[0] for each in texts]
        self._console.print_log("warning", ": ".join([record.name.partition(".")[0], *lines]))


def send_logs_to(console: Console) -> None:
    """Print the log of the package on the console: warnings, and one more level with each ``-v``."""
    handlers = {"sitemap_cli": _Handler(console), **dict.fromkeys(LIBRARIES, _LibraryHandler(console))}
    for name, handler in handlers.items():
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
    # The pool of psycopg reports each attempt to connect; the command that waits for it reports the failure.
    logging.getLogger("psycopg").setLevel(logging.WARNING if console.settings.verbose else logging.ERROR)
    logger = logging.getLogger("sitemap_cli")
    logger.setLevel(LEVELS[min(console.settings.verbose, len(LEVELS) - 1)])
    is_machine = console.settings.log_format == "json" and not console.settings.quiet
    logging.getLogger(JOBS).setLevel(min(logging.INFO, logger.level) if is_machine else logging.NOTSET)
