"""What an attack is: how a server answers, and what the program shall make of it."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.messages import Answer, Hit

DATA = Path(__file__).parent / "data"
FULL = bool(os.environ.get("HOSTILE_FULL"))
MIB = 1024 * 1024

# What must never turn up anywhere: the content of a file of ours, and what only one site may be told.
LOCAL_FILE = DATA / "local-file.txt"
NETRC_PASSWORD = "netrc-password"
TOKEN = "token-of-home"
PASSWORD = "password-of-home"
COOKIE = "cookie-of-home"
SECRETS = (TOKEN, PASSWORD, COOKIE, NETRC_PASSWORD)


def scaled(small: int, full: int) -> int:
    """A size: a small one in the suite, the full one in a run of its own."""
    return full if FULL else small


MAX_BYTES = scaled(4, 100) * MIB
MAX_WIRE_BYTES = scaled(2, 50) * MIB
DOCUMENT_SECONDS = scaled(2, 20)
IDLE_SECONDS = scaled(1, 10)
SITE_SECONDS = scaled(5, 60)
MAX_SITEMAPS = scaled(100, 1_000)
MEMORY_MB = 150.0


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to an attack.

    ``path`` is what follows ``root``, the address of the attack without a slash at the end. ``other``
    is the root of another host of the same attacker, ``secure`` its root over TLS; at ``canary``
    listens somebody whom nobody may ask. ``count`` tells how often this path was asked for before.
    """

    hit: Hit
    path: str
    root: str
    other: str
    secure: str
    canary: str
    count: int
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Stream:
    """A whole answer, piece by piece as it goes over the wire.

    ``pace`` is bytes a second, from the piece after the first ``at_once`` ones; ``pause`` is the seconds
    before that piece, so that those before it arrive by themselves.
    """

    pieces: Iterable[bytes]
    pace: float | None = None
    at_once: int = 0
    pause: float = 0.0


Reply = Answer | Stream
Server = Callable[[Ask], Reply]


@dataclass(frozen=True, slots=True)
class Places:
    """Where an attack is found in one run of the server: what ``Ask`` tells, and the host's name."""

    name: str
    host: str
    port: int
    secure_port: int
    other: str
    canary: str

    @property
    def root(self) -> str:
        """The address of the host, without a slash at the end."""
        return f"http://{self.host}:{self.port}"

    @property
    def secure(self) -> str:
        """The same over TLS, by name, because certificates are for names."""
        return f"https://{self.name}.hostile.test:{self.secure_port}"

    def fill(self, text: str) -> str:
        """The text with the places put in for ``{root}`` and so on."""
        return text.format(
            name=f"{self.name}.hostile.test",
            root=self.root,
            host=self.host,
            port=self.port,
            secure=self.secure,
            secure_port=self.secure_port,
            other=self.other,
            canary=self.canary,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One attack and what shall come of it.

    Args:
        name: unique, and part of its addresses.
        row: of the table of threats.
        answer: what its server says.
        verdict: of the job; ``|`` stands between what is equally good.
        errors: the reasons at the sitemaps of the job, as ``reason`` or ``reason*count``, with ``|``
            between what is equally good; empty for none.
        kept: how many of the pages of :mod:`tests.hostile.documents` are recorded, always the first
            ones; or a function of the places that gives the addresses.
        requests: how many may reach the server at most.
        problems: codes that must have been reported.
        said: what must stand in the error of the job.
        target: what the program is told to analyze; see :meth:`Places.fill`.
        site: whether a whole site is searched, so that the deadline of a site counts.
        greeting: what is said to whoever connects, before the connection is closed.
        tls: the certificate of the second port, or what happens there instead; see
            :mod:`tests.hostile.server`.
        names: what a name server answers, one list of addresses after the other, or a word.
        options: for this attack alone, which is then no part of the batch.
        hidden: what must not turn up in the output or the database.
        seconds: the limit, where it is another one.
        memory_mb: megabytes over an idle program.
        alone: whether the suite also runs it in a process of its own; ``--full`` does so with all.
    """

    name: str
    row: str
    answer: Server
    verdict: str
    errors: str = ""
    kept: int | Callable[[Places], Iterable[str]] = 0
    requests: int = 1
    problems: tuple[str, ...] = ()
    said: str = ""
    target: str = "{root}/sitemap.xml"
    site: bool = False
    greeting: bytes | None = None
    tls: str | None = None
    names: Mapping[str, tuple[tuple[str, ...] | str, ...]] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    seconds: float | None = None
    memory_mb: float = MEMORY_MB
    alone: bool = True

    @property
    def limit(self) -> float:
        """The seconds after which the program has to be done, by its own limits."""
        return self.seconds or (SITE_SECONDS if self.site else DOCUMENT_SECONDS)


def in_batch(*attacks: Attack) -> tuple[Attack, ...]:
    """The same attacks, for which the suite spares a process of their own."""
    return tuple(replace(each, alone=False) for each in attacks)


def always(reply: Reply) -> Server:
    """The same answer to every request."""
    return lambda _: reply


def routes(answers: Mapping[str, Reply], otherwise: Reply | None = None) -> Server:
    """Answers by path, and 404 where there is none."""
    missing = otherwise or Answer(b"nothing here", 404)
    return lambda ask: answers.get(ask.path, missing)


FOREVER = 10**9
BLOCK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Lazy:
    """Pieces that are made anew for every reader, so that an answer can be given more than once."""

    make: Callable[[], Iterable[bytes]]

    def __iter__(self) -> Iterator[bytes]:
        yield from self.make()


def streamed(*parts: bytes | tuple[bytes, int], pace: float | None = None, at_once: int = 0) -> Stream:
    """A whole answer of some parts; one with a number is repeated so often."""
    return Stream(Lazy(lambda: _pieces(parts)), pace, at_once)


def _pieces(parts: Iterable[bytes | tuple[bytes, int]]) -> Iterator[bytes]:
    for part in parts:
        piece, left = (part, 1) if isinstance(part, bytes) else part
        block = max(1, BLOCK // len(piece)) if piece else 1
        while left > 0:
            yield piece * min(block, left)
            left -= block
