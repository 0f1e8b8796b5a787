"""Tenants: workspaces, users, memberships, teams, roles, tokens, and the fences between them."""
