"""Values of arguments and options, converted without Pydantic.

Typer builds an adapter of Pydantic for each parameter, even if it is not given, which takes longer than the
rest of starting a command. Here, all values are texts, paths, choices, and what our own parsers return.
``tests/unit/cli/test_typer_internals.py`` asserts the private parts of Typer that this relies on.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_origin

import typer
from typer._coercion import RuntimeParam, build_runtime_param
from typer._param_types import coerce_cli_choice, coerce_cli_path
from typer._typing import is_literal_type, literal_values
from typer.core import TyperArgument, TyperOption

SWITCHES = {"1": True, "true": True, "0": False, "false": False}
"""The usual values of a variable that stands for a flag; Typer knows more."""


def convert_plainly(parameters: Iterable[Any]) -> None:
    """Let the values of these parameters of a Typer command be converted here."""
    for each in parameters:
        if isinstance(each, TyperArgument | TyperOption):
            described = each.type_descriptor
            each._runtime_param = _PlainParam(described.parameter_info, described.annotation)  # noqa: SLF001


class _NotPlainError(Exception):
    """A value that only Typer can convert, or report as wrong."""


@dataclass(frozen=True)
class _PlainParam(RuntimeParam):
    """Converts the values of one parameter."""

    def _coerce_value(self, value: Any, param: Any, ctx: Any) -> Any:
        try:
            return self._convert(self.annotation, value, param, ctx)
        except _NotPlainError:
            return build_runtime_param(param.type_descriptor).coerce(value, param, ctx)
        except ValueError as error:
            raise typer.BadParameter(str(error), ctx=ctx, param=param) from error

    def _convert(self, kind: Any, value: Any, param: Any, ctx: Any) -> Any:
        if get_origin(kind) is list:
            values = value if isinstance(value, list | tuple) else [value]
            return [self._convert(get_args(kind)[0], each, param, ctx) for each in values]
        if self.parameter_info.parser is not None:
            return self.parameter_info.parser(value)
        if is_literal_type(kind):
            sensitive = self.parameter_info.case_sensitive
            return coerce_cli_choice(value, choices=literal_values(kind), case_sensitive=sensitive, ctx=ctx)
        if kind is int and type(value) is int:
            return value
        if kind is bool and isinstance(value, str) and value.strip().lower() in SWITCHES:
            return SWITCHES[value.strip().lower()]
        if kind is str and isinstance(value, str):
            return value
        if kind is Path and isinstance(value, str | Path):
            return coerce_cli_path(Path(value), self.parameter_info, path_type=Path, param=param, ctx=ctx)
        raise _NotPlainError
