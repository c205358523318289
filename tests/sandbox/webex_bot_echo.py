"""webex_bot as its authors ship it, with its echo command, against a sandbox: URL and token are the arguments.

Only addresses are changed, as WEBEX.md §10 describes: the catalogue's, the REST base, and no TLS for a ws:// URL.
"""

import functools
import sys

from webex_bot.commands.echo import EchoCommand
from webex_bot.webex_bot import WebexBot
from webex_bot.websockets import webex_websocket_client as client
from webexpythonsdk import WebexAPI

url, token = sys.argv[1:]
client.ssl_context = None
client.DEFAULT_U2C_URL = f"{url}/u2c/api/v1/catalog"
client.WebexAPI = functools.partial(WebexAPI, base_url=f"{url}/v1/")
bot = WebexBot(token, log_level="WARNING")
bot.add_command(EchoCommand())
bot.run()
