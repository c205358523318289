"""Where Webex's behaviour is unknown or varies, the sandbox can behave either way."""

from dataclasses import dataclass


@dataclass
class Switches:
    """The sandbox's habits; changed by `PATCH /sandbox/switches`."""

    redeliver_acknowledged: bool = False
    """A reconnected socket gets the acknowledged activities of the last 15 minutes again too."""
    echo_own_posts: bool = False
    """A bot's socket gets the bot's own posts in 1:1 rooms too, their actor of type BOT."""
    refuse_reply_to_reply: bool = False
    """A `parentId` that is itself a reply is refused instead of being resolved to the thread's root."""
    card_limit_bytes: int = 22_000
    """The size of a card's JSON; Webex's real limit is not published."""
    file_limit_bytes: int = 100 * 2**20
    """The size of a file (100 MB)."""
    refuse_file_with_card: bool = False
    """A file and a card in one message are refused; whether Webex does is not confirmed (WEBEX.md §1)."""
    report_polls: int = 2
    """How often a report's details must be asked for until it is done; ten minutes of the clock do as well."""
    fail_reports: bool = False
    """Reports end as `failed` instead of `done`; Webex's word for it is not documented."""
    access_token_seconds: int = 14 * 86_400
    """The life of an access token that was renewed."""
    rotate_refresh_tokens: bool = False
    """Renewing gives another refresh token, and the old one is worth nothing any more."""
    webhook_failures: int = 5
    """After so many failures in a row a webhook is deactivated; Webex's number is not published."""
