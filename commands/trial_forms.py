"""The forms of trials: what they ask for, how they are given back, and how what was filled in is read."""

import re
from collections.abc import Iterable, Mapping

from babel import Locale

from commands.context import Context
from commands.reply import Reply
from hub.customers import MatchKind, find
from hub.names import fold
from hub.trials import DURATIONS, MOST_LICENCES, Problem, Trial, TrialRequest
from templates.catalogue import N_
from templates.texts import Texts

PRODUCTS = ("Meetings", "Calling", "Messaging", "Contact Center", "Devices")
"""Products that can be tried, in the order of the form."""

VERTICALS = {
    "education": N_("Education"),
    "finance": N_("Finance"),
    "government": N_("Government"),
    "healthcare": N_("Health care"),
    "manufacturing": N_("Manufacturing"),
    "professional_services": N_("Professional services"),
    "retail": N_("Retail"),
    "technology": N_("Technology"),
    "other": N_("Other"),
}
"""Business verticals by the code that is sent."""

_NO_COUNTRIES = frozenset({"AC", "CP", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"})
"""Codes of two letters in Babel's list that ISO 3166-1 does not assign to a country."""

EXISTS = "exists"
"""A problem that is not in the form but in the world: the company has a trial."""

_PROBLEMS: Mapping[str, str] = {
    Problem.REQUIRED: N_("Please fill this in."),
    Problem.TOO_LONG: N_("This is too long."),
    Problem.EMAIL: N_("This is no e-mail address."),
    Problem.COUNTRY: N_("Choose a country."),
    Problem.DAYS: N_("Choose 30, 60 or 90 days."),
    Problem.COUNT: N_("Give a whole number of licences, at most 100,000."),
    Problem.NO_PRODUCT: N_("Give at least one product a number of licences."),
    Problem.SITE: N_("Meetings needs a site, such as acme.webex.com."),
    Problem.ZONE: N_("Meetings needs a time zone, such as Europe/Madrid."),
    EXISTS: N_("This company has a trial already, so I started none."),
}

_FIELDS = {
    "company": N_("Company"),
    "admin_email": N_("Administrator's e-mail"),
    "vertical": N_("Business vertical"),
    "country": N_("Country"),
    "products": N_("Licences"),
    "site_url": N_("Meeting site"),
    "time_zone": N_("Time zone"),
    "days": N_("Days"),
    "notify_admin": N_("Tell the administrator by e-mail"),
}
"""Fields of the form by the name the feed gives them."""


def start_form(ctx: Context, filled: Mapping[str, str], *, form_id: str, problems: Mapping[str, str]) -> Reply:
    """Show the form that starts a trial, with what was filled in, and what is wrong with it."""
    shown = {*_FIELDS, *(f"products.{product}" for product in PRODUCTS)} - {"notify_admin"}
    return Reply(
        "trial_form",
        view={
            "form_id": form_id,
            "filled": filled,
            "problems": said(problems, ctx.texts),
            "others": _others(problems, shown, ctx.texts),
            "names": {field: ctx.texts(name) for field, name in _FIELDS.items()},
            "verticals": [(code, ctx.texts(name)) for code, name in VERTICALS.items()],
            "countries": countries(ctx.texts),
            "products": [
                (product, input_of(product), _number(filled.get(input_of(product), ""))) for product in PRODUCTS
            ],
            "most": MOST_LICENCES,
            "durations": [(str(days), ctx.texts.count("%(n)s day", "%(n)s days", days)) for days in DURATIONS],
            "starts": ctx.services.feed is not None,
            "partner_hub": ctx.services.control_hub,
        },
        data=lambda: {"problems": dict(problems)},
    )


def change_form(ctx: Context, trial: Trial, filled: Mapping[str, str], problems: Mapping[str, str]) -> Reply:
    """Show the form that changes a trial's licences."""
    held = {input_of(each.product): str(each.total or 0) for each in trial.counts}
    products = products_of(trial)
    return Reply(
        "trial_change",
        view={
            "trial": trial,
            "assigned": [(each.product, each.assigned) for each in trial.counts],
            "problems": said(problems, ctx.texts),
            "others": _others(problems, {"products", *(f"products.{product}" for product in products)}, ctx.texts),
            "products": [
                (product, input_of(product), _number(filled.get(input_of(product), held.get(input_of(product), ""))))
                for product in products
            ],
            "most": MOST_LICENCES,
            "example": f"trial change {trial.subscription_id} {_slug(products[0])}=25",
        },
        data=lambda: {"subscription_id": trial.subscription_id, "problems": dict(problems)},
    )


def products_of(trial: Trial) -> list[str]:
    """Return the products that a trial may hold: those that can be tried, and those it holds."""
    return list(dict.fromkeys([*PRODUCTS, *trial.products]))


def starting(ctx: Context, company: str) -> Mapping[str, str]:
    """Return how an empty form is filled; a customer's name is spelled as it is known."""
    with ctx.read() as session:
        match = find(session, ctx.scope, company) if company else None
    name = match.rows[0].customer if match and match.kind is MatchKind.EXACT else company
    return {"company": name, "days": str(DURATIONS[0]), "notify_admin": "true", "time_zone": ctx.texts.zone}


def read_request(inputs: Mapping[str, str]) -> TrialRequest:
    """Read a filled form.

    Raises:
        Rejected: naming each field that is wrong.
    """
    return TrialRequest.read(
        company=inputs.get("company", ""),
        admin_email=inputs.get("admin_email", ""),
        vertical=inputs.get("vertical", ""),
        country=inputs.get("country", ""),
        products={product: inputs.get(input_of(product), "") for product in PRODUCTS},
        days=inputs.get("days", ""),
        site_url=inputs.get("site_url", ""),
        time_zone=inputs.get("time_zone", ""),
        notify_admin=inputs.get("notify_admin") == "true",
    )


def facts_of(request: TrialRequest, texts: Texts) -> list[tuple[str, str]]:
    """Return what was asked for, by name, in the order of the form."""
    yes = texts(N_("yes")) if request.notify_admin else texts(N_("no"))
    facts = [
        ("company", request.company),
        ("admin_email", request.admin_email),
        ("vertical", texts(VERTICALS[request.vertical]) if request.vertical in VERTICALS else request.vertical),
        ("country", dict(countries(texts)).get(request.country, request.country)),
        ("products", licences(dict(request.products), texts)),
        ("site_url", request.site_url or ""),
        ("time_zone", request.time_zone or ""),
        ("days", texts.number(request.days)),
        ("notify_admin", yes),
    ]
    return [(texts(_FIELDS[field]), value) for field, value in facts if value]


def licences(products: Mapping[str, int | None], texts: Texts) -> str:
    """Say how many licences of which products: `Calling 25, Devices 3`."""
    return ", ".join(f"{product} {texts.number(total)}" for product, total in products.items())


def input_of(product: str) -> str:
    """Return the name of a product's input."""
    return f"total_{_slug(product)}"


def slug_of(product: str) -> str:
    """Return how a product is typed before `=25`."""
    return _slug(product)


def said(problems: Mapping[str, str], texts: Texts) -> dict[str, str]:
    """Say problems in words; those of the feed come in its own."""
    return {field: texts(_PROBLEMS[each]) if each in _PROBLEMS else each for field, each in problems.items()}


def countries(texts: Texts) -> list[tuple[str, str]]:
    """ISO 3166 codes and names in the reader's language, by name."""
    names = Locale.parse(texts.language).territories
    codes = (code for code in map(str, names) if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES)
    return sorted(((code, str(names[code])) for code in codes), key=lambda pair: fold(pair[1]))


def _others(problems: Mapping[str, str], shown: Iterable[str], texts: Texts) -> list[str]:
    """Problems of fields that the form does not show."""
    return [text for field, text in said(problems, texts).items() if field not in set(shown)]


def _slug(product: str) -> str:
    return re.sub(r"[^\w]+", "_", fold(product))


def _number(typed: str) -> int:
    """An empty number field with bounds does not count as filled in, so one that is not wanted holds 0."""
    return min(int(typed), MOST_LICENCES) if typed.isdecimal() else 0
