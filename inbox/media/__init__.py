"""Bringing what customers sent into our own store: files of messages, pictures of people.

A row says what is to be fetched and when; tasks only poke. Nothing is fetched inside a transaction.
"""
