"""Forms of the command line that other programs know, such as ``help``, ``version`` and ``-V``."""

from collections.abc import Sequence

from sitemap_cli.cli.framework.help_topics import TOPICS

COMPLETION = ("--install-completion", "--show-completion")
OPTIONAL_SHELL = "[=SHELL]"
THIS_SHELL = "this"
"""The value of these options if no shell is named."""


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
        for at, word in enumerate(options):
            if word.startswith(f"{name}="):
                return [word]
            if word == name:
                following = [each for each in options[at + 1 : at + 2] if not each.startswith("-")]
                return [f"{name}={(following or [THIS_SHELL])[0]}"]
    return words
