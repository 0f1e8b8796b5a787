"""The journal: one row for every fact, written in the transaction of the change it tells of."""
