"""The catalogue of texts: English in the code, Spanish in `locale/es/messages.po`."""

from collections.abc import Sequence
from functools import cache
from gettext import NullTranslations
from pathlib import Path

from babel.messages.pofile import read_po

LOCALE = Path(__file__).parent / "locale"
LANGUAGES = ("en", "es")


def N_(text: str) -> str:  # noqa: N802  the name every gettext tool knows
    """Mark a text for the catalogue that is translated later, when its reader is known."""
    return text


class Catalogue(NullTranslations):
    """Translations read from a .po file; a text that is not in it stays English."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        with path.open("rb") as file:
            messages = read_po(file)
        self._texts = {
            message.id: message.string for message in messages if message.id and _is_translated(message.string)
        }

    def gettext(self, message: str) -> str:
        """Translate a text."""
        found = self._texts.get(message, message)
        return found if isinstance(found, str) else found[0]

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Translate a text with a count; English and Spanish share the rule of plurals: one, or not one."""
        forms = self._texts.get((msgid1, msgid2), (msgid1, msgid2))
        return forms[0] if n == 1 else forms[1]


def _is_translated(string: str | Sequence[str]) -> bool:
    return bool(string) if isinstance(string, str) else all(string)


@cache
def catalogue(language: str) -> NullTranslations:
    """Return the translations of a language, read once."""
    path = LOCALE / language / "messages.po"
    return Catalogue(path) if path.exists() else NullTranslations()
