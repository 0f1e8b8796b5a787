"""No domain: ids, secrets, safe HTTP, Redis, the database backend, template tags."""
