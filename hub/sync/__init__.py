"""Reading the sources into the database: Webex's partner interfaces and, where there is one, the feed.

A source that fails, or tells what cannot be believed, changes nothing: the last state stays and its row in `source`
says what is wrong.
"""

from hub.sync.doubt import decide
from hub.sync.freshness import Freshness, grace, late
from hub.sync.licences import oldest_licences
from hub.sync.pace import Pace
from hub.sync.running import EVERY, SyncResult, sync

__all__ = ["EVERY", "Freshness", "Pace", "SyncResult", "decide", "grace", "late", "oldest_licences", "sync"]
