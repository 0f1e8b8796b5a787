"""The sorter: turns stored envelopes into conversations, in a loop process of its own.

One transaction takes a batch of one channel's envelopes, parses them, sorts what they say by the
platform's time and order, and writes all of it with set-based SQL: the number of statements does
not depend on the number of messages.
"""
