"""The chat on the customer's website: a channel that we serve ourselves."""
