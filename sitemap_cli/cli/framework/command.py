"""Build Typer commands from async functions: their own parameters, plus the settings they declare."""

import functools
import inspect
import re
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import Field, dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args, get_type_hints

import typer
from typer.models import OptionInfo

from sitemap_cli import configuration, plugins, settings
from sitemap_cli.cli.command_hints import format_repeated_options
from sitemap_cli.cli.framework import config_defaults, runtime
from sitemap_cli.cli.framework.invocation import Invocation
from sitemap_cli.cli.framework.option_types import DURATION, SIZE, format_seconds, make_parser
from sitemap_cli.cli.framework.unknown_variables import find_unknown_variables
from sitemap_cli.cli.framework.value_origins import find_source, relocate_error
from sitemap_cli.errors import UsageError
from sitemap_cli.quantities import format_size

CommandFunction = Callable[..., Awaitable[int | None]]
Values = dict[str, Any]

# Parameters that may name a file, and the halves of a surrogate pair.
FILE_NAMES = {
    "cacert",
    "cert",
    "file",
    "files",
    "format_",
    "key",
    "targets",
    "target",
    "database",
    "output",
    "metrics",
    "against",
    "source",
    "sources",
    "old",
    "new",
}
SURROGATE = re.compile("[\ud800-\udfff]")
# What the help shows for the value of an option, by type.
METAVARS: dict[Any, str] = {int: "N", float: DURATION, bool: "", str: "TEXT"}


COMMANDS = "sitemap_cli.cli.commands"
"""The package whose modules are the commands."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command as its module declares it; what Typer needs is built only for the command that runs."""

    function: CommandFunction
    panels: tuple[str, ...]

    @property
    def summary(self) -> str:
        """The first paragraph of its help."""
        return (inspect.getdoc(self.function) or "").partition("\n\n")[0]

    def list_own_parameters(self) -> list[inspect.Parameter]:
        """Return the parameters that are not settings."""
        _, *own = inspect.signature(self.function).parameters.values()
        hints = get_type_hints(self.function, include_extras=True)
        return [each.replace(annotation=hints[each.name]) for each in own]

    def build_callback(self) -> Callable[..., None]:
        """Return the function that Typer calls."""
        function, own_parameters = self.function, self.list_own_parameters()
        panels = (settings.GLOBAL, *self.panels)
        declared = tuple(each for name in panels for each in settings.list_settings(name))

        @functools.wraps(function)
        def entry(context: typer.Context, **values: Any) -> None:
            invocation = Invocation.find(context)
            flags = {"config": invocation.config, **invocation.flags, **_collect_flags(context)}
            given = {**select_given(declared, values), **select_given(declared, flags)}
            own = {each.name: values[each.name] for each in own_parameters}
            _refuse_undecodable({**own, **given})
            runtime.run_command(
                functools.partial(function, **own),
                given,
                _find_config(context, values["config"]),
                format_repeated_options(flags),
                find_unknown_variables(_list_settings_variables(), list_variables),
                functools.partial(relocate_error, context=context),
            )

        _set_signature(
            entry,
            [
                _make_parameter("context", typer.Context),
                *map(_add_variable, own_parameters),
                _make_parameter("help_all", bool, _make_help_all(is_shown=settings.FETCH in panels)),
                *make_parameters(declared, _apply_config, taken=_list_flags(own_parameters)),
            ],
        )
        return entry


def command(*panels: str) -> Callable[[CommandFunction], Command]:
    """Turn ``async def name(run, ...) -> exit code`` into a command with these panels of settings."""
    return lambda function: Command(function, panels)


def list_variables() -> Collection[str]:
    """Return the environment variables of all options of all commands."""
    found = _list_settings_variables()
    for module in plugins.load_modules(COMMANDS):
        for declared in vars(module).values():
            own = declared.list_own_parameters() if isinstance(declared, Command) else ()
            found.update(config_defaults.name_variable(each.name) for each in own if _find_options(each))
    return found


def _list_settings_variables() -> set[str]:
    names = ("config", *(each.name for each in fields(settings.Settings)))
    return {config_defaults.name_variable(each) for each in names}


