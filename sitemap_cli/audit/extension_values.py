"""Reads the values of extensions: texts, objects of attributes with a text, and lists of both."""

from typing import Any


def read_text(value: Any) -> str:
    """Return the text of a value without its attributes; of a list, that of the first value."""
    if isinstance(value, list):
        return read_text(value[0]) if value else ""
    if isinstance(value, dict):
        return read_text(value.get("text", ""))
    return str(value).strip()


def read_field(holder: Any, name: str) -> str:
    """Return the text of a field of an object; empty without the field, or if ``holder`` is no object."""
    return read_text(holder.get(name, "")) if isinstance(holder, dict) else ""


def read_attribute(value: Any, name: str) -> str | None:
    """Return an attribute of a value, None if it has no attribute of this name."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else None


def is_absolute_url(value: str) -> bool:
    """Return whether a text looks like an absolute http or https URL; the host is not checked."""
    begins = value[:8].lower().startswith(("http://", "https://"))
    return begins and len(value) > 8 and not any(each.isspace() for each in value)
