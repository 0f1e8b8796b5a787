"""The page of tasks: one's day, a week, and how many are waiting."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from core.http import see_other
from crm import my_day
from crm.models import Task
from crm.my_day import Filters
from crm.reminders import set_email, wants_email
from crm.views import task_deeds
from crm.views.task_places import editing, shared
from workspaces.permissions import Verb, require
from workspaces.requests import WorkspaceRequest

FRAME = "Turbo-Frame"


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers(FRAME)
def index(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """GET: the tasks by when they are due, or by the days of a week. POST: one more."""
    if request.method == "POST":
        return task_deeds.create(request)
    require(request.membership, Verb.READ_DEALS)
    filters = Filters.from_address(request.GET)
    is_week = filters.view == "week"
    groups = (my_day.week if is_week else my_day.groups)(filters, request.membership)
    tasks = [task for group in groups for task in group.tasks]
    home = reverse("tasks:index", args=[slug])
    context = {
        "filters": filters,
        "groups": groups,
        "is_empty": not tasks,
        "kinds": Task.Kind.choices,
        "whose": my_day.WHOSE,
        "about": my_day.ABOUT,
        "tabs": [
            {"key": key, "label": label, "address": filters.address(view=key, week=0)}
            for key, label in my_day.VIEWS.items()
        ],
        "earlier": filters.address(week=filters.week - 1),
        "later": filters.address(week=filters.week + 1),
        "last_day": groups[-1].day,
        **shared(request, f"{home}?{filters.address()}"),
        **editing(request, tasks),
    }
    if request.headers.get(FRAME) == "tasks":
        return render(request, "crm/tasks/_day.html", context)
    return render(request, "crm/tasks/index.html", context)


@require_safe
def count(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """How many of one's own are overdue or due today, for the rail."""
    require(request.membership, Verb.READ_DEALS)
    late, today = my_day.waiting(request.membership)
    return render(
        request,
        "crm/tasks/rail_count.html",
        {"late": late, "today": today, "waiting": late + today},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def preference(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """Whether one is reminded by e-mail as well."""
    require(request.membership, Verb.READ_DEALS)
    if request.method == "POST":
        set_email(request.membership, wanted="by_email" in request.POST)
        return see_other("tasks:preference", slug)
    return render(
        request, "crm/tasks/preference.html", {"by_email": wants_email(request.membership)}
    )
