"""What a build adds: links and a README whose links work on PyPI, and the compiled templates of reports.

The release workflow names its own repository in SITEMAP_REPOSITORY. Other builds have no links, and the
README as it is. An sdist has both in PKG-INFO, which this does not change.
"""

import os
import re
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

# The target of a link or picture in Markdown or HTML which has no scheme and is no anchor.
RELATIVE = r"(?![a-z][a-z+.-]*:|#|/)([^\s)\"]+)"
PICTURE = re.compile(rf"(!\[[^\]]*\]\(|<(?:img|source)\b[^>]*?\b(?:src|srcset)=\"){RELATIVE}")
LINK = re.compile(rf"(\]\(|<a\b[^>]*?\bhref=\"){RELATIVE}")
PAGES = {"Changelog": "CHANGELOG.md", "Documentation": "docs", "Security policy": "SECURITY.md"}


def make_links_absolute(markdown: str, repository: str, ref: str) -> str:
    """Return the text with links and pictures that lead to a repository on GitHub, as it was at ``ref``."""
    pictures = PICTURE.sub(rf"\g<1>{repository}/raw/{ref}/\g<2>", markdown)
    return LINK.sub(rf"\g<1>{repository}/blob/{ref}/\g<2>", pictures)


def list_urls(repository: str, ref: str, root: Path) -> dict[str, str]:
    """Return the links of the project, to what it has."""
    pages = {
        name: f"{repository}/blob/{ref}/{page}" for name, page in PAGES.items() if (root / page).exists()
    }
    return {"Homepage": repository, "Issues": f"{repository}/issues", **pages}


class Metadata(MetadataHookInterface):
    """Fill in the fields ``readme`` and ``urls``."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Change the metadata in place, except for what an sdist brings along."""
        root = Path(self.root)
        if (root / "PKG-INFO").is_file():
            return
        text = (root / "README.md").read_text(encoding="utf-8")
        if repository := os.environ.get("SITEMAP_REPOSITORY", "").rstrip("/"):
            version = metadata["version"]
            ref = "HEAD" if "dev" in version else f"v{version}"
            text = make_links_absolute(text, repository, ref)
            metadata["urls"] = list_urls(repository, ref, root)
        metadata["readme"] = {"content-type": "text/markdown", "text": text}


class Templates(BuildHookInterface[BuilderConfig]):
    """Compile the templates of reports beside their sources, for a wheel and for an editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - the signature of Hatchling
        """Write the compiled templates, and add them to the wheel although git ignores them."""
        sys.path.insert(0, self.root)
        try:
            from sitemap_cli.output.report_page import page_templates
        finally:
            sys.path.remove(self.root)
        built = Path(page_templates.__file__).with_name(page_templates.BUILT)
        page_templates.build_templates(built)
        build_data["artifacts"].append(f"/{built.relative_to(self.root).as_posix()}/*")
