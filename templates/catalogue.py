"""The catalogue of texts: English in the code, Spanish in `locale/es/messages.po`."""

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
        self._singles: dict[str, str] = {}
        self._plurals: dict[str, tuple[str, str]] = {}
        for message in messages:
            if isinstance(message.id, str) and isinstance(message.string, str):
                self._singles[message.id] = message.string or message.id
            elif isinstance(message.id, tuple | list) and isinstance(message.string, tuple | list):
                one, many = message.string
                self._plurals[message.id[0]] = (one or message.id[0], many or message.id[1])

    def gettext(self, message: str) -> str:
        """Translate a text."""
        return self._singles.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Translate a text with a count; English and Spanish share the rule of plurals: one, or not one."""
        one, many = self._plurals.get(msgid1, (msgid1, msgid2))
        return one if n == 1 else many


@cache
def catalogue(language: str) -> NullTranslations:
    """Return the translations of a language, read once."""
    path = LOCALE / language / "messages.po"
    return Catalogue(path) if path.exists() else NullTranslations()