def _refuse_undecodable(values: Values) -> None:
    """Refuse text that is not UTF-8, which Python passes on as lone surrogates; names of files may have it.

    Raises:
        UsageError: a value is not UTF-8.
    """
    for name, value in values.items():
        for each in value if isinstance(value, list | tuple) else [value]:
            if (
                isinstance(each, str)
                and name not in FILE_NAMES
                and not each.isascii()
                and SURROGATE.search(each)
            ):
                option = name.rstrip("_").replace("_", "-")
                raise UsageError("not UTF-8", where=f"{option} {ascii(each)[1:-1]}")


def make_group_callback(name: str) -> Callable[..., None]:
    """Return a callback that takes global options between the name of a group and that of the command."""

    def entry(context: typer.Context, **_values: Any) -> None:
        keep_global_flags(context)

    entry.__name__ = name
    context = _make_parameter("context", typer.Context)
    _set_signature(entry, [context, *make_parameters(settings.list_settings(settings.GLOBAL))])
    return entry


def make_parameters(
    declared: Iterable[Field[Any]],
    callback: Callable[..., Any] | None = None,
    *,
    taken: Collection[str] = (),
) -> list[inspect.Parameter]:
    """Return Typer parameters for settings and for the configuration file; None means "not given".

    Flags that are ``taken`` belong to options of the command; a setting has another flag then.
    """
    parameters = [
        _make_parameter(each.name, _make_annotation(each), _make_option(each, taken)) for each in declared
    ]
    config = typer.Option(
        None,
        "--config",
        metavar="FILE",
        help="Configuration file; by default the nearest sitemap.toml or pyproject.toml.",
        envvar="SITEMAP_CONFIG",
        show_envvar=False,
        rich_help_panel=settings.GLOBAL,
        # The file sets defaults of other options, so it is read before them.
        is_eager=True,
        callback=callback,
    )
    at = 1 + max((n for n, each in enumerate(parameters) if _is_global(each)), default=-1)
    return [*parameters[:at], _make_parameter("config", Path | None, config), *parameters[at:]]


def keep_global_flags(context: typer.Context) -> None:
    """Remember the flags before the command's name; those after it, and the environment, are read later."""
    flags = _collect_flags(context)
    invocation = Invocation.find(context)
    invocation.flags.update(select_given(settings.list_settings(settings.GLOBAL), flags))
    invocation.config = flags.get("config") or invocation.config


def select_given(declared: Iterable[Field[Any]], values: Values) -> Values:
    """Return the settings that were given; Typer sets the others to None, an empty list or a count of 0."""
    given = {}
    for each in declared:
        value = values.get(each.name)
        if value is None or value == [] or (each.metadata.get("count") and value == 0):
            continue
        given[each.name] = tuple(value) if isinstance(value, list) else value
    return given


def make_root_callback(callback: Callable[..., None]) -> Callable[..., None]:
    """Return the root callback with the global options added to its own parameters."""

    @functools.wraps(callback)
    def entry(**values: Any) -> None:
        callback(**values)

    parameters = inspect.signature(callback).parameters.values()
    hints = get_type_hints(callback, include_extras=True)
    own = [
        each.replace(annotation=hints[each.name]) for each in parameters if each.kind is not each.VAR_KEYWORD
    ]
    _set_signature(entry, [*own, *make_parameters(settings.list_settings(settings.GLOBAL))])
    return entry


def _collect_flags(context: typer.Context) -> Values:
    """Return the values that the command line itself gives."""
    return {
        name: value for name, value in context.params.items() if find_source(context, name) == "COMMANDLINE"
    }


def _find_config(context: typer.Context, value: Path | None) -> Path | None:
    """Return the configuration file: a flag of the command, a global flag, or the environment's."""
    if find_source(context, "config") == "COMMANDLINE":
        return value
    return Invocation.find(context).config or value


def _apply_config(context: typer.Context, value: Path | None) -> Path | None:
    if not context.resilient_parsing:
        config_defaults.apply_defaults(context, _find_config(context, value))
    return value


