"""Starting a trial: a form, checked when it is sent, and the trial it asks for."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from babel import Locale

from commands.context import Context
from commands.errors import CommandError
from commands.parameters import CustomerName
from commands.registry import command
from commands.reply import Reply
from hub import trials as hub_trials
from hub.access import Needs
from hub.customers import MatchKind, find
from hub.errors import Conflict, Rejected
from hub.trials import COUNTRIES, DURATIONS, FieldProblem, Problem, TrialRequest
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


@command(
    "trial start",
    aliases=["prueba iniciar", "iniciar prueba"],
    summary=N_("Start a trial: a form for company, country, products and days"),
    needs=Needs.CHANGE,
    examples=["trial start", "trial start Acme"],
)
def trial_start(ctx: Context, company: CustomerName = "") -> Reply:
    """Show the form, with the company filled in where a customer is named."""
    filled = {"company": _name_of(ctx, company) if company else "", "days": str(DURATIONS[0]), "notify_admin": "true"}
    return _form(ctx, filled, form_id=ctx.request_id, problems=())


@command(
    "trial submit",
    summary=N_("Start the trial that a form asks for"),
    needs=Needs.CHANGE,
    examples=["trial start"],
    effects=True,
    shown=False,
)
def trial_submit(ctx: Context) -> Reply:
    """Check a filled form and start its trial, once however often it is sent; an error gives the form back as filled."""
    form_id = ctx.inputs.get("form_id", "")
    if not form_id:
        raise CommandError(
            N_("This belongs to the form of a trial."), hint=N_("Open it with: trial start"), suggestions=["trial start"]
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
