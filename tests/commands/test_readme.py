"""README names every command that a person can type."""

import re
from itertools import product
from pathlib import Path

from commands import registry

ROOT = Path(__file__).parents[2]


def _named() -> set[str]:
    """The commands in the table of "What it answers": `rule new|edit` names two."""
    table = (ROOT / "README.md").read_text().split("## What it answers")[1].split("\n## ")[0]
    rows = re.findall(r"^\|.*\|$", table.replace(r"\|", "/"), re.M)
    typed = [usage.split("[")[0].split() for row in rows for usage in re.findall("`([^`]+)`", row)]
    return {" ".join(words) for usage in typed for words in product(*(word.split("/") for word in usage))}


def test_readme_names_every_command() -> None:
    named = _named()
    typed = [each.name for each in registry().commands if each.shown]
    assert [name for name in typed if not any(f"{usage} ".startswith(f"{name} ") for usage in named)] == []


def test_no_document_is_left_half_merged() -> None:
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    assert [page.name for page in documents if re.search(r"^(<{7}|>{7}) ", page.read_text(), re.M)] == []
