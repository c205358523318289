"""What goes wrong between us and the sources.

HubError
├── SourceError         a source did not do what was asked
│   ├── Unavailable     it did not answer, or not as documented; later it may
│   │   └── NotFound    it has no such thing
│   ├── TokenRefused    it does not accept our token
│   └── NotAllowed      our token may not do this
├── Conflict            what is to be made exists already
└── Rejected            fields of what was asked are wrong; names each
"""

from collections.abc import Mapping


class HubError(Exception):
    """Anything expected that goes wrong here."""


class SourceError(HubError):
    """A source (`Webex`, `The feed`) did not do what was asked."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source}: {reason}")
        self.source = source
        self.reason = reason


class Unavailable(SourceError):
    """It did not answer, or not as documented; later it may."""


class NotFound(Unavailable):
    """It has no such thing."""


class TokenRefused(SourceError):
    """It does not accept our token."""

    def __init__(self, source: str, setting: str) -> None:
        super().__init__(source, f"it does not accept the token; put a valid one into {setting}")


class NotAllowed(SourceError):
    """Our token may not do this."""


class Conflict(HubError):
    """What is to be made exists already."""


class Rejected(HubError):
    """Fields are wrong: `problems` says by field what, in a code or in the source's own words."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(", ".join(f"{field}: {problem}" for field, problem in problems.items()))
        self.problems = problems
