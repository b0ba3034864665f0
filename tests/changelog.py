"""Which versions the changelog has: the released ones, and the next."""

import re
from pathlib import Path

CHANGELOG = (Path(__file__).parents[1] / "CHANGELOG.md").read_text(encoding="utf-8")
RELEASED = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - ", CHANGELOG, re.MULTILINE)
(NEXT_VERSION,) = re.findall(r"^## \[Unreleased\]\n+Planned for (\d+\.\d+\.\d+)\.$", CHANGELOG, re.MULTILINE)
