"""Environment variables that look like options of this program, but are not."""

import difflib
import os
from collections.abc import Callable, Collection

PREFIX = "SITEMAP_"
# Kubernetes sets these for a service that is called "sitemap":
# https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
# The tests of this program have others, which its processes inherit from them.
FOREIGN = ("SITEMAP_SERVICE_", "SITEMAP_PORT", "SITEMAP_TEST_")


def find_unknown_variables(settings: Collection[str], list_known: Callable[[], Collection[str]]) -> list[str]:
    """Return a sentence about each variable that no option has.

    Args:
        settings: the variables of the settings.
        list_known: returns those of all options; it is called only if the environment has any other.
    """
    names = sorted(name for name in os.environ if name.startswith(PREFIX) and not name.startswith(FOREIGN))
    if not (others := [name for name in names if name not in settings]):
        return []
    known = list_known()
    return [_describe(name, known) for name in others if name not in known]


def _describe(name: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(name, sorted(known), 1, 0.85)
    hint = f"; did you mean {close[0]}?" if close else ""
    return f"unknown variable, ignored ({name}){hint}"
