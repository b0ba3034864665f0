"""The private parts of Typer that the command line relies on have not changed."""

import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
import typer
from typer._coercion import RuntimeParam, build_runtime_param
from typer._param_types import coerce_cli_choice, coerce_cli_path
from typer.core import TyperArgument, TyperCommand, TyperOption

from sitemap_cli.cli.framework.plain_values import convert_plainly
from tests.signatures import parameters


def parse_shout(text: str) -> str:
    if text == "quiet":
        raise ValueError("too quiet")
    return text.upper()


def greet(
    names: list[str],
    count: Annotated[int, typer.Option("--count", "-c", count=True)] = 0,
    format_: Annotated[Literal["text", "json"], typer.Option("--format")] = "text",
    file: Annotated[Path | None, typer.Option()] = None,
    shout: Annotated[str | None, typer.Option(parser=parse_shout)] = None,
    tags: Annotated[list[str] | None, typer.Option("--tag")] = None,
    is_open: Annotated[bool, typer.Option("--open", envvar="GREET_OPEN")] = False,
    limit: Annotated[int | None, typer.Option()] = None,
) -> None:
    """Say hello."""


def build(*, plain: bool) -> Any:
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command(cls=TyperCommand)(greet)
    command = typer.main.get_command(app)
    if plain:
        convert_plainly(command.params)
    return command


def read(words: list[str], *, plain: bool) -> object:
    try:
        return build(plain=plain).make_context("greet", [*words]).params
    except typer.BadParameter as error:
        return error.message.removeprefix("Value error, "), error.param and error.param.name


def test_the_parts_that_are_used_have_the_signatures_that_are_relied_on() -> None:
    assert parameters(RuntimeParam.__init__) == "(self, parameter_info, annotation)"
    assert parameters(RuntimeParam._coerce_value) == "(self, value, param, ctx)"
    assert parameters(build_runtime_param) == "(descriptor)"
    assert parameters(coerce_cli_choice) == "(value, *, choices, case_sensitive, ctx=)"
    assert parameters(coerce_cli_path) == "(value, parameter_info, *, path_type, param=, ctx=)"
    for each in build(plain=False).params:
        assert isinstance(each, TyperArgument | TyperOption)
        assert each._runtime_param is None


@pytest.mark.parametrize(
    "words",
    [
        ["a"],
        ["a", "b", "-cc", "--format", "json", "--file", "x/y", "--shout", "loud", "--tag", "t", "--tag", "u"],
        ["a", "--open"],
        ["a", "--format", "yaml"],
        ["a", "--shout", "quiet"],
        ["a", "--limit", "3"],
        ["a", "--limit", "three"],
        [],
    ],
)
def test_values_are_those_of_typer(words: list[str]) -> None:
    assert read(words, plain=True) == read(words, plain=False)


@pytest.mark.parametrize("value", ["1", "true", " FALSE ", "0", "", "on", "maybe"])
def test_the_variable_of_a_flag_means_what_it_does_to_typer(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GREET_OPEN", value)
    assert read(["a"], plain=True) == read(["a"], plain=False)


def test_plain_values_import_no_pydantic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydantic", None)
    monkeypatch.delitem(sys.modules, "typer._adapters", raising=False)
    words = ["a", "-c", "--format", "json", "--file", "x", "--shout", "loud", "--tag", "t", "--open"]
    assert read(words, plain=True) == {
        "names": ["a"],
        "count": 1,
        "format_": "json",
        "file": Path("x"),
        "shout": "LOUD",
        "tags": ["t"],
        "is_open": True,
        "limit": None,
    }
