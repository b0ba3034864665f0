"""Parts of regular expressions that mean the same in every supported version of Python."""

import re

# The matcher keeps about 250 bytes for each repetition until the innermost atomic group has matched.
_AT_ONCE = 1_000


def repeat_possessively(body: str, least: int = 0) -> str:
    """Return a possessive repetition: as many repetitions as possible, without backtracking.

    Before 3.11.5, Python matches ``(?:...)*+`` wrongly after a repetition that matches only in part, see
    https://github.com/python/cpython/issues/106052. Repeated characters, such as ``[a-z]*+``, are safe.

    Args:
        body: what is repeated; it must not match the empty string.
        least: the least number of repetitions, 0 or 1.
    """
    return f"(?>(?:(?>(?:{body}){{1,{_AT_ONCE}}})){'+' if least else '*'})"


def translate_stars(text: str, character: str) -> str:
    """Return a pattern for a text in which ``*`` stands for any number of characters.

    What is between two stars is taken where it comes first, so that a search takes linear time.

    Args:
        text: the text with stars.
        character: the pattern of a character that a star stands for.
    """
    first, *rest = map(re.escape, text.split("*"))
    if not rest:
        return first
    *inner, last = rest
    return f"{first}{''.join(f'(?>{character}*?{each})' for each in inner if each)}{character}*{last}"
