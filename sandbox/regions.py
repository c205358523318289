"""Where the data of customers live, by their country."""

HOME = "US"
"""The partner's own region, and that of customers of whom nobody knows it."""
SPELLINGS = {"AE": "UAE"}
"""Other codes that are understood; which one Webex takes is not confirmed (WEBEX.md §15)."""

_EUROPE = """
    AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK
"""
_BY_COUNTRY = dict.fromkeys(_EUROPE.split(), "EU") | {"CA": "CA", "AE": "UAE"}


def region_of(country: str) -> str:
    """The region of a country; the rest of the world's data are kept in the US."""
    return _BY_COUNTRY.get(country, HOME)
