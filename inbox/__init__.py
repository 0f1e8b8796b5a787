"""Conversations and messages: the letterbox, the sorter, routing, delivery and the agent's screen."""
