"""Puts the sandbox's interfaces together into one ASGI application."""

import os
from collections.abc import Callable
from importlib import import_module
from random import Random

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from sandbox.access import Access
from sandbox.calling import Calling
from sandbox.changes import Changes
from sandbox.control import Control
from sandbox.deliveries import Deliveries
from sandbox.errors import ApiError, answer_error
from sandbox.faults import Faults, Limits, Served
from sandbox.feed import Feed
from sandbox.inventory import Inventory
from sandbox.live import Live
from sandbox.messaging import Messaging
from sandbox.middleware import FaultMiddleware
from sandbox.misbehaviour import Misbehaviour
from sandbox.oauth import OAuth
from sandbox.organizations import Organizations
from sandbox.page import Page
from sandbox.partner import Partner
from sandbox.people import People
from sandbox.reports import Reports
from sandbox.rooms import Rooms
from sandbox.sockets import Mercury
from sandbox.spoiling import Cut
from sandbox.switches import Switches
from sandbox.tables import Tables
from sandbox.tags import Tags
from sandbox.webhooks import Webhooks
from sandbox.world import World

MIDDLEWARE = "SANDBOX_MIDDLEWARE"
"""Environment variable: `module:name` of ASGI middleware to put around the sandbox, such as a recorder."""


def build_app(world: World, partner: Partner, feed_token: str, drop_sockets: Callable[[], int], cut: Cut) -> ASGIApp:
    """The application that shows this world; what is asked for most comes first."""
    switches, limits, served = Switches(), Limits(), Served()
    faults = Faults(Random(world.seed))  # noqa: S311  (repeatable by design)
    access, calling = Access(world, limits), Calling(world.seed)
    parts = (
        Messaging(world, access, switches),
        Rooms(world, access),
        People(world, partner, access),
        Webhooks(world, access, Deliveries(world, switches)),
        Mercury(world, access, faults, switches),
        Organizations(world, partner, access),
        Tags(world, partner, access),
        Inventory(world, partner, access),
        Reports(world, partner, access, Tables(calling, world.seed), switches),
        OAuth(world, access, switches),
        Feed(world, partner, calling, limits, feed_token),
        Live(world),
        Control(world, partner, served, drop_sockets),
        Changes(world, partner),
        Misbehaviour(faults, limits, switches),
        Page(world),
    )
    app = Starlette(
        routes=[route for part in parts for route in part.routes()],
        exception_handlers={ApiError: answer_error, HTTPException: answer_error},
    )
    app.router.redirect_slashes = False
    return _wrapped(FaultMiddleware(app, faults, served, cut))


def _wrapped(app: ASGIApp) -> ASGIApp:
    named = os.environ.get(MIDDLEWARE)
    if not named:
        return app
    module, _, name = named.partition(":")
    wrapped: ASGIApp = getattr(import_module(module), name)(app)
    return wrapped
