"""The funnel as it is read: filters, columns, cards, sums, conversion, forecast."""
