"""A child process, as the process that started it sees it."""

import asyncio
import logging
import subprocess
from contextlib import suppress
from typing import Self

import msgspec

from sitemap_cli.tasks.processes.process_messages import (
    FromChild,
    Setup,
    ToChild,
    decode_from_child,
    encode_message,
)
from sitemap_cli.tasks.spawning import (
    CREATION_FLAGS,
    block_signals,
    build_command,
    build_environment,
)

MODULE = "sitemap_cli.cli.framework.child_main"
# Seconds for a child process to record how its jobs ended; the parent has some more to exit.
STOP_SECONDS = 3.0
MAX_LINE = 2**24

log = logging.getLogger(__name__)


class ChildProcess:
    """A process that runs jobs, with a pipe in each direction."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, setup: Setup) -> Self:
        """Start a process and send it what it needs; a caller starts one after the other.

        Raises:
            OSError: the system starts no other process.
        """
        with block_signals():
            process = await asyncio.create_subprocess_exec(
                *build_command(MODULE),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=build_environment(),
                limit=MAX_LINE,
                creationflags=CREATION_FLAGS,
            )
        child = cls(process)
        child.send(setup)
        return child

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    def send(self, message: ToChild) -> None:
        """Send a message; one to a process that has terminated is lost."""
        if self._process.stdin is not None:
            self._process.stdin.write(encode_message(message))

    async def receive(self) -> FromChild | None:
        """Return the next message, or None when the process has closed its end."""
        if self._process.stdout is None:
            return None
        try:
            line = await self._process.stdout.readline()
            return decode_from_child(line) if line.endswith(b"\n") else None
        except (OSError, ValueError, msgspec.ValidationError) as error:
            log.debug("process %d sent something else: %s", self.pid, error)
            return None

    def close(self) -> None:
        """Let the process stop everything and exit."""
        if self._process.stdin is not None:
            self._process.stdin.close()

    def kill(self) -> None:
        """End the process at once."""
        with suppress(ProcessLookupError):
            self._process.kill()

    async def wait(self) -> str:
        """Close the pipe and wait for the end of the process, which is killed if it takes too long.

        Returns:
            How it ended, in words.
        """
        self.close()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                code = await self._process.wait()
        except TimeoutError:
            self.kill()
            code = await self._process.wait()
        return f"killed by signal {-code}" if code < 0 else f"exit code {code}"
