"""The poller: asks the platforms for news where they cannot call us.

One task for each polled channel. What a platform tells goes through the letterbox; only then is the
cursor moved on, for moving it tells the platform to forget. A lease keeps two pollers off one
channel, since platforms allow one reader.
"""
