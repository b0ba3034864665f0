"""The Typer application: global options, and the commands found in :mod:`sitemap_cli.cli.commands`."""

import errno
import itertools
import os
import sys
import traceback
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import partial
from types import ModuleType
from typing import Annotated, Any

import typer

from sitemap_cli import plugins
from sitemap_cli.cli import system_limits
from sitemap_cli.cli.console import Console
from sitemap_cli.cli.framework import command, signals, usage_errors
from sitemap_cli.cli.framework.argument_rewriting import OPTIONAL_SHELL, rewrite_arguments
from sitemap_cli.cli.framework.command_help import CommandWithPanels
from sitemap_cli.cli.framework.command_outline import CommandOutline, outline_command
from sitemap_cli.cli.framework.command_table import OTHER, CommandTable, Outline
from sitemap_cli.cli.framework.garbage_collection import reduce_garbage_collection, skip_last_collections
from sitemap_cli.cli.framework.groups import make_group
from sitemap_cli.cli.framework.help_page import PageStyle
from sitemap_cli.cli.framework.help_topics import TOPICS
from sitemap_cli.cli.framework.invocation import Invocation
from sitemap_cli.cli.output_file import abandon_stdout, write_error
from sitemap_cli.errors import SitemapError, StorageError, UsageError
from sitemap_cli.output.escaping import escape_line
from sitemap_cli.settings import VERSION, Settings

# Typer has its own copy of Click. The error for a wrong command line is reached through its public subclass.
CLICK_USAGE_ERROR: type[Exception] = typer.BadParameter.__bases__[0]

# Error numbers of a write to a full or broken disk.
UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG}

# Rich would draw boxes around the help, which is slow and unreadable in a pipe.
STYLE: dict[str, Any] = {
    "no_args_is_help": True,
    "pretty_exceptions_enable": False,
    "rich_markup_mode": None,
}

HELP = """Find, fetch, record and audit the sitemaps of a domain.

$ sitemap analyze example.com
$ sitemap check example.com
$ sitemap batch domains.txt
"""

# EX_SOFTWARE of sysexits.h, so that a bug is never taken for a finding.
BUG = 70

# The scripts of shells call this hidden command.
COMPLETE = "__complete"


def build_app() -> typer.Typer:
    """Build the Typer application; a command is built when the command line names it."""
    app = typer.Typer(
        name="sitemap",
        add_completion=False,
        help=HELP,
        context_settings={"help_option_names": ["-h", "--help"]},
        cls=make_group(CommandTable(plugins.list_names(command.COMMANDS), _outline_module)),
        **STYLE,
    )
    app.callback()(command.make_root_callback(_keep_global_options))
    return app


def build_root() -> Any:
    """Return the group of all commands, as Typer builds it."""
    return typer.main.get_command(build_app())


def load_outline() -> CommandOutline:
    """Return the outline of the whole command line; all commands are built for it."""
    root = build_root()
    return outline_command(root, typer.Context(root, info_name="sitemap", **root.context_settings))


def format_help(names: Sequence[str], *, no_color: bool) -> str:
    """Return the help of a command or of a topic; without a name, that of the program."""
    if names and (describe := TOPICS.get(names[0])) is not None:
        return describe(load_outline(), PageStyle.find(no_color=no_color))
    command = build_root()
    invocation = Invocation(console={"no_color": no_color})
    context = typer.Context(command, info_name="sitemap", obj=invocation, **command.context_settings)
    for name in names:
        if not hasattr(command, "resolve_command"):
            break
        _, command, _ = command.resolve_command(context, [name])
        context = typer.Context(command, parent=context, info_name=name, **command.context_settings)
    return context.get_help()


def _outline_module(name: str) -> Iterable[Outline]:
    """Return what a module of commands declares: a group if it has a GROUP, else its commands."""
    module = plugins.load_module(command.COMMANDS, name)
    group, chapter = getattr(module, "GROUP", None), getattr(module, "CHAPTER", OTHER)
    commands = [
        Outline(
            each.removesuffix("_"),
            found.function.__doc__ or "",
            "Commands" if group else chapter,
            partial(_build_command, each.removesuffix("_"), found),
        )
        for each, found in vars(module).items()
        if isinstance(found, command.Command)
    ]
    if group is None:
        return commands
    return [Outline(group, module.__doc__ or "", chapter, partial(_build_group, group, module, commands))]


def _build_command(name: str, declared: command.Command) -> Any:
    app = typer.Typer(add_completion=False, **STYLE)
    app.command(name, cls=CommandWithPanels, short_help=declared.summary)(declared.build_callback())
    return typer.main.get_command(app)


