"""The documents, and the blocks in them that say of themselves that they are tested."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = tuple(
    sorted(
        str(path.relative_to(ROOT))
        for pattern in ("*.md", "docs/*.md", "changes/*.md", "bench/*.md", "plugins/*/*.md")
        for path in ROOT.glob(pattern)
    )
)

_TESTED = re.compile(r"^<!-- tested: (\S+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Page:
    """A Markdown file of the project."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.path = ROOT / name
        self.text = self.path.read_text(encoding="utf-8")

    def blocks(self, kind: str) -> list[str]:
        """The blocks under `<!-- tested: KIND -->`; a page without one is a mistake of the test."""
        found = [text for said, text in _TESTED.findall(self.text) if said == kind]
        assert found, f"{self.name} has no block that is tested as {kind}"
        return found

    def table(self, *headings: str) -> list[tuple[str, ...]]:
        """The rows of the table with these headings, as written."""
        lines = self.text.splitlines()
        start = lines.index(f"| {' | '.join(headings)} |")
        rows = []
        for line in lines[start + 2 :]:
            if not line.startswith("|"):
                break
            cells = re.split(r"(?<!\\)\|", line)[1:-1]
            rows.append(tuple(cell.strip() for cell in cells))
        return rows


@pytest.fixture(scope="session")
def pages() -> dict[str, Page]:
    """Every page by its path from the root."""
    return {name: Page(name) for name in PAGES}
