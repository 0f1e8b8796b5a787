"""Broadcasts side by side."""

from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from core.http import see_other
from marketing.models import Broadcast
from marketing.reporting.exporting import export_summary
from marketing.reporting.figures import LABELS
from marketing.reporting.money import WINDOWS, window_of
from marketing.reporting.summary import compared
from workspaces.permissions import Verb, can
from workspaces.requests import WorkspaceRequest, allowed

MOST = 8
OFFERED = 100
# What is worth comparing, as it follows from each other.
WELCOME = {"delivered", "read", "answered", "clicked"}
SHOWN = ("sent", "delivered", "read", "answered", "clicked", "unsubscribed", "failed", "skipped")


@require_safe
@allowed(Verb.READ_BROADCASTS)
def comparison(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """Those that the address names; a form to choose them."""
    broadcasts = _chosen(request, request.GET)
    days = window_of(request.GET.get("days"))
    launched = Broadcast.objects.visible_to(request.membership).exclude(launched_at=None)
    rows = compared(broadcasts, days)
    context = {
        "slug": slug,
        "columns": [one for one, *_ in rows],
        "lines": [
            {
                "name": name,
                "label": LABELS[name],
                "cells": [(one, told.figures[name], told.shares[name]) for one, told, _ in rows],
                "best": max((told.shares[name] or 0 for _, told, _ in rows), default=0)
                if name in WELCOME
                else 0,
            }
            for name in SHOWN
        ],
        "money": [(one, money) for one, _, money in rows],
        "has_untold": any(told.untold for _, told, _ in rows),
        "is_partly_told": any(told.is_partly_told for _, told, _ in rows),
        "offered": launched.order_by("-launched_at")[:OFFERED],
        "chosen": {one.pk for one in broadcasts},
        "days": days,
        "windows": WINDOWS,
        "most": MOST,
        "can_export": can(request.membership, Verb.EXPORT_CONTACTS),
    }
    return render(request, "marketing/broadcasts/comparison.html", context)


@require_POST
@allowed(Verb.EXPORT_CONTACTS)
def export(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """A file with a line for each of them."""
    broadcasts = _chosen(request, request.POST)
    form = "csv" if request.POST.get("format") == "csv" else "xlsx"
    days = window_of(request.POST.get("days"))
    job = export_summary(broadcasts, days, form=form, by=request.membership)
    return see_other("contacts:job", slug, job.pk)


def _chosen(request: WorkspaceRequest, asked: QueryDict) -> list[Broadcast]:
    """Those that are named and that the member sees, in the order in which they are named."""
    ids: list[UUID] = []
    for text in asked.getlist("broadcast"):
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    rows = Broadcast.objects.visible_to(request.membership).in_bulk(list(dict.fromkeys(ids))[:MOST])
    return [rows[pk] for pk in dict.fromkeys(ids) if pk in rows]
