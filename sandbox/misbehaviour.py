"""/sandbox/faults, limits and switches: making the sandbox a difficult Webex (FORMATS.md §3)."""

from dataclasses import asdict, fields

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.errors import BadRequest
from sandbox.faults import Fault, Faults, FrameFault, Limit, Limits, Lists, Per
from sandbox.resources import Json
from sandbox.rest import answer, json_body, no_content, only_known
from sandbox.switches import Switches

LONGEST_DELAY_MS = 600_000


class Misbehaviour:
    """What goes wrong, on command."""

    def __init__(self, faults: Faults, limits: Limits, switches: Switches) -> None:
        self._faults = faults
        self._limits = limits
        self._switches = switches

    def routes(self) -> list[Route]:
        """What is served here."""
        return [
            Route("/sandbox/faults", self.list_faults),
            Route("/sandbox/faults", self.add_fault, methods=["POST"]),
            Route("/sandbox/faults", self.clear_faults, methods=["DELETE"]),
            Route("/sandbox/limits", self.list_limits),
            Route("/sandbox/limits", self.set_limit, methods=["POST"]),
            Route("/sandbox/limits", self.clear_limits, methods=["DELETE"]),
            Route("/sandbox/switches", self.list_switches),
            Route("/sandbox/switches", self.set_switches, methods=["PATCH"]),
        ]

    async def list_faults(self, _request: Request) -> Response:
        """The faults that can still strike."""
        return answer({"items": [asdict(fault) for fault in self._faults.active if not fault.is_over]})

    async def add_fault(self, request: Request) -> Response:
        """One more fault."""
        fault = _fault(await json_body(request))
        self._faults.active.append(fault)
        return answer(asdict(fault))

    async def clear_faults(self, _request: Request) -> Response:
        """Behave again."""
        self._faults.active.clear()
        return no_content()

    async def list_limits(self, _request: Request) -> Response:
        """The rate limits in force."""
        return answer({"items": [asdict(limit) for limit in self._limits.active.values()]})

    async def set_limit(self, request: Request) -> Response:
        """Limit requests by room or by token, in place of the limit of that kind."""
        limit = _limit(await json_body(request))
        self._limits.set(limit)
        return answer(asdict(limit))

    async def clear_limits(self, _request: Request) -> Response:
        """No limits any more."""
        self._limits.clear()
        return no_content()

    async def list_switches(self, _request: Request) -> Response:
        """How the sandbox behaves where Webex's behaviour is unknown."""
        return answer(asdict(self._switches))

    async def set_switches(self, request: Request) -> Response:
        """Behave the other way."""
        body = await json_body(request)
        only_known(body, (field.name for field in fields(Switches)))
        for name, value in body.items():
            kind = type(getattr(self._switches, name))
            if type(value) is not kind:
                raise BadRequest(f"{name} must be of type {kind.__name__}.")
            setattr(self._switches, name, value)
        return answer(asdict(self._switches))


def _fault(body: Json) -> Fault:
    only_known(body, (field.name for field in fields(Fault)))
    fault = Fault(**{name: value for name, value in body.items() if value is not None})
    checks = {
        "method": fault.method is None or isinstance(fault.method, str),
        "path": isinstance(fault.path, str) and fault.path.startswith("/"),
        "status": fault.status is None or (type(fault.status) is int and 400 <= fault.status <= 599),
        "retry_after": fault.retry_after is None or _is_number(fault.retry_after),
        "times": fault.times is None or (type(fault.times) is int and fault.times >= 0),
        "seconds": fault.seconds is None or (_is_number(fault.seconds) and fault.seconds > 0),
        "probability": _is_number(fault.probability) and fault.probability <= 1,
        "delay_ms": _is_number(fault.delay_ms) and fault.delay_ms <= LONGEST_DELAY_MS,
        "carried_out": isinstance(fault.carried_out, bool),
        "cut_after_bytes": fault.cut_after_bytes is None
        or (type(fault.cut_after_bytes) is int and fault.cut_after_bytes >= 0),
        "lists": fault.lists is None or fault.lists in list(Lists),
        "frames": fault.frames is None or fault.frames in list(FrameFault),
    }
    _refuse_failed(checks)
    fault.lists = Lists(fault.lists) if fault.lists else None
    fault.frames = FrameFault(fault.frames) if fault.frames else None
    return fault


def _limit(body: Json) -> Limit:
    only_known(body, (field.name for field in fields(Limit)))
    per, count, seconds = body.get("per"), body.get("count"), body.get("seconds")
    checks = {
        "per": per in list(Per),
        "count": type(count) is int and count > 0,
        "seconds": _is_number(seconds) and bool(seconds),
    }
    _refuse_failed(checks)
    return Limit(Per(body["per"]), body["count"], float(body["seconds"]))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _refuse_failed(checks: dict[str, bool]) -> None:
    failed = [name for name, fine in checks.items() if not fine]
    if failed:
        raise BadRequest(f"Not understood: {', '.join(failed)}.")
