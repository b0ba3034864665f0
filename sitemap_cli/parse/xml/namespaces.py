"""Keeps the prefixes of names in order while broken XML is rebuilt, so that each of them is declared.

See https://www.w3.org/TR/xml-names/
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sitemap_cli.parse.extension import get_extensions
from sitemap_cli.parse.protocol import FEED_NAMESPACES, UNDECLARED
from sitemap_cli.parse.xml.tags import START, Tag, is_simple, parse_tag
from sitemap_cli.parse.xml.text_repairs import ReportRepair, repair_text

_RESERVED = (b"http://www.w3.org/XML/1998/namespace", b"http://www.w3.org/2000/xmlns/")
_KEPT = (b"xml:base", b"xml:lang")
_FOREIGN = b"_"
_LINE_ENDS_TO_BLANKS = bytes(0x20 if each in b"\t\r\n" else each for each in range(256))


class RewrittenTag(NamedTuple):
    """A start tag in which every prefix is declared.

    ``name`` and ``attributes`` are to be written. ``declared`` are the namespaces that the element declares,
    by prefix; the empty prefix is for the default namespace.
    """

    name: bytes
    attributes: bytes
    declared: Mapping[bytes, bytes]


class NamespaceScopes:
    """The prefixes that are declared at a position in the document."""

    __slots__ = ("_report", "_root_prefix", "_scopes")

    def __init__(self, report: ReportRepair) -> None:
        self._report = report
        self._root_prefix: bytes | None = None
        self._scopes: dict[bytes, list[bytes]] = {b"xml": [_RESERVED[0]]}

    def expand_name(self, tag: Tag) -> str:
        """Return the name of a tag as expat would give it here (``uri}local``)."""
        name, local = _simplify_name(tag.name)
        prefix = name[: -len(local) - 1]
        declared = dict(_iterate_declarations(tag.attributes)) if tag.attributes else {}
        if prefix and not self._is_declared(prefix, declared):
            if prefix == self._root_prefix:
                prefix = b""
            else:
                declared[prefix] = _guess_namespace(prefix)
        scope = self._scopes.get(prefix)
        namespace = declared.get(prefix, scope[-1] if scope else b"").decode("utf-8", "replace")
        return f"{namespace}}}{local.decode()}" if namespace else local.decode()

    def rewrite_tag(self, tag: Tag, *, is_root: bool) -> RewrittenTag:
        """Return the tag with only those attributes that have a meaning, and with every prefix declared."""
        name, local = _simplify_name(tag.name)
        if not tag.attributes and len(name) == len(local):
            return RewrittenTag(name, b"", {})
        declared = dict(_iterate_declarations(tag.attributes))
        attributes = self._rewrite_attributes(tag, declared)
        prefix = name[: -len(local) - 1]
        if prefix and not self._is_declared(prefix, declared):
            self._report_unbound(prefix, tag.at)
            if is_root or prefix == self._root_prefix:
                self._root_prefix, name = prefix, local
            else:
                declared[prefix] = _guess_namespace(prefix)
        names = {prefix: b"xmlns:" + prefix if prefix else b"xmlns" for prefix in declared}
        declarations = (_format_attribute(names[each], declared[each]) for each in declared)
        return RewrittenTag(name, b"".join([*attributes, *declarations]), declared)

    def open_scope(self, declared: Mapping[bytes, bytes]) -> None:
        """Add the declarations of an element that begins."""
        for prefix, namespace in declared.items():
            self._scopes.setdefault(prefix, []).append(namespace)

    def close_scope(self, declared: Mapping[bytes, bytes]) -> None:
        """Remove the declarations of an element that ends."""
        for prefix in declared:
            self._scopes[prefix].pop()
            if not self._scopes[prefix]:
                del self._scopes[prefix]

    def _is_declared(self, prefix: bytes, declared: Mapping[bytes, bytes]) -> bool:
        return prefix in declared or prefix in self._scopes

    def _rewrite_attributes(self, tag: Tag, declared: Mapping[bytes, bytes]) -> list[bytes]:
        """Return the attributes that formats read; one with a foreign prefix is never among them."""
        kept = []
        for name, value in tag.attributes.items():
            prefix, colon, _ = name.partition(b":")
            if colon and is_simple(name) and name not in _KEPT:
                if prefix != b"xmlns" and not self._is_declared(prefix, declared):
                    self._report_unbound(prefix, tag.at)
            elif is_simple(name) and name != b"xmlns":
                kept.append(_format_attribute(name, _repair_value(value, tag.at, self._report)))
        return kept

    def _report_unbound(self, prefix: bytes, at: int) -> None:
        shown = prefix.decode("utf-8", "replace")
        self._report("unbound-prefix", f"the prefix {shown[:64]!a} is not declared", at)


def read_bound_prefixes(root: bytes) -> frozenset[str]:
    """Return the prefixes that the tag of a root element binds to the extensions they usually mean.

    Only those bound to the right namespace: of the others, the parser reports a problem.
    """
    start = START.match(root)
    if start is None:
        return frozenset()
    tag = parse_tag(root, start, len(root), lambda *_: None)
    declared = dict(_iterate_declarations(tag.attributes))
    return frozenset(
        prefix
        for prefix, extension in get_extensions().items()
        if declared.get(prefix.encode()) == extension.namespace.encode()
    )


def read_prefixes(root: bytes) -> frozenset[str]:
    """Return all simple prefixes that the tag of a root element declares."""
    start = START.match(root)
    if start is None:
        return frozenset()
    tag = parse_tag(root, start, len(root), lambda *_: None)
    declared = (prefix.decode("latin-1") for prefix, _ in _iterate_declarations(tag.attributes))
    return frozenset(each for each in declared if each.isascii() and each.isalnum())


def _iterate_declarations(attributes: Mapping[bytes, bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Yield prefixes and their namespaces; expat's names are joined with a brace, so none may contain one."""
    for name, value in attributes.items():
        prefix = name.removeprefix(b"xmlns:") if name != b"xmlns" else b""
        namespace = _repair_value(value.strip().replace(b"}", b"%7D"), 0, lambda *_: None)
        is_allowed = namespace not in _RESERVED and prefix not in (b"xml", b"xmlns")
        is_prefix = namespace and name.startswith(b"xmlns:") and _is_local(prefix)
        if is_allowed and (name == b"xmlns" or is_prefix):
            yield prefix, namespace


def _is_local(name: bytes) -> bool:
    return is_simple(name) and b":" not in name


def _format_attribute(name: bytes, value: bytes) -> bytes:
    return b' %b="%b"' % (name, value)


def _repair_value(value: bytes, at: int, report: ReportRepair) -> bytes:
    """Return the value of an attribute, repaired; its repairs are reported at the tag."""
    repaired = repair_text(value, lambda code, message, _: report(code, message, at))
    return repaired.translate(_LINE_ENDS_TO_BLANKS).replace(b'"', b"&quot;")


def _simplify_name(name: bytes) -> tuple[bytes, bytes]:
    """Return a name that may be written, and its local part; one that is not allowed counts as foreign."""
    if not is_simple(name):
        name = name.strip(b":")
    if not is_simple(name) or name.startswith(b"xmlns:"):
        name = _FOREIGN
    return name, name.rpartition(b":")[2]


def _guess_namespace(prefix: bytes) -> bytes:
    """Return the namespace that a prefix usually means."""
    name = prefix.decode("ascii")
    extension = get_extensions().get(name)
    known = extension.namespace if extension else FEED_NAMESPACES.get(name)
    return (known or f"{UNDECLARED}{name}").encode()
