"""The console of a child process: the parent prints what it would print on stderr."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sitemap_cli.cli.console import Console
from sitemap_cli.events import get_job_fields
from sitemap_cli.tasks.processes.process_messages import LogLine


@dataclass(frozen=True)
class ForwardingConsole(Console):
    """Sends messages to the process that started this one."""

    send: Callable[[LogLine], None] = lambda _: None

    def print_message(self, level: str, event: str, fields: Mapping[str, Any], lines: Iterable[str]) -> None:
        """Send a message to the parent, with the job in which it arose."""
        self.send(LogLine(level, event, {**get_job_fields(), **fields}, list(lines)))
