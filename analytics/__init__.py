"""Facts, rollups and reports: one set of numbers for marketing and sales."""
