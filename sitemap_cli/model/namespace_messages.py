"""How problems name the namespace of a document.

The database keeps the code, severity and message of a problem, and no field for the namespace. The parser
writes the message and a rule reads the namespace out of it, so both directions are defined here.
"""

_EXPECTED = "; it has to be "


def describe_namespace(found: str, expected: str) -> str:
    """Return the message of the problem ``namespace``; ``found`` is "is X" or "is missing"."""
    return f"the namespace {found}{_EXPECTED}{expected}"


def found_in_message(message: str) -> str:
    """Return the part of such a message that tells the namespace of the document."""
    return message.partition(_EXPECTED)[0]
