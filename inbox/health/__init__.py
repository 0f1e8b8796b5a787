"""How the channels are: platforms are asked every few minutes, and what they say becomes a state,
words for the admin, an alert once per incident, and the all-clear."""
