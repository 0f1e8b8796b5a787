"""Conversations and messages: letterbox, sorter, routing, delivery and the agent's screen."""
