"""Every text there is has a Spanish translation, and the catalogue holds no other."""

from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from templates.catalogue import LOCALE

ROOT = Path(__file__).parents[2]
KEYWORDS = {"_": None, "N_": None, "texts": None, "gettext": None, "ngettext": (1, 2), "count": (1, 2)}
METHODS = [
    *((f"{package}/**.py", "python") for package in ("bot", "commands", "notifications", "templates")),
    ("templates/**.j2", "jinja2"),
]


def test_the_spanish_catalogue_has_every_text_and_no_other() -> None:
    with (LOCALE / "es" / "messages.po").open("rb") as file:
        catalogue = {message.id: message for message in read_po(file) if message.id}
    used = {
        message
        for _, _, message, _, _ in extract_from_dir(
            ROOT, METHODS, {"templates/**.j2": {"extensions": "jinja2.ext.do"}}, KEYWORDS
        )
    }
    assert set(catalogue) == used, "run `make texts`"


def test_no_translation_is_missing_or_doubtful() -> None:
    with (LOCALE / "es" / "messages.po").open("rb") as file:
        catalogue = [message for message in read_po(file) if message.id]
    untranslated = [
        message.id
        for message in catalogue
        if message.fuzzy or not (all(message.string) if isinstance(message.string, tuple) else message.string)
    ]
    assert untranslated == []


def test_translations_keep_their_placeholders() -> None:
    with (LOCALE / "es" / "messages.po").open("rb") as file:
        problems = {message.id: list(message.check()) for message in read_po(file) if message.id}
    assert {identity: found for identity, found in problems.items() if found} == {}