def _build_group(name: str, module: ModuleType, commands: Iterable[Outline]) -> Any:
    group = make_group(CommandTable([name], lambda _: commands), getattr(module, "DEFAULT", None))
    app = typer.Typer(name=name, help=module.__doc__, add_completion=False, cls=group, **STYLE)
    app.callback()(command.make_group_callback(name))
    return typer.main.get_command(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sitemap {VERSION}")
        raise typer.Exit


def _install_completion(context: typer.Context, shell: str | None) -> None:
    if shell is not None and not context.resilient_parsing:
        from sitemap_cli.cli.framework.completion_installation import install_completion

        typer.echo(install_completion(shell))
        raise typer.Exit


def _show_completion(context: typer.Context, shell: str | None) -> None:
    if shell is not None and not context.resilient_parsing:
        from sitemap_cli.cli.framework.completion_installation import get_script

        typer.echo(get_script(shell), nl=False)
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
            help="Print the version and exit.",
        ),
    ] = False,
    _install_completion: Annotated[
        str | None,
        typer.Option(
            "--install-completion",
            callback=_install_completion,
            is_eager=True,
            metavar=OPTIONAL_SHELL,
            help="Install completion for this shell, or another one: bash, zsh, fish, powershell.",
        ),
    ] = None,
    _show_completion: Annotated[
        str | None,
        typer.Option(
            "--show-completion",
            callback=_show_completion,
            is_eager=True,
            metavar=OPTIONAL_SHELL,
            help="Print the completion script of a shell, and exit.",
        ),
    ] = None,
    **values: Any,
) -> None:
    """Remember the global options before the command's name."""
    command.keep_global_flags(context)
    console = {name: values[name] for name in ("verbose", "log_format") if values[name]}
    Invocation.find(context).console.update(console)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit the process with its code."""
    reduce_garbage_collection()
    _prepare_streams()
    try:
        with signals.stop_process_on_signal():
            code = _run_command(arguments)
    except signals.Stopped as stopped:
        code = 128 + stopped.number
    _flush_stderr()
    skip_last_collections()
    sys.exit(code if isinstance(code, int) else 0)


def _flush_stderr() -> None:
    """Discard what a full device does not take, or the interpreter would exit with 120."""
    try:
        sys.stderr.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def _run_command(arguments: Sequence[str] | None) -> Any:
    """Run the command, flush its output, and return its exit code."""
    invocation = Invocation()
    words = sys.argv[1:] if arguments is None else arguments
    if words[:1] == [COMPLETE]:
        # Other commands need none of what this one imports.
        from sitemap_cli.cli.framework.completion_answers import print_answer

        print_answer(build_root(), words[1:])
        return 0
    arguments = rewrite_arguments(words)
    invocation.console["no_color"] = "--no-color" in arguments
    try:
        system_limits.require_open_files()
        code = build_root()(arguments, prog_name="sitemap", standalone_mode=False, obj=invocation)
        sys.stdout.flush()
    except SystemExit as raised:
        code = _resolve_exit_code(raised, invocation)
    except BrokenPipeError:
        code = _discard_stdout()
    except Exception as error:  # noqa: BLE001 - any error becomes a message and an exit code
        _find_log_format(arguments, invocation)
        code = _report_error(error, invocation, arguments)
    return code


def _find_log_format(arguments: Sequence[str], invocation: Invocation) -> None:
    """Find out how to print an error in a command line that could not be parsed to its end."""
    words = " ".join(arguments).replace("--log-format=", "--log-format ").split()
    pairs = itertools.pairwise(words)
    if ("--log-format", "json") in pairs or os.environ.get("SITEMAP_LOG_FORMAT") == "json":
        invocation.console.setdefault("log_format", "json")


def _prepare_streams() -> None:
    """Make the standard streams usable, even if the parent process closed them."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            # Their file descriptors must be in use, or the database file would get them.
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w"))  # noqa: SIM115, PTH123
    for stream in (sys.stdout, sys.stderr):
        # A character that the encoding of the terminal lacks must not abort a report.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def _resolve_exit_code(raised: SystemExit, invocation: Invocation) -> Any:
    """Return the exit code of a command that ended; 0 if the reader of its output closed the pipe.

    Typer turns a closed pipe into exit code 1.
    """
    if isinstance(raised.__context__, BrokenPipeError):
        return _discard_stdout()
    try:
        # Flush here, where signals are handled: during interpreter shutdown a full pipe would block for ever.
        sys.stdout.flush()
    except BrokenPipeError:
        return _discard_stdout()
    except OSError as error:
        return _report_error(error, invocation)
    return raised.code


def _discard_stdout() -> int:
    abandon_stdout()
    return 0


def _report_error(error: Exception, invocation: Invocation, arguments: Sequence[str] = ()) -> int:
    """Print an error and return its exit code."""
    if isinstance(error, CLICK_USAGE_ERROR):
        if text := usage_errors.find_requested_help(error):
            return _print_help(text)
        error = usage_errors.translate_usage_error(error, arguments)
    elif isinstance(error, OSError) and error.errno in UNWRITABLE:
        abandon_stdout()
        error = write_error("stdout", error)
    elif limit := system_limits.translate_limit(error):
        error = limit
    elif isinstance(error, UnicodeEncodeError):
        # Names of files may be passed on undecoded, and this one came to a place that needs text.
        error = UsageError("not UTF-8", where=ascii(error.object[:200])[1:-1])
    elif isinstance(error, typer.Abort):
        return 130
    if isinstance(error, SitemapError):
        Console(Settings(**invocation.console)).print_error(error)
        return error.exit_code
    lines = "".join(traceback.format_exception(error)).splitlines()
    with suppress(OSError):
        sys.stderr.write("".join(f"{escape_line(line)}\n" for line in lines))
    return BUG


def _print_help(text: str) -> int:
    """Print the help of a group that was named without a command; return the exit code."""
    try:
        typer.echo(text)
        sys.stdout.flush()
    except BrokenPipeError:
        return _discard_stdout()
    except OSError as error:
        abandon_stdout()
        Console().print_error(write_error("stdout", error))
        return StorageError.exit_code
    return UsageError.exit_code
