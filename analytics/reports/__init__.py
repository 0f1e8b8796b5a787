"""The reports, over the metrics' registry and the rollups."""
