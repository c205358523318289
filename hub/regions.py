"""Regions: where a customer's data live."""

from hub.names import fold

KNOWN = ("US", "CA", "EU", "UAE")
"""Regions with a name of their own; a source may tell any other short code."""

_SPANISH = {"eeuu": "US", "ue": "EU", "eau": "UAE"}
_BY_KEY = {code.casefold(): code for code in KNOWN} | _SPANISH


def canonical(code: str) -> str:
    """Return the code of a known region, spelled in English or Spanish in any case; any other as it is given."""
    given = code.strip()
    return _BY_KEY.get(fold(given).replace(".", "").replace(" ", ""), given)
