"""Structured logs on stderr: one line an event, each with an `action`; never message text, inputs or tokens."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from hub.measures import PROBLEMS

_NOISY = ("webex_bot", "webexpythonsdk", "httpx", "httpcore", "urllib3", "websockets", "backoff", "apscheduler")
"""Libraries that log addresses or contents at INFO."""


def configure(*, quiet: bool = False) -> None:
    """Set up logging once; `quiet` shows warnings and errors only."""
    level = logging.WARNING if quiet else logging.INFO
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s", force=True
    )
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            _count,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
            if sys.stderr.isatty()
            else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _count(_logger: object, level: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if level in ("warning", "error", "critical"):
        PROBLEMS.labels(level, str(line.get("action", "none"))).inc()
    return line
