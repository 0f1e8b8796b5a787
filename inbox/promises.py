"""How long a customer may wait for an answer before the clock beside the conversation warns."""

from datetime import timedelta

PROMISED_REPLY = timedelta(minutes=10)
RISK_AT = 0.7  # of the promised time
