"""Finds the modules of a package, so that adding a file adds a command, format, rule or output."""

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType


def load_modules(package: str) -> Iterator[ModuleType]:
    """Import and yield every public module in a package and in the packages below it, sorted by name."""
    for found in _list_modules(package):
        name = f"{package}.{found.name}"
        if found.ispkg:
            yield from load_modules(name)
        else:
            yield importlib.import_module(name)


def list_names(package: str) -> tuple[str, ...]:
    """Return the names of the public modules directly in a package, without importing them."""
    return tuple(found.name for found in _list_modules(package) if not found.ispkg)


def load_module(package: str, name: str) -> ModuleType:
    """Import one module of a package."""
    return importlib.import_module(f"{package}.{name}")


def _list_modules(package: str) -> list[pkgutil.ModuleInfo]:
    parent = importlib.import_module(package)
    found = (each for each in pkgutil.iter_modules(parent.__path__) if not each.name.startswith("_"))
    return sorted(found, key=lambda each: each.name)
