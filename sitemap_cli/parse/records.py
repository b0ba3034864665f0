"""Values that the XML layer passes to a format: elements as plain trees, with canonical names."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Self

import msgspec

_UPPER = frozenset({"pagemap:PageMap", "pagemap:DataObject", "pagemap:Attribute"})
"""Names of extensions that contain capital letters."""

_BASE = "http://www.w3.org/XML/1998/namespace}base"


class Node(msgspec.Struct, frozen=True, gc=False):
    """One element inside a record.

    ``name`` is canonical (see :class:`CanonicalNames`). ``text`` is the text before the first child, or None
    if it is longer than a field may be. ``attributes`` holds names and values in turn. ``line`` is that of an
    element whose text is a URL, that has other elements in it or has no text, or 0.
    """

    name: str
    text: str | None
    attributes: Sequence[str] = ()
    children: Sequence["Node"] = ()
    line: int = 0

    def get_attribute(self, name: str) -> str | None:
        """Return the value of an attribute, or None if it is missing."""
        pairs = self.attributes
        return next((pairs[at + 1] for at in range(0, len(pairs), 2) if pairs[at] == name), None)

    def repeats(self, other: "Node") -> bool:
        """Return whether this element says the same as another one, which may be on another line."""
        is_alike = (self.name, self.text, *self.attributes) == (other.name, other.text, *other.attributes)
        are_paired = len(self.children) == len(other.children)
        pairs = zip(self.children, other.children, strict=False)
        return is_alike and are_paired and all(one.repeats(another) for one, another in pairs)


class Record(msgspec.Struct, frozen=True, gc=False):
    """One complete element that a format reads: a page, a child sitemap or a feed item.

    ``dropped`` counts the elements that were too many to be kept, by name. ``has_nested`` says whether any
    child has children. ``text`` is the text before the first child. ``nested_line`` is the line of a record
    that was left out because it is in a foreign element of this one, or 0. ``base`` is the base URL that the
    elements around it give (xml:base), or "". ``later_texts`` are the texts behind children, as nodes without
    a name. ``depth`` is the number of elements between the root and this one. ``leniency`` is the code of the
    problem because of which a strict parser would not see this record, or "".
    """

    name: str
    line: int
    attributes: Sequence[str]
    children: Sequence[Node]
    dropped: Mapping[str, int]
    has_nested: bool
    text: str | None = None
    nested_line: int = 0
    base: str = ""
    later_texts: Sequence[Node] = ()
    depth: int = 0
    leniency: str = ""

    def is_flat(self) -> bool:
        """Return whether there is nothing but children without children, and white space."""
        return not (self.has_nested or self.later_texts) and (self.text is None or self.text.isspace())


class InexactName(str):
    """The canonical name of an element that has another name for a strict parser: ``Loc`` instead of ``loc``.

    It is equal to the canonical name. ``has_other_case`` says whether the local name is in another case;
    otherwise the namespace is another one.
    """

    __slots__ = ("has_other_case",)

    def __new__(cls, name: str, local: str) -> Self:
        """Make the canonical name of an element with this local name."""
        self = super().__new__(cls, name)
        self.has_other_case = local != local.lower()
        return self

    has_other_case: bool


class CanonicalNames(dict[str, str]):
    """Canonical names by the names that expat gives (``uri}local``), determined at the first look-up.

    A canonical name is the local name in lower case, after the prefix of the extension that the namespace
    belongs to: ``loc``, ``image:loc``. It is empty for an element of an unknown namespace.

    ``has_inexact`` is True if some of the names are an :class:`InexactName`.

    Args:
        prefixes: prefixes of canonical names by namespace, "" for the namespaces of the format itself.
        report_case: called with a known local name that is not in lower case.
        check_namespace: called with each namespace that is not one of the format.
        check_own: called with the namespace and canonical name of each element that is one of the format.
        exact: names, as expat gives them, that are the only exact ones of these elements.
    """

    __slots__ = (
        *("_check_namespace", "_check_own", "_exact", "_prefixes", "_report_case", "_watched"),
        "has_inexact",
    )

    MAX_CACHED = 10_000

    def __init__(
        self,
        prefixes: Mapping[str, str],
        report_case: Callable[[str], None] | None = None,
        check_namespace: Callable[[str], None] | None = None,
        check_own: Callable[[str, str], None] | None = None,
        exact: Collection[str] = frozenset(),
    ) -> None:
        super().__init__()
        self._exact = exact
        self._watched = {each.rpartition("}")[2] for each in exact}
        self.has_inexact = False
        self._prefixes = dict(prefixes)
        self._report_case = report_case
        self._check_namespace = check_namespace
        self._check_own = check_own

    def adopt_namespace(self, namespace: str) -> None:
        """Count a namespace as one of the format from now on."""
        self._prefixes[namespace] = ""
        for raw in [each for each in self if each.rpartition("}")[0] == namespace]:
            del self[raw]

    def __missing__(self, raw: str) -> str:
        namespace, _, local = raw.rpartition("}")
        prefix = self._prefixes.get(namespace.strip())
        name = "" if prefix is None else prefix + local.lower()
        if self._report_case and name and local != local.lower() and f"{prefix}{local}" not in _UPPER:
            self._report_case(local)
        if self._check_namespace and prefix != "" and namespace:
            self._check_namespace(namespace.strip())
        if self._check_own and prefix == "":
            self._check_own(namespace.strip(), name)
        if name in self._watched and raw not in self._exact:
            name, self.has_inexact = InexactName(name, local), True
        if len(self) < self.MAX_CACHED:
            self[raw] = name
        return name


def get_base(attributes: Sequence[str]) -> str:
    """Return the value of ``xml:base``, or ""."""
    pairs = zip(attributes[::2], attributes[1::2], strict=False)
    return next((value.strip() for name, value in pairs if name == _BASE), "")
