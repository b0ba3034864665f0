"""Makes the skeleton of a rule and of its cases: ``python -m tests.new_rule NAME [--family F]``.

The skeleton works: its rule finds "replace-me", and its cases pass.
"""

import argparse
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sitemap_cli.audit.engine import discover_rules
from sitemap_cli.audit.families import FAMILIES
from sitemap_cli.audit.rule import FIRST_VERSION
from tests.changelog import NEXT_VERSION

ROOT = Path(__file__).parents[1]
SINCE = "" if NEXT_VERSION == FIRST_VERSION else f', since="{NEXT_VERSION}"'
RULES, CASES = Path("sitemap_cli/audit/rules"), Path("tests/data/rules")
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
TESTS = "tests/unit/audit tests/integration/audit/test_rules.py tests/acceptance/test_rules.py"

FILE = '''\
"""What the rule looks for, in one line."""

{imports}


@rule("{id}", Severity.WARNING, Scope.{scope}{options})
def {function}({parameter}) -> Hits:
    """Say in one sentence what is wrong.

    Checks: exactly when the rule fires, with all limits and exceptions.
    Why: what happens to a site that breaks the rule.
    Fix: what to change.
    Message: {message}
    Bad::

        an example, as it stands in the file

    Good::

        the same example, fixed

    Source: https://www.sitemaps.org/protocol.html
    """
    {body}
'''

YAML = """\
{id}:
  bad:
    name of the case: {{{bad}, severity: warning, message: what is wrong}}
  good:
    a clean site: {{{good}}}
"""


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What differs between rules of different scopes: the parameter, and a body and cases that work."""

    scope: str
    parameter: str
    module: str
    body: str
    bad: str
    good: str = "urls: [/a]"
    options: str = ""

    def render_file(self, id_: str, function: str) -> str:
        """Return the Python file of the rule."""
        kind = self.parameter.partition(": ")[2]
        imports = (
            f"from sitemap_cli.audit.hit import {'Hit, Hits' if 'Hit(' in self.body else 'Hits'}",
            f"from sitemap_cli.audit.{self.module} import {kind}",
            "from sitemap_cli.audit.rule import Scope, rule",
        )
        is_of_entries = self.scope == "URL"
        return FILE.format(
            message="what is wrong: https://example.com/replace-me" if is_of_entries else "what is wrong",
            imports="\n".join((*sorted(imports), "from sitemap_cli.model.values import Severity")),
            id=id_,
            scope=self.scope,
            options=f"{self.options}{SINCE}",
            function=function,
            parameter=self.parameter,
            body=self.body,
        )

    def render_cases(self, id_: str) -> str:
        """Return the YAML file of its cases."""
        return YAML.format(id=id_, bad=self.bad, good=self.good)


OF_SITE = """for sitemap in site.sitemaps:
        if "replace-me" in sitemap.url:
            yield Hit("what is wrong", sitemap=sitemap.url)"""
OF_DOCUMENT = """if "replace-me" in sitemap.url:
        yield Hit("what is wrong")"""
OF_PAGE = """if "replace-me" in page.loc:
        yield Hit("what is wrong")"""
BAD_SITEMAP = 'robots: "Sitemap: {site}/replace-me.xml", pages: {/replace-me.xml: {urls: [/a]}}'

ENTRY = Skeleton(
    "URL",
    "batch: Batch",
    "entry_batch",
    'return batch.report_entries(batch.locs.search_text("replace-me"), "what is wrong")',
    "urls: [/replace-me]",
)
DOCUMENT = Skeleton("DOCUMENT", "sitemap: SitemapFact", "facts", OF_DOCUMENT, BAD_SITEMAP)
SITE = Skeleton("SITE", "site: SiteFact", "facts", OF_SITE, BAD_SITEMAP)
PAGE = Skeleton(
    "PAGE",
    "page: PageFact",
    "probed_pages",
    OF_PAGE,
    'probe: true, urls: [/replace-me], pages: {/replace-me: {html: "<title>A</title>"}}',
    'probe: true, urls: [/a], pages: {/a: {html: "<title>A</title>"}}',
    ", needs_complete=True",
)
HISTORY = Skeleton(
    "HISTORY",
    "site: SiteFact",
    "facts",
    OF_SITE,
    f"before: {{urls: [/a]}}, {BAD_SITEMAP}",
    "before: {urls: [/a]}, urls: [/a]",
    ', needs=("previous_job",), needs_complete=True',
)
SKELETONS = {
    "transport": DOCUMENT,
    "structure": DOCUMENT,
    "entries": ENTRY,
    "indexes": SITE,
    "extensions": ENTRY,
    "robots": SITE,
    "pages": PAGE,
    "history": HISTORY,
}


def find_free_id(family: str, ids: Iterable[str]) -> str:
    """Return the id after the highest one of a family; ids are never reused."""
    prefix = FAMILIES[family].prefix
    last = max((int(each.removeprefix(prefix)) for each in ids if each.startswith(prefix)), default=0)
    return f"{prefix}{last + 1:02}"


def create_rule(name: str, family: str, root: Path = ROOT) -> tuple[str, list[Path]]:
    """Write the skeleton of a rule and of its cases below ``root``.

    Returns:
        The id of the rule, and the two files.

    Raises:
        FileExistsError: there is a rule of this name.
    """
    id_, function = find_free_id(family, (rule.id for rule in discover_rules())), name.replace("-", "_")
    if any(rule.name == name for rule in discover_rules()):
        raise FileExistsError(f"there is a rule {name}")
    skeleton = SKELETONS[family]
    texts = {
        root / RULES / family / f"{function}.py": skeleton.render_file(id_, function),
        root / CASES / family / f"{function}.yaml": skeleton.render_cases(id_),
    }
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    return id_, list(texts)


def parse_name(text: str) -> str:
    """Return the name of a rule as it is written: lower case, with hyphens."""
    name = text.lower().replace("_", "-")
    if not NAME.fullmatch(name):
        raise argparse.ArgumentTypeError(f"not a name such as loc-double-slash: {text}")
    return name


def describe_next_steps(id_: str, name: str, files: Iterable[Path]) -> str:
    """Return what to do with a new rule: edit these files, run its tests, write its page."""
    return "\n".join(
        (
            f"{id_} {name}",
            *(f"  {file}" for file in files),
            "Test it, and write its page:",
            f"  .venv/bin/pytest -k {id_} {TESTS}",
            "  make pages",
        )
    )


def main() -> None:
    """Create the files and print what to do next."""
    parser = argparse.ArgumentParser(prog="python -m tests.new_rule", description="Make a new audit rule.")
    parser.add_argument("name", type=parse_name, help="after the defect: loc-double-slash")
    parser.add_argument("--family", choices=SKELETONS, default="entries", help="default: entries")
    options = parser.parse_args()
    try:
        id_, files = create_rule(options.name, options.family)
    except FileExistsError as error:
        parser.error(str(error))
    print(describe_next_steps(id_, options.name, [file.relative_to(ROOT) for file in files]))


if __name__ == "__main__":
    main()
