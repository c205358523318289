"""What can go wrong with Webex, for everything in bot/.

- WebexError: Webex did not do what was asked.
  - Refused: it never will, as it was asked (most of 4xx).
    - Absent: it is not for us (403).
      - NotFound: what was asked about is not there, or not for us to see (404).
    - TooLarge: a file has more bytes than are wanted.
  - Busy: it asks to wait (429, and 423 while something is locked).
  - Unavailable: it could not be reached, or failed (5xx).
    - TokenRefused: it does not know our access token (401); only a person can mend that.
"""

from collections.abc import Mapping

from notifications.channel import Absent, Busy, ChannelError, Refused, Unavailable

__all__ = [
    "Absent",
    "Busy",
    "NotFound",
    "Refused",
    "TokenRefused",
    "TooLarge",
    "Unavailable",
    "WebexError",
    "failure",
]

WebexError = ChannelError

DEFAULT_WAIT_SECONDS = 5.0
"""Where a Retry-After is missing or no number."""


class NotFound(Absent):
    """What was asked about is not there, or not for us to see."""


class TooLarge(Refused):
    """A file has more bytes than are wanted."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"larger than {limit_bytes} bytes")
        self.limit_bytes = limit_bytes


class TokenRefused(Unavailable):
    """Webex does not accept the access token."""

    def __init__(self) -> None:
        super().__init__("Webex refuses the access token", maybe_sent=False)


def failure(status: int, headers: Mapping[str, str], message: str) -> WebexError:
    """Say what an HTTP status of 400 or above means (Webex API reference, "API errors").

    A 503 says that nothing was done; after any other 5xx that is not certain.
    """
    reason = f"{status} {message}".strip()
    match status:
        case 401:
            return TokenRefused()
        case 403:
            return Absent(reason)
        case 404:
            return NotFound(reason)
        case 423 | 429:
            return Busy(_retry_after(headers))
        case _ if status >= 500 or status == 408:
            return Unavailable(reason, maybe_sent=status not in (408, 503))
        case _:
            return Refused(reason)


def _retry_after(headers: Mapping[str, str]) -> float:
    try:
        return max(0.0, float(headers.get("Retry-After", DEFAULT_WAIT_SECONDS)))
    except ValueError:
        return DEFAULT_WAIT_SECONDS
