"""The registry as a page of the documentation."""

from typing import Final

from django.utils import translation

from analytics.attribution.weights import DEFAULT, MODELS
from analytics.metrics.cells import MEASURES
from analytics.metrics.metric import Metric
from analytics.metrics.registry import METRICS
from analytics.reports.catalogue import REPORTS

_HEAD: Final = """# Metrics

Written by `metrics_page` from `analytics/metrics/`, which reports, tooltips and drill-downs read.
Ratios are fractions and are computed after their parts are added up; a denominator of zero gives
null. Durations are seconds, medians and p90 come from histograms and are right to 2 %. Money is in
the workspace's currency, or with `currency` in another one, by the rate of the day on which it
counts; what has no rate is left out, and the coverage says how much it is.

Two date bases: by the date of the lead (`base=birth`: whatever becomes of a deal counts on the day
of its birth) and by the date of the event (`base=event`). "report" after *date* means that the
report's base decides. Where credit is divided, `model` names how: {models}; without it
`{default}`.
"""
_MEASURES: Final = """## Measures

What formulas are made of: sums over facts.

| measure | facts |
| --- | --- |
"""


def page() -> str:
    """The whole page, in Markdown."""
    with translation.override("en"):
        english = {key: str(one.definition) for key, one in METRICS.items()}
    with translation.override("ru"):
        russian = {key: str(one.definition) for key, one in METRICS.items()}
    models = ", ".join(f"`{model}`" for model in MODELS)
    parts = [_HEAD.format(models=models, default=DEFAULT)]
    for name, report in REPORTS.items():
        metrics = [one for one in METRICS.values() if name in one.reports]
        groups = ", ".join(f"`{group}`" for group in report.groups) or "none"
        parts.append(f"## reports/{name}/\n\nGroups: {groups}.")
        if metrics:
            parts.append("Metrics: " + ", ".join(f"`{one.key}`" for one in metrics) + ".")
    parts.append("## Definitions")
    parts += [_one(one, english[one.key], russian[one.key]) for one in METRICS.values()]
    parts.append(_MEASURES + "\n".join(_measure(name) for name in MEASURES))
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _one(metric: Metric, english: str, russian: str) -> str:
    date = {"birth": "report", "event": "event", "now": "now"}[metric.base]
    divided = ", credit divided by model" if metric.attributed else ""
    facts = f"`{metric.formula}` · {metric.unit.value} · date: {date}{divided}"
    return f"### `{metric.key}`\n\n{facts}\n\n{english}\n\n{russian}"


def _measure(name: str) -> str:
    terms = (_term(kind, column, sign) for (kind, column), sign in MEASURES[name].items())
    return f"| `{name}` | {' '.join(terms)} |"


def _term(kind: str, column: str, sign: int) -> str:
    return f"{'+' if sign > 0 else '−'} {kind}.{column}"
