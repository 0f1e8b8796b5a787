"""Gives new conversations to members who are at work. Who hears of it: `inbox.subscriptions`."""