def _add_variable(parameter: inspect.Parameter) -> inspect.Parameter:
    """Return a parameter of the command; an option gets its environment variable."""
    kind = getattr(parameter.annotation, "__origin__", None)
    for each in _find_options(parameter):
        # Typer would split a list at blanks: config_defaults reads these variables.
        listed = "list[" in str(kind)
        each.envvar = None if listed else config_defaults.name_variable(parameter.name)
        each.show_envvar = False
        if each.parser is None:
            each.parser = make_parser(_find_kind(kind), each.metavar, each.min)
        if kind is bool:
            each.metavar, each.show_default = METAVARS[bool], False
    return parameter


def _list_flags(parameters: Iterable[inspect.Parameter]) -> set[str]:
    """Return the flags that the options of a command name; Typer keeps the first as a default."""
    options = [option for each in parameters for option in _find_options(each)]
    return {str(flag) for each in options for flag in (each.default, *(each.param_decls or ()))}


def _find_options(parameter: inspect.Parameter) -> list[OptionInfo]:
    """Return how a parameter is declared as an option; nothing for an argument."""
    metadata = getattr(parameter.annotation, "__metadata__", ())
    return [each for each in metadata if isinstance(each, OptionInfo)]


def _set_signature(function: Callable[..., None], parameters: list[inspect.Parameter]) -> None:
    """Set signature and annotations alike: Typer reads both."""
    keyword = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in parameters]
    function.__signature__ = inspect.Signature(keyword)  # type: ignore[attr-defined]
    function.__annotations__ = {each.name: each.annotation for each in keyword}
    vars(function).pop("__wrapped__", None)


def _make_parameter(name: str, annotation: Any, option: Any = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=option, annotation=annotation)


def _is_global(parameter: inspect.Parameter) -> bool:
    return bool(parameter.default.rich_help_panel == settings.GLOBAL)


def _make_annotation(declared: Field[Any]) -> Any:
    if "choices" in declared.metadata:
        return Literal[declared.metadata["choices"]] | None
    if isinstance(declared.default, tuple):
        return list[str] | None
    return settings.TYPES[declared.name] | None


def _make_option(declared: Field[Any], taken: Collection[str] = ()) -> Any:
    data, metavar, kind = declared.metadata, _find_metavar(declared), settings.TYPES[declared.name]
    counted = data.get("count", False)
    variable = config_defaults.name_variable(declared.name)
    listed = isinstance(declared.default, tuple)
    flags = [data["otherwise"] if flag in taken else flag for flag in data["flags"]]
    value: Any = data["shown"] or declared.default
    default = _format_default(value, metavar)
    return typer.Option(
        # Typer would split a list at blanks, and headers contain them.
        functools.partial(configuration.read_list_variable, variable) if listed else 0 if counted else None,
        *flags,
        help=data["help"],
        metavar="" if counted else metavar,
        parser=None if counted else make_parser(_find_kind(kind), metavar, data.get("min")),
        count=counted,
        envvar=None if listed else variable,
        show_envvar=False,
        show_default=False if counted else default,
        rich_help_panel=data["panel"],
    )


def _make_help_all(*, is_shown: bool) -> Any:
    def print_all(context: typer.Context, wanted: bool) -> None:
        if wanted and not context.resilient_parsing:
            Invocation.find(context).shows_all_help = True
            text = context.get_help()
            typer.echo(text, color=context.color)
            raise typer.Exit

    return typer.Option(
        False,
        "--help-all",
        callback=print_all,
        is_eager=True,
        hidden=not is_shown,
        metavar="",
        help="Also describe the options of fetching.",
        rich_help_panel=settings.GLOBAL,
    )


def _find_kind(annotation: Any) -> Any:
    """Return the type of an option whose annotation may add None."""
    return next(iter(get_args(annotation)), annotation)


def _find_metavar(declared: Field[Any]) -> str | None:
    if "choices" in declared.metadata:
        return None
    named: str | None = declared.metadata.get("metavar")
    return named or METAVARS.get(type(declared.default), METAVARS[int])


def _format_default(default: Any, metavar: str | None) -> str | bool:
    """Return the default for the help; False for a flag that is off, an empty list, and no default."""
    if default is None or default is False or default == ():
        return False
    if metavar == SIZE:
        return format_size(default)
    return format_seconds(default) if isinstance(default, float) else str(default)
