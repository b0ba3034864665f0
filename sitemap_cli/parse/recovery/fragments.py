"""Follows what is outside of every document: the remains of a lost beginning, and junk after an end."""

from sitemap_cli.parse import detection
from sitemap_cli.parse.recovery.element_stack import VOID
from sitemap_cli.parse.xml.handlers import MAX_DEPTH
from sitemap_cli.parse.xml.tags import Tag


class Fragments:
    """The elements that are open outside of a document, and whether its beginning is missing."""

    __slots__ = ("_open", "head_missing")

    def __init__(self) -> None:
        self._open: list[str] = []
        self.head_missing = False

    @property
    def is_open(self) -> bool:
        """Whether an element is open."""
        return bool(self._open)

    @property
    def in_script(self) -> bool:
        """Whether an element is open whose content is no markup."""
        return "script" in self._open or "style" in self._open

    def take_text(self, content: bytes) -> None:
        """Take a text before the first document; it may be the rest of a start tag."""
        self.head_missing = self.head_missing or content.rstrip().endswith(b">")

    def take_start_tag(self, tag: Tag, local: str) -> bool:
        """Take a start tag before the first document; return False if a document begins with it.

        A field of an entry proves that the beginning is missing. What only an item of a feed may have
        proves nothing before the end tag of the item.
        """
        name = tag.name.decode("utf-8", "replace")
        if detection.is_in_entry(name):
            self.head_missing = True
            return True
        is_declared = any(each.startswith(b"xmlns") for each in tag.attributes)
        is_possible = self.is_open or (detection.is_in_item(name) and not is_declared)
        is_record = detection.get_missing_root(local, head_missing=self.head_missing)
        if not is_possible or is_record or detection.is_root(local):
            return False
        self.open_element(tag, local)
        return True

    def open_element(self, tag: Tag, local: str) -> None:
        """Open an element that is in no document."""
        if not tag.empty and local.lower() not in VOID and len(self._open) < MAX_DEPTH:
            self._open.append(local.lower())

    def close_element(self, name: bytes) -> None:
        """Close an element; one that is not open began in what is missing."""
        local = name.rpartition(b":")[2].decode("utf-8", "replace").lower()
        if local in self._open:
            del self._open[self._open.index(local) :]
        else:
            self.head_missing = True
