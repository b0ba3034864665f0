"""Messages between the process of a command and the child processes that it starts.

Each message is one line of JSON: to a child process on its stdin, from it on its stdout.

============== ================= =====================================================================
message        direction         meaning
============== ================= =====================================================================
``setup``      to the child      the first line: settings, also the secret ones, and what to do
``run``        to the child      run this pending job
``stop``       to the child      stop this job, and record it as interrupted
end of file    to the child      stop everything, record it, and exit; also if the parent was killed
``ready``      from the child    the database is open; jobs may come
``ended``      from the child    a job ended: its verdict, or the error that ended it
``timings``    from the child    how long fetching and recording documents took, for the metrics
``log``        from the child    a line for stderr
``done``       from the child    the queue is empty, and the child waits for the end of file
``failed``     from the child    it cannot work; it waits for the end of file
end of file    from the child    the child has terminated
============== ================= =====================================================================
"""

import json
import traceback
from dataclasses import dataclass
from typing import Any

import msgspec

from sitemap_cli import errors
from sitemap_cli.errors import SitemapError
from sitemap_cli.model.values import Verdict
from sitemap_cli.services.recording.jobs import RunnableJob
from sitemap_cli.settings import Settings


@dataclass(frozen=True, slots=True)
class WorkerSetup:
    """What a child process of ``sitemap worker`` needs to know."""

    concurrency: int
    dead_after: float
    drain: bool


class Setup(msgspec.Struct, frozen=True, tag="setup"):
    """The first message: all that a child process needs to know.

    ``connections`` is its share of the concurrent requests. ``processes`` share the limits per host, except
    for the hosts of their own jobs. ``lock`` is held by all processes of a run.
    With a ``worker`` it runs jobs of the queue, without one those that it is sent.
    """

    settings: Settings
    connections: int
    processes: int = 1
    measures: bool = False
    is_later: bool = False
    lock: str | None = None
    worker: WorkerSetup | None = None


class RunJob(msgspec.Struct, frozen=True, tag="run"):
    """Run a pending job. ``login`` is the password of its target, which is not stored with it."""

    job: RunnableJob
    login: str | None = None


class StopJob(msgspec.Struct, frozen=True, tag="stop"):
    """Stop a job."""

    job_id: str


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The child process can run jobs."""


class SentError(msgspec.Struct, frozen=True):
    """An error as it is sent: the name of its class, its fields, and the traceback."""

    kind: str
    what: str
    where: str | None
    why: str | None
    hint: str | None
    trace: str

    @classmethod
    def pack(cls, error: BaseException) -> "SentError":
        """Return what to send of an error."""
        trace = "".join(traceback.format_exception(error))
        if not isinstance(error, SitemapError):
            text = f"{type(error).__name__}: {error}".removesuffix(": ")
            return cls(SitemapError.__name__, text, None, None, None, trace)
        kind = next(each for each in type(error).__mro__ if vars(errors).get(each.__name__) is each)
        return cls(kind.__name__, error.what, error.where, error.why, error.hint, trace)

    def unpack(self) -> SitemapError:
        """Return the error; ``-v`` shows the traceback of the other process."""
        error: SitemapError = vars(errors)[self.kind](
            self.what, where=self.where, why=self.why, hint=self.hint
        )
        error.add_note(f"in another process: {self.trace}")
        return error


class JobEnded(msgspec.Struct, frozen=True, tag="ended"):
    """A job ended; ``is_stopped`` says that the child process stopped it."""

    job_id: str
    verdict: Verdict | None = None
    error: SentError | None = None
    is_stopped: bool = False


class Timings(msgspec.Struct, frozen=True, tag="timings"):
    """Seconds for each document that was fetched, and for each that was recorded."""

    fetched: list[float]
    recorded: list[float]


class LogLine(msgspec.Struct, frozen=True, tag="log"):
    """Text for stderr; ``fields`` are for the JSON format."""

    level: str
    event: str
    fields: dict[str, Any]
    lines: list[str]


class Done(msgspec.Struct, frozen=True, tag="done"):
    """The queue is empty."""


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """The child process cannot work."""

    error: SentError


ToChild = Setup | RunJob | StopJob
FromChild = Ready | JobEnded | Timings | LogLine | Done | Failed


def encode_message(message: ToChild | FromChild) -> bytes:
    """Return a message as one line.

    The standard library writes text that is not UTF-8, such as the name of a file, as msgspec does not.
    """
    return json.dumps(msgspec.to_builtins(message)).encode() + b"\n"


def decode_for_child(line: bytes) -> ToChild:
    """Return the message in a line that a child process has read."""
    message: ToChild = msgspec.convert(json.loads(line), ToChild)
    return message


def decode_from_child(line: bytes) -> FromChild:
    """Return the message in a line of a child process."""
    message: FromChild = msgspec.convert(json.loads(line), FromChild)
    return message
