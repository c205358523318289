"""Names for synthetic companies and their people: many, in several alphabets, some hard on careless programs."""

FAMOUS = (
    "Acme Logistics",
    "Acme Retail Group",
    "<@all>",
    "=HYPERLINK(1)",
    "**Bold** [x](http://e.example)",
    "Ángel & Söhne, S.L.",
    'O\'Brien "Quoted"',
    "株式会社サンプル",
    "-5 Degrees",
    "Ünïcode 🚀 GmbH",
    "شركة النور للتجارة",
    "Straße_und_Weg_GmbH",
    "Comma, Semicolon; Pipe | Ltd",
)
"""The first customers' names, in order."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_STEMS = _words(
    """
    Alder Amber Ångström Aurora Birch Blue-Harbor Bright Brontë Castle Çelik Cedar Clear Cobalt Copper Coral
    Crown Dawn Delta Dvořák Eagle Echo Elm Ember Falcon Fjord Flint Frost Garcés Glacier Golden Granite Grünwald
    Hansa Harvest Hawthorn Hermès Horizon Iberia Iris Iron Ivory Jasper Juniper Katz Keystone Kōbe Lark
    Lighthouse Linden Łódź Lumen Lynx Magnolia Maple Marble Meridian Mistral Müller Nimbus Nordic Northgate
    Núñez Oak Oasis Ocean Olive Onyx Opal Orchid Orion Øresund Osprey Pacific Palma Pine Pioneer Polar Quartz
    Quill Raven Redwood Ridge River Rosé Sable Saffron Sage Šiška Sierra Silver Skyline Solstice Stone Summit
    Tempest Terra Thistle Tidal Umber Valle Vega Verde Vértice Willow Zenith Zürich
    """
)
_TRADES = _words(
    """
    Aerospace Analytics Architects Automotive Bank Biotech Brewing Capital Ceramics Clinics Construction
    Consulting Dairy Dental Education Electric Energy Engineering Fashion Finance Foods Foundation Freight
    Furniture Gaming Health Hotels Insurance Labs Legal Logistics Machinery Marine Media Metals Mining Mobility
    Museum Networks Optics Packaging Paper Partners Pharma Plastics Press Properties Rail Renewables Research
    Retail Robotics Security Shipping Software Solar Steel Studios Systems Telecom Textiles Tools Travel Trust
    University Ventures Water Wines
    """
)
FIRST_NAMES = _words(
    """
    Aisha Alba Anders Beatriz Bram Carla Céline Chen Dario Dilan Elena Emre Farah Fatima Greta Hugo Ines Ivan Jonas
    Julia Kaito Karim Lena Liam Lucía Marek Mia Nadia Noah Olga Omar Paula Pavel Rania Rosa Samir Sofia Tomás Uma
    Zoë
    """
)
LAST_NAMES = _words(
    """
    Abboud Andersen Bauer Bianchi Castro Costa Dubois Dvořák Eriksson Ferrari Fischer García Haddad Hansen Ito
    Jansen Kaya Keller Kowalski Lambert Larsen López Marino Martín Meyer Moreau Nowak O'Neill Okoye Öztürk Petrov
    Rossi Ruiz Sato Schmidt Silva Smith Visser Weber Yılmaz
    """
)
_FORMS = {
    "US": ("Inc.", "LLC", "Corp."),
    "CA": ("Ltd.", "Inc.", "Ltée"),
    "DE": ("GmbH", "AG"),
    "FR": ("SA", "SARL"),
    "ES": ("S.L.", "S.A."),
    "IT": ("S.p.A.", "S.r.l."),
    "NL": ("B.V.",),
    "PL": ("Sp. z o.o.",),
    "SE": ("AB",),
    "AE": ("FZE", "LLC"),
}


def company_name(number: int, country: str | None) -> str:
    """The name of the company with this number; no two alike, neighbours unlike."""
    if number < len(FAMOUS):
        return FAMOUS[number]
    combinations = len(_STEMS) * len(_TRADES)
    # A step that shares no factor with the number of combinations walks through all of them.
    stem, trade = divmod(number * 7919 % combinations, len(_TRADES))
    forms = _FORMS.get(country or "", ("Group",))
    round_of_names = number // combinations
    ordinal = f" {round_of_names + 1}" if round_of_names else ""
    return f"{_STEMS[stem]} {_TRADES[trade]}{ordinal} {forms[number % len(forms)]}"
