"""Attacks: how a server responds, and what the program must make of it."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.messages import Answer, Hit
from tests.patience import measure_slowness

DATA = Path(__file__).parent / "data"
FULL = bool(os.environ.get("HOSTILE_FULL"))
MIB = 1024 * 1024

# Must never appear anywhere: the content of a local file, and credentials for a single site.
LOCAL_FILE = DATA / "local-file.txt"
NETRC_PASSWORD = "netrc-password"
TOKEN = "token-of-home"
PASSWORD = "password-of-home"
COOKIE = "cookie-of-home"
SECRETS = (TOKEN, PASSWORD, COOKIE, NETRC_PASSWORD)


def scaled(small: int, full: int) -> int:
    """Return a size: a small one in the test suite, the full one in a separate run."""
    return full if FULL else small


MAX_BYTES = scaled(4, 100) * MIB
MAX_WIRE_BYTES = scaled(2, 50) * MIB
# A busy machine gets more time: half of the measured factor, as the other workers of a test run count in it;
# and twice the time at least, as the machine can become busy later.
SLOWNESS = float(os.environ.setdefault("HOSTILE_SLOWNESS", f"{max(2.0, measure_slowness() / 2):.1f}"))
DOCUMENT_SECONDS = scaled(2, 20) * SLOWNESS
IDLE_SECONDS = scaled(1, 10) * SLOWNESS
SITE_SECONDS = scaled(5, 60) * SLOWNESS
MAX_SITEMAPS = scaled(100, 1_000)
MEMORY_MB = 150.0


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to an attack.

    ``path`` is the part after ``root``, the URL of the attack without a slash at the end. ``other`` is the
    root of another host of the same attacker, and ``secure`` its root over TLS. ``canary`` is a server that
    must never be contacted. ``count`` is the number of earlier requests for this path.
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
    """A whole response, piece by piece as it goes over the wire.

    ``pace`` is in bytes per second, from the piece after the first ``at_once`` ones. ``pause`` is the seconds
    before that piece, so that the earlier ones arrive separately.
    """

    pieces: Iterable[bytes]
    pace: float | None = None
    at_once: int = 0
    pause: float = 0.0


Reply = Answer | Stream
Server = Callable[[Ask], Reply]


@dataclass(frozen=True, slots=True)
class Places:
    """Where an attack is found in one run of the server: the fields of ``Ask``, and the name of the host."""

    name: str
    host: str
    port: int
    secure_port: int
    other: str
    canary: str

    @property
    def root(self) -> str:
        """The URL of the host, without a slash at the end."""
        return f"http://{self.host}:{self.port}"

    @property
    def secure(self) -> str:
        """The same over TLS, by name, because certificates are for names."""
        return f"https://{self.name}.hostile.test:{self.secure_port}"

    def fill(self, text: str) -> str:
        """Return the text with the places filled in for ``{root}`` and so on."""
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
    """One attack and its expected result.

    Args:
        name: unique, and part of its URLs.
        row: of the table of threats.
        answer: how its server responds.
        verdict: of the job; ``|`` separates alternatives.
        errors: the reasons of the sitemaps of the job, as ``reason`` or ``reason*count``, with ``|`` between
            alternatives; empty if there are none.
        kept: how many of the pages of :mod:`tests.hostile.documents` are recorded, always the first
            ones; or a function of the places that returns the URLs.
        requests: how many may reach the server at most.
        problems: codes that must have been reported.
        said: text that the error of the job must contain.
        target: what the program has to analyze; see :meth:`Places.fill`.
        site: whether a whole site is searched, so that the deadline of a site applies.
        greeting: what is sent on connecting, before the connection is closed.
        tls: the certificate of the second port, or what happens there instead; see
            :mod:`tests.hostile.server`.
        names: the responses of a name server, one list of IP addresses after the other, or a word.
        options: for this attack alone, which is then not part of the batch.
        hidden: what must not appear in the output or the database.
        seconds: the limit, if it differs from the default.
        memory_mb: megabytes beyond an idle program.
        alone: whether the suite also runs it in a separate process; ``--full`` does so with all attacks.
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
        """The seconds after which the program must have finished, by its own limits."""
        if self.seconds is not None:
            return self.seconds * SLOWNESS
        return SITE_SECONDS if self.site else DOCUMENT_SECONDS

    @property
    def is_timed(self) -> bool:
        """Whether a time limit may end it."""
        words = f"{self.verdict} {self.errors}"
        unanswered = any("never" in answers for answers in self.names.values())
        return unanswered or any(word in words for word in ("timeout", "deadline", "too-slow"))


def in_batch(*attacks: Attack) -> tuple[Attack, ...]:
    """Return the same attacks without separate processes in the test suite."""
    return tuple(replace(each, alone=False) for each in attacks)


def always(reply: Reply) -> Server:
    """Return the same response to every request."""
    return lambda _: reply


def routes(answers: Mapping[str, Reply], otherwise: Reply | None = None) -> Server:
    """Respond by path, and with 404 elsewhere."""
    missing = otherwise or Answer(b"nothing here", 404)
    return lambda ask: answers.get(ask.path, missing)


FOREVER = 10**9
BLOCK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Lazy:
    """Pieces that are created for every reader, so that a response can be sent more than once."""

    make: Callable[[], Iterable[bytes]]

    def __iter__(self) -> Iterator[bytes]:
        yield from self.make()


def streamed(*parts: bytes | tuple[bytes, int], pace: float | None = None, at_once: int = 0) -> Stream:
    """Return a whole response of some parts; a part with a number is repeated that often."""
    return Stream(Lazy(lambda: _pieces(parts)), pace, at_once)


def _pieces(parts: Iterable[bytes | tuple[bytes, int]]) -> Iterator[bytes]:
    for part in parts:
        piece, left = (part, 1) if isinstance(part, bytes) else part
        block = max(1, BLOCK // len(piece)) if piece else 1
        while left > 0:
            yield piece * min(block, left)
            left -= block
