"""What a local build says of its pages: files, lines, and how hosts would serve them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from sitemap_cli.model.values import Severity
from sitemap_cli.spool import Items


class FilePlace(NamedTuple):
    """A place in a file of a build; line and column count from 1."""

    file: str
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class ServedElsewhere:
    """That hosts do not agree on a URL: what they do, and how severe that is."""

    message: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class LostReturn:
    """A version that a page links to and that does not link back: its language, URL, and what is wrong."""

    language: str
    href: str
    message: str
    place: FilePlace


@dataclass(frozen=True, slots=True)
class BuildFact:
    """What the files of a build say of one listed URL.

    Attributes:
        places: where the page has what a rule is about, by the name of the rule; "" is the page itself.
        missing: why there is no file, None if there is one.
        served: what hosts do if they do not serve the URL itself.
        twin: another file that some hosts serve for the URL.
        redirect: what redirects the URL, such as ``_redirects`` or ``meta refresh``.
        is_shadowed: whether some hosts serve a file rather than following the redirect.
        lost_returns: the versions in its head that do not link back.
    """

    places: Mapping[str, FilePlace] = field(default_factory=dict)
    missing: str | None = None
    served: ServedElsewhere | None = None
    twin: str | None = None
    redirect: str | None = None
    is_shadowed: bool = False
    lost_returns: tuple[LostReturn, ...] = ()

    def find_place(self, rule: str) -> FilePlace | None:
        """Return where a finding of a rule is, None if it is in the sitemap."""
        return self.places.get(rule) or self.places.get("")


class UnlistedFile(NamedTuple):
    """A page of a build that is in no sitemap: its URL and its file."""

    loc: str
    file: str


@dataclass(frozen=True, slots=True)
class UnlistedSection:
    """The pages of a section that are in no sitemap: their number, and some or all of them."""

    count: int
    examples: Items[UnlistedFile]
