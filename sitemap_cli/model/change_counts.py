"""What is recorded of the changes of a job, in numbers."""

from msgspec import Struct


class ChangeCounts(Struct, frozen=True):
    """How the URLs of a complete job differ from those of the ``previous`` complete one.

    ``changed`` URLs are listed by both, with another entry: ``lastmod`` of them have another lastmod,
    ``entry`` of them differ in something else, ``both`` in both. ``same_lastmod`` is how many of them have
    the new lastmod that is the most frequent one.
    """

    previous: str
    added: int
    removed: int
    changed: int
    lastmod: int
    entry: int
    both: int
    same_lastmod: int
