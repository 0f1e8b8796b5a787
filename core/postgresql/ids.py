"""Ids made inside a query, where rows are too many to be made in Python."""

from typing import Final

# A UUIDv7 for PostgreSQL before 18, which has uuidv7() of its own: a random UUID whose first 48
# bits are the milliseconds since 1970 and whose version, 4, gets two bits more (RFC 9562, 5.7).
UUID7: Final = """
    encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing
        substring(int8send(floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
        from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
"""
