"""Parts of regular expressions that mean the same in every supported version of Python."""

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
