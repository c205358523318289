"""Where the data of customers live, by their country."""

_EUROPE = """
    AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK
"""
_BY_COUNTRY = dict.fromkeys(_EUROPE.split(), "EU") | {"CA": "CA", "AE": "UAE"}


def region_of(country: str) -> str:
    """The region of a country; the rest of the world's data are kept in the US."""
    return _BY_COUNTRY.get(country, "US")
