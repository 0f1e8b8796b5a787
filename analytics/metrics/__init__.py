"""The one list of what is measured, and how. Reports, tooltips, drill-downs and the documentation
read it; nothing is defined a second time."""

from analytics.metrics.cells import Cell
from analytics.metrics.metric import Metric, Unit
from analytics.metrics.registry import METRICS, metric, metrics_of

__all__ = ["METRICS", "Cell", "Metric", "Unit", "metric", "metrics_of"]
