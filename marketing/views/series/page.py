"""One series: its steps with their numbers."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from channels_connectors.models import Channel
from core.http import see_other
from crm.models import Pipeline, Stage
from marketing.actions import delete_series, pause_series, start_series, stop_series
from marketing.actions.series_steps import steps_of
from marketing.models import Series
from marketing.reporting.money import WINDOWS, money_of, window_of
from marketing.series import reasons
from marketing.series.numbers import numbers_of, recipients_in, steps_with_numbers
from marketing.views.broadcasts.people import OF_DEALS, deals_page
from marketing.views.series.finding import find
from workspaces.permissions import Verb, can
from workspaces.requests import WorkspaceRequest, allowed

FRAME = "series-report"


@require_safe
@allowed(Verb.READ_BROADCASTS)
@vary_on_headers("Turbo-Frame")
def series(request: WorkspaceRequest, slug: str, series_id: UUID) -> HttpResponse:
    """The chain of steps; for its frame, the numbers alone."""
    one = find(request, series_id)
    days = window_of(request.GET.get("days"))
    currency = request.workspace.currency
    numbers = numbers_of([one.pk])[one.pk]
    steps = steps_with_numbers(one, steps_of(one))
    order = [UUID(str(pk)) for pk in one.channels]
    known = Channel.objects.filter(pk__in=order).defer("credentials").in_bulk()
    context = {
        "slug": slug,
        "series": one,
        "numbers": numbers,
        "money": money_of(recipients_in(one), days, currency) if one.started_at else None,
        "days": days,
        "windows": WINDOWS,
        "here_url": reverse("series:series", args=[slug, one.pk]),
        "deals_url": reverse("series:deals", args=[slug, one.pk]),
        "left": sorted(
            (
                (reason, reasons.words_of(reason), count)
                for reason, count in numbers.left.items()
                if reason != reasons.FINISHED and reason not in reasons.GOALS
            ),
            key=lambda row: -row[2],
        ),
        "reached": [
            (kind, reasons.GOALS[kind], numbers.left.get(kind, 0))
            for kind in dict.fromkeys(goal["kind"] for goal in one.goals)
        ],
        "steps": [
            (
                row,
                [reasons.REQUIRES[word] for word in row.step.requires if word in reasons.REQUIRES],
            )
            for row in steps
        ],
        "live": " ".join(f"broadcast:{row.step.broadcast_id}" for row in steps),
        "channels": [known[pk] for pk in order if pk in known],
        "trigger_words": trigger_words(one),
        "can_write": can(request.membership, Verb.WRITE_BROADCASTS) and not one.is_over,
        "can_launch": can(request.membership, Verb.LAUNCH_BROADCASTS),
    }
    is_frame = request.headers.get("Turbo-Frame") == FRAME
    return render(request, f"marketing/series/{'_series' if is_frame else 'series'}.html", context)


@require_safe
@allowed(Verb.READ_BROADCASTS)
def deals(request: WorkspaceRequest, slug: str, series_id: UUID) -> HttpResponse:
    """The deals behind the money of a series."""
    one = find(request, series_id)
    asked = str(request.GET.get("figure"))
    context = {
        "slug": slug,
        "name": one.name,
        "here": reverse("series:deals", args=[slug, one.pk]),
        "back": reverse("series:series", args=[slug, one.pk]),
    }
    asked = asked if asked in OF_DEALS else "deals"
    return deals_page(request, recipients_in(one), asked, context)


def trigger_words(series: Series) -> str:
    """Who comes in, in words."""
    words = str(Series.Trigger(series.trigger).label)
    settings = series.trigger_settings
    about: list[str] = []
    if series.segment is not None:
        about.append(series.segment.name)
    if settings.get("stage"):
        about += Stage.objects.filter(pk=settings["stage"]).values_list("name", flat=True)
    if settings.get("pipeline"):
        about += Pipeline.objects.filter(pk=settings["pipeline"]).values_list("name", flat=True)
    if settings.get("channel"):
        about += Channel.objects.filter(pk=settings["channel"]).values_list("name", flat=True)
    if settings.get("label"):
        about.append(settings["label"])
    return f"{words}: {', '.join(about)}" if about else words


def _verb(verb: Callable[..., Any], right: Verb, done: Any = None) -> Callable[..., HttpResponse]:
    @require_POST
    @allowed(right)
    def view(request: WorkspaceRequest, slug: str, series_id: UUID) -> HttpResponse:
        one = find(request, series_id)
        try:
            verb(one, by=request.membership)
        except ValidationError as error:
            messages.warning(request, error.messages[0])
        else:
            if done is not None:
                messages.success(request, str(done()))
                return see_other("series:index", slug)
        return see_other("series:series", slug, one.pk)

    return view


start = _verb(start_series, Verb.LAUNCH_BROADCASTS)
pause = _verb(pause_series, Verb.LAUNCH_BROADCASTS)
stop = _verb(stop_series, Verb.LAUNCH_BROADCASTS)
deletion = _verb(delete_series, Verb.WRITE_BROADCASTS, lambda: _("The series is deleted"))
