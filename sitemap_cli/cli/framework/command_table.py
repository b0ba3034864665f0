"""The commands of a group by name; each is built when it is looked up, because a run needs only one."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

OTHER = "Other commands"
CHAPTERS = ("Core commands", "History", "Management", "Single documents", OTHER)
"""The chapters of the help in their order. A module of commands names its own, also a new one, as CHAPTER."""


class Outline(NamedTuple):
    """A command or group before it is built: what the help of the group above it shows.

    ``text`` is its whole docstring.
    """

    name: str
    text: str
    chapter: str
    build: Callable[[], Any]

    @property
    def summary(self) -> str:
        """The first paragraph of its help."""
        return inspect.cleandoc(self.text).partition("\n\n")[0]


class CommandTable(Mapping[str, Any]):
    """The commands and groups that some modules declare.

    Args:
        modules: the names of the modules. A command or group has the name of its module, as a rule; so
            no other one is imported to find it.
        outline_module: imports a module and returns what it declares.
    """

    def __init__(self, modules: Sequence[str], outline_module: Callable[[str], Iterable[Outline]]) -> None:
        self._modules = modules
        self._outline_module = outline_module
        self._built = dict[str, Any]()

    def __getitem__(self, name: str) -> Any:
        if name not in self._built:
            self._built[name] = self._find_outline(name).build()
        return self._built[name]

    def __iter__(self) -> Iterator[str]:
        return (each.name for each in self.outlines)

    def __len__(self) -> int:
        return len(self.outlines)

    @cached_property
    def outlines(self) -> Sequence[Outline]:
        """What all modules declare, by chapters; chapters that are new come before the last."""
        found = [outline for each in self._modules for outline in self._outline_module(each)]
        order = {name: n for n, name in enumerate(CHAPTERS)}
        new = order[OTHER] - 0.5
        return sorted(found, key=lambda each: (order.get(each.chapter, new), each.chapter))

    def _find_outline(self, name: str) -> Outline:
        if name in self._modules:
            for each in self._outline_module(name):
                if each.name == name:
                    return each
        for each in self.outlines:
            if each.name == name:
                return each
        raise KeyError(name)
