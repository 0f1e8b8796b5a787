"""Settings of sales, a page a module."""
