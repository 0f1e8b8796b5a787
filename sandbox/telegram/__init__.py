"""A stateful stand-in of the Telegram Bot API."""
