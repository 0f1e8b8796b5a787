"""What marketing and sales promise each other, and whether they keep it."""
