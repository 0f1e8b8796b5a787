"""The page of metrics says what the registry says."""

from io import StringIO

from django.conf import settings
from django.core.management import call_command

from analytics.metrics import METRICS
from analytics.metrics.cells import MEASURES
from analytics.reports.catalogue import REPORTS


def test_the_page_is_the_registry():
    told = StringIO()
    call_command("metrics_page", check=True, stdout=told)
    assert told.getvalue().strip() == "same", "Run bin/manage metrics_page."


def test_the_page_names_every_metric():
    page = (settings.BASE_DIR / "docs" / "metrics.md").read_text(encoding="utf-8")
    assert [key for key in METRICS if f"### `{key}`" not in page] == []


def test_metrics_are_made_of_measures_and_shown_in_reports():
    for one in METRICS.values():
        assert set(one.reports) <= set(REPORTS)
        assert one.percentile or one.counted_as or one.numerator in MEASURES
        assert not one.denominator or one.denominator in MEASURES
