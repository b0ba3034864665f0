"""Keeps the prefixes of names in order while broken XML is mended, so that each of them is declared.

See https://www.w3.org/TR/xml-names/
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sitemap_cli.parse.extension import extensions
from sitemap_cli.parse.xml.tags import START, Tag, is_simple, taken_apart
from sitemap_cli.parse.xml.text_repairs import Report, mended

_RESERVED = (b"http://www.w3.org/XML/1998/namespace", b"http://www.w3.org/2000/xmlns/")
_KEPT = (b"xml:base", b"xml:lang")
_FOREIGN = b"_"
_BLANKED = bytes(0x20 if each in b"\t\r\n" else each for each in range(256))


class Named(NamedTuple):
    """A start tag with its names in order.

    ``name`` and ``attributes`` are to be written; ``declared`` are the prefixes that the element declares,
    the empty one for its default namespace.
    """

    name: bytes
    attributes: bytes
    declared: Mapping[bytes, bytes]


class Prefixes:
    """The prefixes that are declared at a place in the document."""

    __slots__ = ("_report", "_root", "_scopes")

    def __init__(self, report: Report) -> None:
        self._scopes: dict[bytes, list[bytes]] = {b"xml": [_RESERVED[0]]}
        self._report = report
        self._root: bytes | None = None

    def raw(self, tag: Tag) -> str:
        """The name of a tag as the parser would tell it here."""
        name, local = _simple(tag.name)
        prefix = name[: -len(local) - 1]
        declared = dict(_declared(tag.attributes)) if tag.attributes else {}
        if prefix and not self._is_known(prefix, declared):
            if prefix == self._root:
                prefix = b""
            else:
                declared[prefix] = _meant(prefix)
        scope = self._scopes.get(prefix)
        namespace = declared.get(prefix, scope[-1] if scope else b"").decode("utf-8", "replace")
        return f"{namespace}}}{local.decode()}" if namespace else local.decode()

    def named(self, tag: Tag, *, root: bool) -> Named:
        """The tag with its names in order."""
        name, local = _simple(tag.name)
        if not tag.attributes and len(name) == len(local):
            return Named(name, b"", {})
        declared = dict(_declared(tag.attributes))
        plain = self._plain(tag, declared)
        prefix = name[: -len(local) - 1]
        if prefix and not self._is_known(prefix, declared):
            self._missing(prefix, tag.at)
            if root or prefix == self._root:
                self._root, name = prefix, local
            else:
                declared[prefix] = _meant(prefix)
        names = {prefix: b"xmlns:" + prefix if prefix else b"xmlns" for prefix in declared}
        written = [*plain, *(_attribute(names[each], declared[each]) for each in declared)]
        return Named(name, b"".join(written), declared)

    def open(self, declared: Mapping[bytes, bytes]) -> None:
        """An element with these declarations begins."""
        for prefix, namespace in declared.items():
            self._scopes.setdefault(prefix, []).append(namespace)

    def close(self, declared: Mapping[bytes, bytes]) -> None:
        """It ends."""
        for prefix in declared:
            self._scopes[prefix].pop()
            if not self._scopes[prefix]:
                del self._scopes[prefix]

    def _is_known(self, prefix: bytes, declared: Mapping[bytes, bytes]) -> bool:
        return prefix in declared or prefix in self._scopes

    def _plain(self, tag: Tag, declared: Mapping[bytes, bytes]) -> list[bytes]:
        """The attributes that say something to us; one with a prefix of others never does."""
        kept = []
        for name, value in tag.attributes.items():
            prefix, colon, _ = name.partition(b":")
            if colon and is_simple(name) and name not in _KEPT:
                if prefix != b"xmlns" and not self._is_known(prefix, declared):
                    self._missing(prefix, tag.at)
            elif is_simple(name) and name != b"xmlns":
                kept.append(_attribute(name, _value(value, tag.at, self._report)))
        return kept

    def _missing(self, prefix: bytes, at: int) -> None:
        shown = prefix.decode("utf-8", "replace")
        self._report("unbound-prefix", f"nothing says what the prefix {shown[:64]!a} means", at)


def customary(root: bytes) -> frozenset[str]:
    """The prefixes that the tag of a root element binds to the extensions they customarily mean.

    Only those that are bound to the right namespace: of others something is to be told.
    """
    start = START.match(root)
    if start is None:
        return frozenset()
    declared = dict(_declared(taken_apart(root, start, len(root), lambda *_: None).attributes))
    return frozenset(
        prefix
        for prefix, extension in extensions().items()
        if declared.get(prefix.encode()) == extension.namespace.encode()
    )


def _declared(attributes: Mapping[bytes, bytes]) -> Iterator[tuple[bytes, bytes]]:
    """The namespaces by prefix; the library joins names with a brace, so none may hold one."""
    for name, value in attributes.items():
        prefix = name.removeprefix(b"xmlns:") if name != b"xmlns" else b""
        namespace = _value(value.strip().replace(b"}", b"%7D"), 0, lambda *_: None)
        good = namespace not in _RESERVED and prefix not in (b"xml", b"xmlns")
        if good and (name == b"xmlns" or (namespace and name.startswith(b"xmlns:") and _is_local(prefix))):
            yield prefix, namespace


def _is_local(name: bytes) -> bool:
    return is_simple(name) and b":" not in name


def _attribute(name: bytes, value: bytes) -> bytes:
    return b' %b="%b"' % (name, value)


def _value(value: bytes, at: int, report: Report) -> bytes:
    """The value of an attribute; its repairs are told at the tag."""
    good = mended(value, lambda code, message, _: report(code, message, at))
    return good.translate(_BLANKED).replace(b'"', b"&quot;")


def _simple(name: bytes) -> tuple[bytes, bytes]:
    """A name to write, and its local part; a name that may not be one is that of a foreign element."""
    if not is_simple(name):
        name = name.strip(b":")
    if not is_simple(name) or name.startswith(b"xmlns:"):
        name = _FOREIGN
    return name, name.rpartition(b":")[2]


def _meant(prefix: bytes) -> bytes:
    """The namespace that a prefix customarily stands for."""
    known = extensions().get(prefix.decode("ascii"))
    return (known.namespace if known else f"urn:undeclared:{prefix.decode('ascii')}").encode()
