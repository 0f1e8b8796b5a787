"""Where a saved report stands."""

from django.urls import reverse
from django.utils.http import urlencode

from analytics.models import SavedReport


def address_of(slug: str, saved: SavedReport) -> str:
    """Its page, as it was saved, with the mark of which one it is."""
    page = reverse("reports:report", args=[slug, saved.report])
    return f"{page}?{urlencode({**saved.parameters, 'saved': str(saved.pk)})}"
