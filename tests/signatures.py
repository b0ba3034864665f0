"""Signatures of private functions of libraries, in a form that is easy to compare."""

import inspect
from collections.abc import Callable
from typing import Any


def parameters(function: Callable[..., Any]) -> str:
    """Return the parameters of a function without annotations; ``=`` marks those with a default."""
    signature = inspect.signature(function)
    plain = [
        each.replace(
            annotation=inspect.Parameter.empty,
            default=each.default if each.default is each.empty else _DEFAULT,
        )
        for each in signature.parameters.values()
    ]
    return str(inspect.Signature(plain)).replace("=?", "=")


class _Default:
    def __repr__(self) -> str:
        return "?"


_DEFAULT = _Default()
