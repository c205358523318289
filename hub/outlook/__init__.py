"""What is kept ready for quick answers: outlines of customers and running licences, as of a day."""

from hub.outlook.keeping import keep, refresh, version
from hub.outlook.memory import remembered

__all__ = ["keep", "refresh", "remembered", "version"]
