"""The extensions of entries as XML, from the JSON in which they are recorded.

The elements have the names and the order of the schemas of Google; fields that those do not know come last.
Reading what is written here gives the same JSON.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from sitemap_cli.model.text_columns import MISSING, SEPARATOR, TextColumn
from sitemap_cli.output.escaping import HARMFUL
from sitemap_cli.output.sitemap_notes import MOST_IMAGES, SitemapNotes

GOOGLE = "http://www.google.com/schemas"
NAMESPACES = {
    "image": f"{GOOGLE}/sitemap-image/1.1",
    "video": f"{GOOGLE}/sitemap-video/1.1",
    "news": f"{GOOGLE}/sitemap-news/0.9",
    "xhtml": "http://www.w3.org/1999/xhtml",
    "mobile": f"{GOOGLE}/sitemap-mobile/1.0",
}
"""Namespaces by the prefixes that sitemaps declare for them."""
PAGEMAP = f"{GOOGLE}/sitemap-pagemap/1.0"
BAIDU = "http://www.baidu.com/schemas/sitemap-mobile/1/"
NEWS_BEGIN = "<news:news>"

_ORDER = {
    "image": "loc caption geo_location title license",
    "video": "thumbnail_loc title description content_loc player_loc duration expiration_date rating "
    "content_segment_loc view_count publication_date tag category family_friendly restriction gallery_loc "
    "price requires_subscription uploader tvshow platform live id",
    "news": "publication access genres publication_date title keywords stock_tickers",
}
_ORDERS = {prefix: {name: at for at, name in enumerate(text.split())} for prefix, text in _ORDER.items()}
_PARENTS = frozenset({"publication", "tvshow"})
"""Elements whose values are elements; those of others are attributes."""
# The letters are in names by every edition of XML: https://www.w3.org/TR/2006/REC-xml-20060816/#CharClasses
_LETTER = "A-Za-z_\xc0-\xd6\xd8-\xf6\xf8-\xff\u0410-\u044f\u4e00-\u9fa5"
_NAME = re.compile(rf"(?!xmlns\Z)[{_LETTER}][{_LETTER}0-9.-]*")
_SPECIAL = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("'", "&apos;"))
# A backslash comes first: what follows it is no escape then. A line break would be a space in an attribute.
_JSON_ESCAPES = (
    (r"\\", "&#92;"),
    (r"\"", "&quot;"),
    (r"\n", "&#10;"),
    (r"\r", "&#13;"),
    (r"\t", "&#9;"),
    (r"\/", "/"),
)
_BLANK = r"(?:\s|&#(?:9|10|13|133|8232|8233);)"
_UNTRIMMED = re.compile(rf"\A{_BLANK}|{_BLANK}\Z")
_UNICODE_ESCAPE = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|[bf])")
_NOT_IN_XML = re.compile("[\ufffe\uffff\ud800-\udfff]")
_MAX_SHAPES = 10_000

Extensions = dict[str, Any] | None
_decode = msgspec.json.Decoder(list[Extensions]).decode


class ExtensionWriter:
    """Writes the extensions of entries, and counts what XML cannot contain.

    ``writers`` are functions by the keys under which extensions are recorded, in the order in which they are
    written. A shape is the names of the fields of an element; most elements of a site have one of a few.
    """

    __slots__ = ("_notes", "_shapes", "writers")

    def __init__(self, notes: SitemapNotes) -> None:
        self._notes = notes
        self._shapes = dict[tuple[str, ...], str]()
        self.writers: Mapping[str, Callable[[Any], str]] = {
            "images": self._write_images,
            "videos": lambda value: self._write_elements("video", value),
            "news": lambda value: self._write_elements("news", value),
            "alternates": self._write_alternates,
            "mobile": self._write_mobile,
            "pagemap": self._write_pagemap,
        }

    def list_elements(self, column: TextColumn) -> list[str]:
        """Return the elements of each entry of a column; they are on one line."""
        return [self._write_extensions(each) if each else "" for each in self._read_column(column.text)]

    def _read_column(self, text: str) -> list[Extensions]:
        """Return extensions in which all texts are escaped already: no syntax of JSON is special in XML."""
        escaped = self._escape(text)
        if "\\" in escaped:
            # Other escapes of JSON, which this program does not write, and control characters.
            normal = [None if each == MISSING else _normalize(each) for each in text.split(SEPARATOR)]
            joined = SEPARATOR.join([MISSING if each is None else each for each in normal])
            escaped, removed = _UNICODE_ESCAPE.subn("", self._escape(joined))
            self._notes.left_out["character"] += removed
        return _decode(f"[{escaped.replace(MISSING, 'null').replace(SEPARATOR, ',')}]")

    def _escape(self, text: str) -> str:
        for special, reference in _SPECIAL:
            text = text.replace(special, reference)
        if "\\" in text:
            for escape, reference in _JSON_ESCAPES:
                text = text.replace(escape, reference)
        if text.isascii() and "\x7f" not in text:
            return text
        kept, removed = _NOT_IN_XML.subn("", text)
        self._notes.left_out["character"] += removed
        return HARMFUL.sub(lambda found: f"&#{ord(found[0])};", kept)

    def _leave_out(self, fields: int) -> None:
        self._notes.left_out["extension"] += fields

    def _write_extensions(self, extensions: dict[str, Any]) -> str:
        known = [write(extensions[key]) for key, write in self.writers.items() if key in extensions]
        self._leave_out(len(extensions) - len(known))
        return "".join(known)

    def _write_images(self, images: Any) -> str:
        if isinstance(images, list) and len(images) > MOST_IMAGES:
            self._notes.many_images += 1
        return self._write_elements("image", images)

    def _write_elements(self, prefix: str, values: Any) -> str:
        each = values if isinstance(values, list) else [values]
        return "".join([self._write_element(prefix, value) for value in each])

    def _write_element(self, prefix: str, value: Any) -> str:
        """Return the element of an extension, such as ``image:image``, with its fields."""
        if not isinstance(value, dict):
            self._leave_out(1)
            return ""
        for text in value.values():
            if type(text) is not str:
                break
        else:
            shape = self._shapes.get((prefix, *value))
            if shape is None:
                shape = self._make_shape(prefix, value)
            return shape % value
        names = self._list_names(prefix, value)
        fields = "".join([self._write_field(prefix, name, value[name]) for name in names])
        return f"<{prefix}:{prefix}>{fields}</{prefix}:{prefix}>"

    def _make_shape(self, prefix: str, value: Mapping[str, Any]) -> str:
        """Return an element with a place for each field that is a text."""
        names = self._list_names(prefix, value)
        fields = "".join([f"<{prefix}:{name}>%({name})s</{prefix}:{name}>" for name in names])
        shape = f"<{prefix}:{prefix}>{fields}</{prefix}:{prefix}>"
        if len(names) == len(value) and len(self._shapes) < _MAX_SHAPES:
            self._shapes[(prefix, *value)] = shape
        return shape

    def _list_names(self, prefix: str, value: Mapping[str, Any]) -> list[str]:
        """Return the fields of an element in their order; one of its own name may not be in it."""
        order = _ORDERS[prefix]
        names = [name for name in value if name != prefix and _NAME.fullmatch(name)]
        self._leave_out(len(value) - len(names))
        return sorted(names, key=lambda name: order.get(name, len(order)))

    def _write_field(self, prefix: str, name: str, value: Any) -> str:
        """Return a field: one element per value of a list, with attributes and children of an object."""
        if isinstance(value, list):
            return "".join([self._write_field(prefix, name, each) for each in value])
        if not _NAME.fullmatch(name) or not isinstance(value, str | dict):
            self._leave_out(1)
            return ""
        tag = f"{prefix}:{name}"
        if isinstance(value, str):
            return f"<{tag}>{value}</{tag}>"
        attributes, children, text = "", "", ""
        for key, each in value.items():
            if key == "text" and isinstance(each, str) and len(value) > 1 and each and _is_trimmed(each):
                text = each
            elif isinstance(each, str) and _is_attribute(name, key, each, alone=len(value) == 1):
                attributes += self._write_attribute(key, each)
            else:
                children += self._write_field(prefix, key, each)
        return f"<{tag}{attributes}>{text}{children}</{tag}>"

    def _write_attribute(self, name: str, value: str) -> str:
        if _NAME.fullmatch(name):
            return f' {name}="{value}"'
        self._leave_out(1)
        return ""

    def _write_alternates(self, alternates: Any) -> str:
        if not isinstance(alternates, list):
            self._leave_out(1)
            return ""
        return "".join([self._write_alternate(each) for each in alternates])

    def _write_alternate(self, alternate: Mapping[str, str]) -> str:
        shape = self._shapes.get(("xhtml", *alternate))
        if shape is None:
            places = "".join(f' {name}="%({name})s"' for name in alternate if _NAME.fullmatch(name))
            shape = f'<xhtml:link rel="alternate"{places}/>'
            if len(self._shapes) < _MAX_SHAPES:
                self._shapes[("xhtml", *alternate)] = shape
        return shape % alternate

    def _write_mobile(self, value: Any) -> str:
        """Return the flag of a page for phones; its attributes belong to the namespace of Baidu."""
        if value is True:
            return "<mobile:mobile/>"
        if isinstance(value, str):
            return f"<mobile:mobile>{value}</mobile:mobile>"
        element = self._write_field("mobile", "mobile", value)
        return element.replace("<mobile:mobile", f'<mobile:mobile xmlns:mobile="{BAIDU}"', 1)

    def _write_pagemap(self, objects: Any) -> str:
        if not isinstance(objects, list):
            self._leave_out(1)
            return ""
        return f'<PageMap xmlns="{PAGEMAP}">{"".join(map(self._write_data_object, objects))}</PageMap>'

    def _write_data_object(self, value: Mapping[str, Any]) -> str:
        names = "".join(self._write_attribute(key, value[key]) for key in ("type", "id") if key in value)
        attributes = "".join(map(_write_data_attribute, value.get("attributes", ())))
        return f"<DataObject{names}>{attributes}</DataObject>"


def _write_data_attribute(attribute: Mapping[str, str]) -> str:
    name = f' name="{attribute["name"]}"' if "name" in attribute else ""
    return f"<Attribute{name}>{attribute.get('value', '')}</Attribute>"


def _is_attribute(parent: str, name: str, value: str, *, alone: bool) -> bool:
    """Return whether a text in an object was an attribute: names of elements are read in lower case."""
    if name == "text" and alone:
        return False
    return parent not in _PARENTS or name != name.lower() or not _is_trimmed(value)


def _is_trimmed(escaped: str) -> bool:
    return not _UNTRIMMED.search(escaped)


def _normalize(text: str) -> str:
    """Return JSON in the spelling of this program."""
    return msgspec.json.encode(msgspec.json.decode(text)).decode()
