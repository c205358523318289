"""A local Webex: messaging, websocket and partner interfaces, a synthetic partner and a chat page."""
