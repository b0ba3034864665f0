"""What the fields of extensions hold: a text, an object of attributes with its text, or a list of those."""

from typing import Any


def read_text(value: Any) -> str:
    """The text of a field, without its attributes; empty if it has none."""
    if isinstance(value, list):
        return read_text(value[0]) if value else ""
    if isinstance(value, dict):
        return read_text(value.get("text", ""))
    return str(value).strip()


def read_field(holder: Any, name: str) -> str:
    """The text of a field of an object; empty if it is not there, or the object is none."""
    return read_text(holder.get(name, "")) if isinstance(holder, dict) else ""


def read_attribute(value: Any, name: str) -> str | None:
    """An attribute of a field; None if it has none of this name."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else None


def is_absolute_url(value: str) -> bool:
    """Whether a text is an absolute http or https address, as far as can be told at a glance."""
    begins = value[:8].lower().startswith(("http://", "https://"))
    return begins and len(value) > 8 and not any(each.isspace() for each in value)
