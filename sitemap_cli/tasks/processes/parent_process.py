"""The parent of a child process, as the child sees it. This module imports nothing that takes long."""

import asyncio
import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from sitemap_cli.tasks.processes.process_messages import FromChild, Setup, ToChild

# Seconds after the end of the parent, or its order to stop; whatever blocks this process then ends with it.
EXIT_SECONDS = 4.0


class Parent:
    """The process that started this one, and the pipes from and to it."""

    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._received: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_ready = False

    def watch(self) -> bytes:
        """Return the first message, undecoded; from then on, notice the end of the parent.

        A thread reads the pipe, which cannot be awaited on Windows. Until this process is ready it runs
        nothing, and exits at once.
        """
        line = self._incoming.readline()
        threading.Thread(target=self._read_all, daemon=True, name="parent").start()
        return line

    def listen(self, setup: bytes) -> "Setup | None":
        """Receive messages in this event loop from now on; return the first one."""
        from sitemap_cli.tasks.processes.process_messages import Setup, decode_for_child

        self._loop = asyncio.get_running_loop()
        message = decode_for_child(setup) if setup else None
        return message if isinstance(message, Setup) else None

    def send(self, message: "FromChild") -> None:
        """Send a message; a parent that has terminated needs none."""
        from sitemap_cli.tasks.processes.process_messages import Ready, encode_message

        self._is_ready = self._is_ready or isinstance(message, Ready)
        with suppress(OSError):
            self._outgoing.write(encode_message(message))

    async def receive(self) -> "ToChild | None":
        """Return the next message; None when this process has to stop."""
        from sitemap_cli.tasks.processes.process_messages import decode_for_child

        line = await self._received.get()
        return None if line is None else decode_for_child(line)

    def stop(self) -> None:
        """Let :meth:`receive` return None: this process has to stop."""
        self._received.put_nowait(None)

    def _read_all(self) -> None:
        with suppress(OSError):
            for line in self._incoming:
                self._put(line)
        if not self._is_ready:
            os._exit(1)
        self._put(None)
        threading.Event().wait(EXIT_SECONDS)
        os._exit(1)

    def _put(self, line: bytes | None) -> None:
        """Pass on a line; the parent sends nothing before this process is ready, and so has an event loop."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(self._received.put_nowait, line)
