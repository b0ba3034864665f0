"""The completion scripts below ``share``, where shells look for them: what ``sitemap completion`` prints."""

from collections.abc import Mapping
from pathlib import Path

from sitemap_cli.cli.framework.completion_scripts import SCRIPTS

ROOT = Path(__file__).parents[2]
PLACES = {
    "bash": "share/bash-completion/completions/sitemap",
    "zsh": "share/zsh/site-functions/_sitemap",
    "fish": "share/fish/vendor_completions.d/sitemap.fish",
}


def build_completion_files() -> Mapping[Path, str]:
    """Return the text of each file."""
    return {ROOT / place: SCRIPTS[shell] for shell, place in PLACES.items()}


def write_completion_files() -> None:
    """Write the files."""
    for file, text in build_completion_files().items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write_completion_files()
