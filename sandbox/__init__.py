"""A local Webex with a synthetic partner: messaging, websocket, partner interfaces, a chat page."""
