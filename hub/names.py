"""Names of customers as people type them: without case, accents and doubled spaces."""

import unicodedata


def fold(name: str) -> str:
    """Bring a name to the form that is searched and sorted.

    Compatibility forms are made plain (full-width letters, ligatures), accents and case are dropped, and every run of
    white space becomes one space, because a chat shows a tab as one.
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).split())


def storable(text: str) -> str:
    """Put a blank for each character that no database takes: NUL, and halves of characters."""
    return text.translate(_UNSTORABLE)


_UNSTORABLE = dict.fromkeys((0, *range(0xD800, 0xE000)), " ")
