"""The bot's webhooks at Webex: made, kept up to date and revived; those of others are left alone."""

import structlog

from bot.webex import Webex

log = structlog.get_logger()

WANTED = (
    ("messages", "created"),
    ("attachmentActions", "created"),
    ("memberships", "created"),
    ("memberships", "deleted"),
    ("rooms", "migrated"),
)
NAME = "Partner Hub Bot: {} {}"
"""A webhook of this name, and of this bot's token, is ours; no other is touched."""


def register(webex: Webex, url: str, secret: str) -> None:
    """See to it that Webex tells this address what the bot wants to know.

    Webex never says which secret it holds, so that is set anew whenever it is called.

    Raises:
        WebexError: Webex does not do it; what was done stays, and the next call goes on.
    """
    known = webex.webhooks()
    for resource, event in WANTED:
        name = NAME.format(resource, event)
        own = [each for each in known if each.name == name and (each.resource, each.event) == (resource, event)]
        if not own:
            webex.add_webhook(name, url, resource, event, secret)
            log.info("a webhook was made", action="webhook", about=f"{resource}:{event}")
        for webhook in own[:1]:
            webex.change_webhook(webhook.id, name, url, secret)
            if not webhook.is_active:
                log.warning("a webhook was inactive", action="webhook", about=f"{resource}:{event}")
        for webhook in own[1:]:
            webex.delete_webhook(webhook.id)
