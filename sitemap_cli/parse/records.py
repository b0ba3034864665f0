"""Values that the XML layer hands to a format: elements as plain trees, names made canonical."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

_UPPER = frozenset({"pagemap:PageMap", "pagemap:DataObject", "pagemap:Attribute"})
"""Names of extensions that have capital letters by right."""


class Node(msgspec.Struct, frozen=True, gc=False):
    """One element inside a record.

    ``name`` is canonical (see :class:`Names`). ``text`` is as it stood before the first child, and
    None when it was longer than a field may be. ``attributes`` alternates names and values.
    """

    name: str
    text: str | None
    attributes: Sequence[str] = ()
    children: Sequence["Node"] = ()

    def attribute(self, name: str) -> str | None:
        """The value of an attribute, if it is there."""
        pairs = self.attributes
        return next((pairs[at + 1] for at in range(0, len(pairs), 2) if pairs[at] == name), None)


class Record(msgspec.Struct, frozen=True, gc=False):
    """One element that a format asked for, complete: a page, a child sitemap, a feed item.

    ``dropped`` says how many more elements of a name there were than are kept, ``nested`` whether
    any child has elements in it. ``text`` is there only when there are no children.
    """

    name: str
    line: int
    attributes: Sequence[str]
    children: Sequence[Node]
    dropped: Mapping[str, int]
    nested: bool
    text: str | None = None


class Names(dict[str, str]):
    """Canonical names by the names expat gives (``uri}local``), found out at the first meeting.

    The canonical name is the lower-case local name with the prefix that belongs to the namespace,
    ``loc`` or ``image:loc``; it is empty for an element of a namespace nobody here knows.
    """

    __slots__ = ("_namespaces", "_odd", "_strange")

    MOST = 10_000

    def __init__(
        self,
        namespaces: Mapping[str, str],
        odd: Callable[[str], None] | None = None,
        strange: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__()
        self._namespaces = namespaces
        self._odd = odd
        self._strange = strange

    def __missing__(self, raw: str) -> str:
        namespace, _, local = raw.rpartition("}")
        prefix = self._namespaces.get(namespace.strip())
        name = "" if prefix is None else prefix + local.lower()
        if self._odd and name and local != local.lower() and f"{prefix}{local}" not in _UPPER:
            self._odd(local)
        if self._strange and prefix != "" and namespace:
            self._strange(namespace.strip())
        if len(self) < self.MOST:
            self[raw] = name
        return name
