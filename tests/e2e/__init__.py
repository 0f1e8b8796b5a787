"""The product as people see it: a running instance and a real browser."""
