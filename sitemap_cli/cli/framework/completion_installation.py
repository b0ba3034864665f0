"""Installs the completion script of a shell in the folder of the user."""

import difflib
import os
import subprocess
from pathlib import Path

from sitemap_cli.cli.framework.argument_rewriting import THIS_SHELL
from sitemap_cli.cli.framework.completion_scripts import SCRIPTS
from sitemap_cli.errors import StorageError, UsageError

NAMES = {"pwsh": "powershell"}
ZSH_LINES = "fpath=(~/.zfunc $fpath); autoload -Uz compinit && compinit  # completion of sitemap"
BASH_LINE = '[ -r "{path}" ] && . "{path}"  # completion of sitemap'
POWERSHELL_LINE = '. "{path}"  # completion of sitemap'


def get_script(shell: str) -> str:
    """Return the completion script of a shell.

    Raises:
        UsageError: this shell has no script.
    """
    return SCRIPTS[_find_shell(shell)]


def install_completion(shell: str) -> str:
    """Write the completion script of a shell, let the shell load it, and return what was done.

    Raises:
        UsageError: there is no script for this shell.
        StorageError: a file cannot be written.
    """
    name = _find_shell(shell)
    path, startup, line = _find_places(name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SCRIPTS[name], encoding="utf-8")
        changed = startup is not None and _add_line(startup, line.format(path=path))
    except OSError as error:
        raise StorageError("cannot write", where=str(error.filename), why=error.strerror or "") from error
    also = f", and a line in {startup} loads it" if changed else ""
    return f"{name} completion is installed in {path}{also}; it works in new terminals"


def _find_shell(name: str) -> str:
    found = _detect_shell() if name == THIS_SHELL else name.lower()
    found = NAMES.get(found, found)
    if found in SCRIPTS:
        return found
    close = difflib.get_close_matches(found, list(SCRIPTS), 1, 0.5)
    hint = f"did you mean {close[0]}?" if close else f"name one of {', '.join(SCRIPTS)}"
    raise UsageError("no completion for this shell", where=found or "unknown", hint=hint)


def _detect_shell() -> str:
    """Return the shell that has started the program, or the login shell."""
    from typer._completion_shared import _get_shell_name

    return _get_shell_name() or Path(os.environ.get("SHELL", "")).name


def _find_places(shell: str) -> tuple[Path, Path | None, str]:
    """Return where the script goes, the startup file that must load it, and the line for that."""
    home = Path.home()
    config = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    if shell == "fish":
        return config / "fish" / "completions" / "sitemap.fish", None, ""
    if shell == "zsh":
        startup = Path(os.environ.get("ZDOTDIR") or home) / ".zshrc"
        return home / ".zfunc" / "_sitemap", startup, ZSH_LINES
    if shell == "bash":
        return data / "bash-completion" / "completions" / "sitemap", home / ".bashrc", BASH_LINE
    profile = _find_powershell_profile()
    return profile.parent / "sitemap-completion.ps1", profile, POWERSHELL_LINE


def _find_powershell_profile() -> Path:
    for program in ("pwsh", "powershell"):
        try:
            done = subprocess.run(  # noqa: S603 - a fixed command
                [program, "-NoProfile", "-Command", "echo $PROFILE"],
                capture_output=True,
                text=True,
                check=True,
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        return Path(done.stdout.strip())
    hint = "sitemap completion powershell prints the script"
    raise UsageError("PowerShell is not installed", where="--install-completion", hint=hint)


def _add_line(startup: Path, line: str) -> bool:
    """Add a line to a startup file unless it is there; return whether it was added."""
    text = startup.read_text(encoding="utf-8") if startup.exists() else ""
    if line in text.splitlines():
        return False
    startup.parent.mkdir(parents=True, exist_ok=True)
    blank = "" if not text or text.endswith("\n") else "\n"
    with startup.open("a", encoding="utf-8") as file:
        file.write(f"{blank}{line}\n")
    return True
