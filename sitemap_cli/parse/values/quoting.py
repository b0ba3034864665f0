"""Quotes text of a document in messages."""

_MAX_LENGTH = 200


def quote_text(text: str) -> str:
    """Return the text as it may be part of a message: quoted, escaped, shortened."""
    return ascii(text if len(text) <= _MAX_LENGTH else f"{text[:_MAX_LENGTH]}...")
