"""The data file with links and guidance: what a fault in it says, and that the shipped one is whole."""

from pathlib import Path

import pytest

from hub.resources import UnusableResources, load

GOOD = """
[kinds]
guide = "Guides"

[[resources]]
title = "Price list"
url = "https://intranet.partner.example/prices"
kind = "guide"

[[helpdesk]]
title = "Our own desk"

[[start]]
title = { en = "First", es = "Primero" }
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_partners_own_file_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    own = load(written(tmp_path, GOOD))
    assert [each.title.in_language("es") for each in own.resources] == ["Price list"]
    assert [step.title.in_language("es") for step in own.start] == ["Primero"]


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ('kind = "guide"', 'kind = "gide"', r"resources 1 \(Price list\), kind: 'gide' is none of guide"),
        ('url = "https://intranet', 'url = "javascript:alert(1)//', r"resources 1 \(Price list\), url: "),
        ('kind = "guide"', 'kind = "guide"\nquik = true', r"resources 1 \(Price list\), quik: "),
        ('title = "Our own desk"', 'titel = "Our own desk"', r"helpdesk 1, title: "),
        ('{ en = "First", es = "Primero" }', '{ es = "Primero" }', r"start 1, title.en: "),
        ('guide = "Guides"', 'quick = "Guides"', "kinds: 'quick' means something else"),
        ('kind = "guide"', 'kind = "guide', "line 8"),
        ("[[helpdesk]]", "[[helpdesks]]", "helpdesk"),
    ],
)
def test_a_fault_is_told_with_its_line_or_entry(tmp_path: Path, good: str, bad: str, said: str) -> None:
    assert good in GOOD
    with pytest.raises(UnusableResources, match=rf"own\.toml: .*{said}"):
        load(written(tmp_path, GOOD.replace(good, bad, 1)))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnusableResources, match=r"own\.toml: No such file"):
        load(tmp_path / "own.toml")


def test_the_shipped_file_speaks_spanish_wherever_it_says_something() -> None:
    """A text that is one string is a name, the same in every language."""
    shipped = load()
    entries = [*shipped.resources, *shipped.helpdesk, *shipped.start]
    texts = [*shipped.kinds.values(), *(text for each in entries for text in (each.title, each.about) if text)]
    assert {text.en for text in texts if text.es is None} == {"Partner Hub"}
