"""Ids that a terminal shows in part, as ``01a228f7..af64``."""

BETWEEN = ".."


def split_short_id(text: str) -> tuple[str, str]:
    """Return how an id begins and how it ends; ends are empty where only the beginning is given."""
    start, _, end = text.strip().lower().replace("…", BETWEEN).partition(BETWEEN)
    return start, end
