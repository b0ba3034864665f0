"""A pseudo-terminal in which the program runs, and what arrives on it."""

import fcntl
import os
import pty
import re
import struct
import termios
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.acceptance.command import Program

if TYPE_CHECKING:
    import subprocess

# Colours and other renditions, and links to safe places, are ours; whatever else begins with ESC is not.
RENDITION = re.compile(r"\x1b\[[0-9;]*m")
LINK = re.compile(r"\x1b\]8;(?:id=[0-9]+)?;(?:(?:https?|file)://[!-\[\]-~]*)?\x1b\\")
ALLOWED = {"\r", "\n"}


class Terminal:
    """The end of a pseudo-terminal that a person would look at."""

    def __init__(self, master: int) -> None:
        self._master = master
        self.seen = b""

    def read(self) -> bool:
        """Read what is there, waiting for something; False at the end."""
        try:
            piece = os.read(self._master, 65536)
        except OSError:  # Linux says EIO when the last writer is gone
            piece = b""
        self.seen += piece
        return bool(piece)

    def until(self, text: bytes) -> None:
        """Read until something was shown."""
        while text not in self.seen:
            assert self.read(), self.seen

    def rest(self) -> str:
        """Read to the end, and return all that was shown."""
        while self.read():
            pass
        return self.seen.decode()


@contextmanager
def terminal(columns: int = 80) -> Iterator[tuple[Terminal, int]]:
    """A terminal, and the file number to give to a process."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    try:
        yield Terminal(master), slave
    finally:
        os.close(master)


def shown(program: Program, *arguments: object, columns: int = 80) -> str:
    """What a person sees: stdout and stderr of a run at a terminal."""
    with terminal(columns) as (screen, slave), ThreadPoolExecutor(1) as pool:
        text = pool.submit(screen.rest)
        try:
            program(*arguments, stdout=slave, stderr=slave)
        finally:
            os.close(slave)
        return text.result()


def remove_styles(text: str) -> str:
    """The text alone, without our colours and links."""
    return LINK.sub("", RENDITION.sub("", text))


def harmful(text: str) -> set[str]:
    """Characters that a terminal would obey, or that hide text, apart from our own colours and links."""
    plain = remove_styles(text)
    return {each for each in plain if unicodedata.category(each) in ("Cc", "Cf", "Cs")} - ALLOWED


def run_at(slave: int, program: Program, *arguments: object, **options: Any) -> "subprocess.Popen[bytes]":
    """Start a run with its stderr at a terminal."""
    process = program.start(*arguments, stderr=slave, **options)
    os.close(slave)
    return process
