"""All generated pages of the reference, and how they are written: ``python -m tests.documentation.reference``."""

from collections.abc import Mapping
from pathlib import Path

from sitemap_cli.cli.framework.app import load_outline
from sitemap_cli.model.json_documents import list_json_documents
from sitemap_cli.output.json_schema import format_reference
from tests.documentation.reference.attacks_page import build_attacks
from tests.documentation.reference.commands_pages import FOLDER as COMMANDS
from tests.documentation.reference.commands_pages import build_commands
from tests.documentation.reference.environment_page import build_environment
from tests.documentation.reference.exit_codes_page import build_exit_codes
from tests.documentation.reference.index_page import build_index
from tests.documentation.reference.limits_page import build_limits
from tests.documentation.reference.log_events_page import build_log_events
from tests.documentation.reference.metrics_page import build_metrics
from tests.documentation.reference.settings_page import build_settings
from tests.documentation.reference.verdicts_page import build_verdicts

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"


def build_reference() -> Mapping[str, str]:
    """Return the text of each page by its path in ``docs/reference``."""
    outline = load_outline()
    pages = {
        **build_commands(outline),
        "index.md": build_index(),
        "attacks.md": build_attacks(),
        "settings.md": build_settings(outline),
        "exit-codes.md": build_exit_codes(),
        "verdicts.md": build_verdicts(),
        "limits.md": build_limits(),
        "log-events.md": build_log_events(),
        "metrics.md": build_metrics(),
        "environment.md": build_environment(),
        "json.md": format_reference(list_json_documents()),
    }
    return {name: f"{text.rstrip()}\n" for name, text in pages.items()}


def write_reference(folder: Path = REFERENCE) -> None:
    """Write all pages, and remove the pages of commands that are gone."""
    pages = build_reference()
    for file in (folder / COMMANDS).glob("*.md"):
        if f"{COMMANDS}/{file.name}" not in pages:
            file.unlink()
    for name, text in pages.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
