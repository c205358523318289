"""Starting a trial: a form, checked when it is sent, and the trial it asks for."""

from collections.abc import Mapping

from babel import Locale

from commands.context import Context
from commands.errors import CommandError
from commands.parameters import CustomerName
from commands.registry import command
from commands.reply import Reply
from hub import trials as hub_trials
from hub.customers import MatchKind, find
from hub.errors import Conflict, Rejected
from hub.names import fold
from hub.trials import DURATIONS, Problem, TrialRequest
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
}


@command(
    "trial start",
    aliases=["prueba iniciar", "iniciar prueba"],
    summary=N_("Start a trial: a form for company, country, products and days"),
    examples=["trial start", "trial start Acme"],
)
def trial_start(ctx: Context, company: CustomerName = "") -> Reply:
    """Show the form, with the company filled in where a customer is named."""
    filled = {"company": _name_of(ctx, company) if company else "", "days": str(DURATIONS[0]), "notify_admin": "true"}
    return _form(ctx, filled, form_id=ctx.request_id, problems={})


@command(
    "trial submit",
    summary=N_("Start the trial that a form asks for"),
    examples=["trial start"],
    effects=True,
    shown=False,
)
def trial_submit(ctx: Context) -> Reply:
    """Check a filled form and start its trial, once however often it is sent; an error gives it back as filled."""
    form_id = ctx.inputs.get("form_id", "")
    if not form_id:
        raise CommandError(
            N_("This belongs to the form of a trial."),
            hint=N_("Open it with: trial start"),
            suggestions=["trial start"],
        )
    if ctx.services.feed is None:
        raise CommandError(
            N_("No feed is configured, so trials are started in Partner Hub: Customers, Start Trial."),
            hint=N_("%(address)s opens it. The new customer shows up here after the next sync."),
            address=ctx.services.control_hub,
        )
    try:
        request = _request(ctx.inputs)
        started = hub_trials.start(
            ctx.services.database,
            ctx.services.feed,
            request,
            idempotency_key=f"trial:{form_id}",
            who=ctx.person.email,
            now=ctx.now,
            room_id=ctx.space.room_id or None,
        )
    except Rejected as error:
        return _form(ctx, ctx.inputs, form_id=form_id, problems=error.problems)
    except Conflict as error:
        raise CommandError(
            N_("“%(company)s” has a trial already, so I started none."),
            hint=N_("Look at it with: customer %(company)s"),
            suggestions=[f"customer {request.company}"],
            company=request.company,
        ) from error
    return Reply(
        "trial_started",
        view={
            "company": request.company,
            "trial": started,
            "products": [(product, total) for product, total in request.products],
            "notified": request.admin_email if request.notify_admin else None,
        },
        data=lambda: {
            "customer": request.company,
            "org_id": started.org_id,
            "subscription_id": started.subscription_id,
            "end_date": started.end_date,
            "products": [{"product": product, "total": total} for product, total in request.products],
        },
    )


def _name_of(ctx: Context, typed: str) -> str:
    """The customer's name as it is spelled, or what was typed: a trial may make a new customer."""
    with ctx.read() as session:
        match = find(session, ctx.scope, typed)
    return match.rows[0].customer if match.kind is MatchKind.EXACT else typed


def _request(inputs: Mapping[str, str]) -> TrialRequest:
    """Read a filled form.

    Raises:
        Rejected: naming each field that is wrong.
    """
    return TrialRequest.read(
        company=inputs.get("company", ""),
        admin_email=inputs.get("admin_email", ""),
        vertical=inputs.get("vertical", ""),
        country=inputs.get("country", ""),
        products={product: inputs.get(_input_of(product), "") for product in PRODUCTS},
        days=inputs.get("days", ""),
        site_url=inputs.get("site_url", ""),
        time_zone=inputs.get("time_zone", ""),
        notify_admin=inputs.get("notify_admin") == "true",
    )


def _form(ctx: Context, filled: Mapping[str, str], *, form_id: str, problems: Mapping[str, str]) -> Reply:
    """Show the form with what was filled in, and what is wrong with it."""
    return Reply(
        "trial_form",
        view={
            "form_id": form_id,
            "filled": filled,
            "problems": {
                field: ctx.texts(_PROBLEMS[problem]) if problem in _PROBLEMS else problem
                for field, problem in problems.items()
            },
            "verticals": [(code, ctx.texts(name)) for code, name in VERTICALS.items()],
            "countries": _countries(ctx.texts),
            "products": [(product, _input_of(product)) for product in PRODUCTS],
            "numbers": {_input_of(product): _number(filled.get(_input_of(product), "")) for product in PRODUCTS},
            "durations": DURATIONS,
            "partner_hub": ctx.services.control_hub,
        },
        data=lambda: {"problems": dict(problems)},
    )


def _input_of(product: str) -> str:
    return "total_" + product.lower().replace(" ", "_")


def _number(typed: str) -> int:
    """An empty number field with bounds does not count as filled in, so one that is not wanted holds 0."""
    return int(typed) if typed.isdecimal() else 0


def _countries(texts: Texts) -> list[tuple[str, str]]:
    """ISO 3166 codes and names in the reader's language, by name."""
    names = Locale.parse(texts.language).territories
    codes = (code for code in map(str, names) if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES)
    return sorted(((code, str(names[code])) for code in codes), key=lambda pair: fold(pair[1]))


COMMANDS = (trial_start, trial_submit)
