"""The workshop's past year: what advertisements brought, who answered how soon, what was sold.

Drawn by the same dice each time, written in a few large inserts, and told to the journal, so that
its numbers come about like everybody's.
"""
