"""The root of the command line: global options, and the commands found in :mod:`sitemap_cli.cli.commands`."""

import os
import sys
import traceback
from collections.abc import Sequence
from importlib.metadata import version
from types import ModuleType
from typing import Annotated, Any

import typer

from sitemap_cli import plugins, settings
from sitemap_cli.cli import adapter, runtime
from sitemap_cli.cli.console import Console
from sitemap_cli.errors import UsageError

# Typer carries its own copy of Click; what it raises for a wrong command line is reached through its
# public subclass.
CLICK_USAGE_ERROR: type[Exception] = typer.BadParameter.__bases__[0]

# EX_SOFTWARE of sysexits.h, so that no fault of ours passes for a finding.
BUG = 70


def build() -> typer.Typer:
    """The Typer application with every command."""
    app = typer.Typer(
        name="sitemap",
        help="Find, fetch, record and audit the sitemaps of a domain.",
        epilog="Every option can also be set as SITEMAP_<OPTION> in the environment, or in sitemap.toml.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(adapter.sign_callback(_root, adapter.options(settings.panel(settings.GLOBAL))))
    for module in plugins.modules("sitemap_cli.cli.commands"):
        _register(app, module)
    return app


def _register(app: typer.Typer, module: ModuleType) -> None:
    """Add the commands of one module; one that names a GROUP gets a sub-command for each."""
    group = getattr(module, "GROUP", None)
    if group is not None:
        parent, app = app, typer.Typer(help=module.__doc__, no_args_is_help=True)
        parent.add_typer(app, name=group)
    for name, function in vars(module).items():
        if getattr(function, "is_command", False):
            app.command(name.removesuffix("_"))(function)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sitemap {version('sitemap-cli')}")
        raise typer.Exit


def _root(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and leave."
        ),
    ] = False,
    **values: Any,
) -> None:
    """Keep what was given before the command's name."""
    given = adapter.taken(settings.panel(settings.GLOBAL), values)
    runtime.given_before.clear()
    runtime.given_before.update(given, **({"config": values["config"]} if values["config"] else {}))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave the process with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A lone surrogate or a character that the terminal's encoding lacks must not end a report.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        code = build()(arguments, standalone_mode=False)
        sys.stdout.flush()
    except CLICK_USAGE_ERROR as error:
        code = _usage(error)
    except typer.Abort:
        code = 130
    except BrokenPipeError:
        _leave_pipe()
        code = 0
    except Exception:  # noqa: BLE001 - whatever it is, it is a fault of ours
        traceback.print_exc()
        code = BUG
    sys.exit(code if isinstance(code, int) else 0)


def _usage(error: Any) -> int:
    """One line for a wrong command line, and where to read more."""
    context = getattr(error, "ctx", None)
    hint = f"{context.command_path} --help" if context is not None else "sitemap --help"
    message = error.format_message().rstrip(".")
    if not message and context is not None:
        # No arguments at all: the help was printed already.
        return 2
    Console().error(UsageError(message[:1].lower() + message[1:], hint=hint))
    return 2


def _leave_pipe() -> None:
    """The reader went away: send what is still buffered nowhere, so that the exit is quiet too."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
