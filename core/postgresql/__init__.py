"""Django's PostgreSQL backend, stepping down to a role that owns nothing."""
