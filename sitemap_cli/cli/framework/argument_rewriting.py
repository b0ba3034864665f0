"""Forms of the command line that other programs know, such as ``help``, ``version`` and ``-V``."""

import os
from collections.abc import Sequence

from sitemap_cli.cli.framework.help_topics import TOPICS

SHELLS = ("bash", "zsh", "fish", "powershell", "pwsh")
COMPLETION = ("--install-completion", "--show-completion")
# Typer guesses the shell unless this is set; then the option takes a value.
NAME_SHELL = "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION"


def rewrite_arguments(arguments: Sequence[str]) -> list[str]:
    """Return the arguments in the form that the application understands."""
    words = list(arguments)
    if words[:1] == ["help"] and words[1:2] not in ([name] for name in TOPICS):
        # Unlike the command "help", this needs no configuration file that can be read.
        return [*words[1:], "--help"]
    if words[:1] in (["version"], ["-V"]):
        return ["--version"]
    options = words[: words.index("--")] if "--" in words else words
    if "--version" in options:
        return ["--version"]
    for name in COMPLETION:
        if name in options:
            following = options[options.index(name) + 1 :][:1]
            if following and following[0] in SHELLS:
                os.environ[NAME_SHELL] = "1"
                return [name, following[0]]
            return [name]
    return words
