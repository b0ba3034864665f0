"""Finds the modules of a package, so that adding a file adds a command, format, rule or output."""

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType


def load_modules(package: str) -> Iterator[ModuleType]:
    """Import and yield every public module in ``package`` and in the packages below it, sorted by name."""
    parent = importlib.import_module(package)
    for found in sorted(pkgutil.iter_modules(parent.__path__), key=lambda module: module.name):
        name = f"{package}.{found.name}"
        if found.name.startswith("_"):
            continue
        if found.ispkg:
            yield from load_modules(name)
        else:
            yield importlib.import_module(name)
