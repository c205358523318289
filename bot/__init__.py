"""The running service and its Webex side."""
