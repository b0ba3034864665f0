"""The first page of the reference."""

from tests.documentation.reference.markdown_parts import format_head, format_table

PAGES = {
    "commands/index.md": ("Commands", "every command with its arguments, options and examples"),
    "settings.md": (
        "Settings",
        "what commands share: flags, environment variables, keys of the configuration file, and which of them wins",
    ),
    "exit-codes.md": ("Exit codes", "what scripts can rely on, and the classes of errors"),
    "verdicts.md": (
        "Verdicts and statuses",
        "why a site is empty or incomplete, in one word; codes of failures",
    ),
    "limits.md": ("Limits", "what is limited, by how much, and what happens at a limit"),
    "json.md": ("JSON output", "every field of `--format json` and `jsonl`"),
    "log-events.md": ("Log events", "the lines of `--log-format json`"),
    "metrics.md": ("Metrics", "for Prometheus"),
    "environment.md": ("Environment and files", "variables that are no options, and where files are"),
    "attacks.md": ("Attacks", "what the program makes of hostile servers"),
    "../rules/README.md": ("Rules", "what `sitemap check` checks"),
}
INTRODUCTION = """These pages are made from the code, and a test compares them with it. They describe the version that they come with:
`sitemap --version`, and `sitemap COMMAND --help` for the same in the terminal."""


def build_index() -> str:
    """Return the page."""
    rows = [(f"[{title}]({path})", text) for path, (title, text) in PAGES.items()]
    return "\n\n".join(
        (format_head("Reference", INTRODUCTION), format_table(("page", "what is in it"), rows))
    )
