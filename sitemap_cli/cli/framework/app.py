"""The root of the command line: global options, and the commands found in :mod:`sitemap_cli.cli.commands`."""

import errno
import inspect
import os
import sys
import traceback
from collections.abc import Sequence
from types import ModuleType
from typing import Annotated, Any

import typer

from sitemap_cli import plugins
from sitemap_cli.cli.console import Console
from sitemap_cli.cli.framework import command, runtime, signals, usage_errors
from sitemap_cli.cli.framework.groups import make_default_group
from sitemap_cli.cli.framework.help import CommandWithPanels
from sitemap_cli.cli.output_file import abandon_stdout, write_error
from sitemap_cli.errors import SitemapError, UsageError
from sitemap_cli.output.escaping import escape_text
from sitemap_cli.settings import VERSION, Settings

# Typer carries its own copy of Click; what it raises for a wrong command line is reached through its
# public subclass.
CLICK_USAGE_ERROR: type[Exception] = typer.BadParameter.__bases__[0]

# What a write says when the disk is full or broken.
UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG}

# Rich would draw boxes around the help, which takes long and looks odd in a pipe.
STYLE: dict[str, Any] = {
    "no_args_is_help": True,
    "pretty_exceptions_enable": False,
    "rich_markup_mode": None,
}

# EX_SOFTWARE of sysexits.h, so that no fault of ours passes for a finding.
BUG = 70


def build_app() -> typer.Typer:
    """The Typer application with every command."""
    app = typer.Typer(
        name="sitemap",
        help="Find, fetch, record and audit the sitemaps of a domain.",
        epilog="Every option can also be set as SITEMAP_<OPTION> in the environment, or in sitemap.toml.",
        context_settings={"help_option_names": ["-h", "--help"]},
        **STYLE,
    )
    app.callback()(command.make_root_callback(_keep_global_options))
    for module in plugins.load_modules("sitemap_cli.cli.commands"):
        _register_commands(app, module)
    return app


def _register_commands(app: typer.Typer, module: ModuleType) -> None:
    """Add the commands of one module; one that names a GROUP gets a sub-command for each."""
    name = getattr(module, "GROUP", None)
    if name is not None:
        default = getattr(module, "DEFAULT", None)
        options = {"cls": make_default_group(default)} if default else {}
        parent, app = app, typer.Typer(help=module.__doc__, **{**STYLE, **options})
        app.callback()(command.make_group_callback(name))
        parent.add_typer(app, name=name)
    for each, function in vars(module).items():
        if getattr(function, "is_command", False):
            told = (inspect.getdoc(function) or "").partition("\n\n")[0]
            app.command(each.removesuffix("_"), cls=CommandWithPanels, short_help=told)(function)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sitemap {VERSION}")
        raise typer.Exit


def _keep_global_options(
    context: typer.Context,
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            metavar="",
            help="Print the version and leave.",
        ),
    ] = False,
    **values: Any,
) -> None:
    """Keep what was given before the command's name."""
    runtime.given_before.clear()
    command.keep_global_flags(context)
    told = ("verbose", "log_format")
    runtime.early.update({name: values[name] for name in told if values[name]})


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave the process with its exit code."""
    _prepare_streams()
    try:
        with signals.stop_process_on_signal():
            code = _run_command(arguments)
    except signals.Stopped as stopped:
        code = 128 + stopped.number
    sys.exit(code if isinstance(code, int) else 0)


def _run_command(arguments: Sequence[str] | None) -> Any:
    """Run the command and return its exit code, with all that it printed out of our hands."""
    try:
        code = build_app()(arguments, prog_name="sitemap", standalone_mode=False)
        sys.stdout.flush()
    except SystemExit as left:
        code = _resolve_exit_code(left)
    except BrokenPipeError:
        code = _discard_stdout()
    except Exception as error:  # noqa: BLE001 - whatever it is, the process says it by its exit code
        code = _report_error(error)
    return code


def _prepare_streams() -> None:
    """Make stdout and stderr take whatever is written to them, even where the caller closed them."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            # Their numbers must be taken, or the database would get them.
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w"))  # noqa: SIM115, PTH123
    for stream in (sys.stdout, sys.stderr):
        # A lone surrogate or a character that the terminal's encoding lacks must not end a report.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def _resolve_exit_code(left: SystemExit) -> Any:
    """The code of a process that ends itself; Typer does so, with 1, when the reader of a pipe goes away."""
    if isinstance(left.__context__, BrokenPipeError):
        return _discard_stdout()
    try:
        # Not as the interpreter ends: a reader that sleeps would keep us, whatever signals come.
        sys.stdout.flush()
    except BrokenPipeError:
        return _discard_stdout()
    except OSError as error:
        return _report_error(error)
    return left.code


def _discard_stdout() -> int:
    abandon_stdout()
    return 0


def _report_error(error: Exception) -> int:
    """Say what went wrong, and return the exit code."""
    if isinstance(error, CLICK_USAGE_ERROR):
        if text := usage_errors.find_requested_help(error):
            typer.echo(text)
            return UsageError.exit_code
        error = usage_errors.translate_usage_error(error)
    elif isinstance(error, OSError) and error.errno in UNWRITABLE:
        abandon_stdout()
        error = write_error("stdout", error)
    elif isinstance(error, typer.Abort):
        return 130
    if isinstance(error, SitemapError):
        Console(Settings(**runtime.early)).print_error(error)
        return error.exit_code
    sys.stderr.write(
        "".join(f"{escape_text(line)}\n" for line in "".join(traceback.format_exception(error)).splitlines())
    )
    return BUG
