"""Stand-ins of messengers that speak their real HTTP protocols, for tests, the demo and benchmarks.

Nothing of Tandem is imported here, and nothing of Tandem imports this.
"""
