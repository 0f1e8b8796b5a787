"""What advertisements cost: typed in, from a file, or fetched from the systems by itself."""

from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from analytics import exchange
from analytics.models import AdAccount, AdSpend, ExchangeRate, ReportSettings, SpendFile
from analytics.spend import files
from analytics.spend.actions import Told, put_acquisition_cost, put_spend, spread
from analytics.spend.fetching import connect_account
from analytics.spend.overview import other_costs, spent
from analytics.spend.systems import CREDENTIALS
from analytics.views.shared import plain_frame
from core.http import invalid, see_other
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed
from workspaces.zones import local_day, workspace_in_scope

LARGEST_FILE: Final = 5 * 1024 * 1024  # bytes
SHOWN_ROWS: Final = 8
FORGOTTEN_AFTER: Final = timedelta(days=1)


@require_safe
@allowed(Verb.READ_REPORTS)
def index(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """What is known of the last twelve months, and the ways to tell more."""
    return render(request, "analytics/spend/index.html", _context(request))


@require_POST
@allowed(Verb.WRITE_SPEND)
def by_hand(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """A sum for a period, spread over its days: of an advertisement, or another cost of winning
    customers."""
    try:
        first, last = _day(request, "from"), _day(request, "to")
        cost, name = _amount(request, "cost"), request.POST.get("source", "").strip()
        currency = request.POST.get("currency", "").strip().upper()
        if not name or len(name) > 120:
            raise ValidationError({"source": _("Say what it was spent on.")})
        if request.POST.get("kind") == "other":
            put_acquisition_cost(
                first=first,
                last=last,
                name=name,
                cost=cost,
                currency=currency,
                by=request.membership,
            )
        else:
            told = Told(
                date=first,
                source=name,
                medium=request.POST.get("medium", "").strip()[:120],
                campaign=request.POST.get("campaign", "").strip()[:200],
                ad=request.POST.get("ad", "").strip()[:200],
                term=request.POST.get("term", "").strip()[:200],
                cost=cost,
                currency=currency,
                vat_included=request.POST.get("vat_included") == "yes",
            )
            put_spend(spread(told, last), by=request.membership, origin=AdSpend.Origin.MANUAL)
    except ValidationError as refusal:
        return _refused(request, refusal)
    messages.success(request, _("The spend is written down"))
    return see_other("reports:spend", slug)


@require_POST
@allowed(Verb.WRITE_SPEND)
def upload(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """Keep a file until its columns are confirmed."""
    given = request.FILES.get("file")
    if given is None or given.size is None or given.size > LARGEST_FILE:
        words = _("Choose a CSV or XLSX file of at most 5 MB.")
        return _refused(request, ValidationError(words))
    SpendFile.objects.filter(created_at__lt=timezone.now() - FORGOTTEN_AFTER).delete()
    kept = SpendFile.objects.create(
        membership=request.membership, name=str(given.name)[:200], content=given.read()
    )
    return see_other("reports:spend-file", slug, kept.pk)


@allowed(Verb.WRITE_SPEND)
def file(request: WorkspaceRequest, slug: str, file_id: UUID) -> HttpResponse:
    """GET: what the columns are taken for, and the first rows. POST: other columns, which are then
    looked at, or the word to write all of it down."""
    kept = get_object_or_404(SpendFile.objects.filter(membership=request.membership), pk=file_id)
    if request.method == "POST" and request.POST.get("deed") == "try":
        named = [*(f"column_{ours}" for ours in files.COLUMNS), "source", "vat_included"]
        given = {name: request.POST.get(name, "") for name in named}
        page = reverse("reports:spend-file", args=[slug, file_id])
        return see_other(f"{page}?{urlencode(given)}")
    told = request.POST or request.GET
    mapping = {ours: told.get(f"column_{ours}", "") for ours in files.COLUMNS}
    asked = {
        "source": told.get("source", "").strip()[:120],
        "vat_included": not told or told.get("vat_included") == "yes",
    }
    errors: list[str] = []
    table = files.Table()
    try:
        table = files.read(bytes(kept.content), mapping=mapping, **asked)  # type: ignore[arg-type]
    except ValidationError as refusal:
        errors = refusal.messages
        if isinstance(refusal, files.MissingColumns):
            names = ", ".join(_column_words()[name] for name in refusal.names)
            errors = [_("Say which columns these are: %(names)s.") % {"names": names}]
        table.header = files.header_of(bytes(kept.content))
        table.mapping = files.mapped(table.header, mapping)
    if request.method == "POST" and request.POST.get("deed") == "write" and not errors:
        put_spend(table.told, by=request.membership, origin=AdSpend.Origin.FILE, is_whole=True)
        kept.delete()
        count = len(table.told)
        words = ngettext("%(n)d row is written down", "%(n)d rows are written down", count)
        messages.success(request, words % {"n": count})
        return see_other("reports:spend", slug)
    context = {
        "file": kept,
        "table": table,
        "columns": [
            (ours, _column_words()[ours], table.mapping.get(ours, "")) for ours in files.COLUMNS
        ],
        "rows": table.told[:SHOWN_ROWS],
        "total": sum((one.cost for one in table.told), Decimal(0)),
        "line_errors": table.errors[: files.MOST_ERRORS],
        "errors": errors,
        **asked,
        **plain_frame(request, "spend"),
    }
    template = "analytics/spend/file.html"
    # A first look is no mistake: the browser has been sent here, and keeps this address.
    is_wrong = bool(errors) and request.method == "POST"
    return invalid(request, template, context) if is_wrong else render(request, template, context)


@require_POST
@allowed(Verb.WRITE_SPEND)
def connect(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """Have an advertising system tell its spend by itself."""
    kind = request.POST.get("kind", "")
    if kind not in AdAccount.Kind.values:
        return _refused(request, ValidationError(_("There is no such system.")))
    try:
        connect_account(
            by=request.membership,
            kind=kind,
            name=request.POST.get("name", "").strip()[:120] or AdAccount.Kind(kind).label,
            source=request.POST.get("source", "").strip()[:120] or _SOURCES[kind],
            campaign_by=request.POST.get("campaign_by") or AdAccount.CampaignBy.NAME,
            vat_included=request.POST.get("vat_included") == "yes",
            credentials={name: request.POST.get(name, "") for name in CREDENTIALS[kind]},
        )
    except ValidationError as refusal:
        return _refused(request, refusal)
    messages.success(request, _("The account is connected; its spend comes within minutes"))
    return see_other("reports:spend", slug)


@require_POST
@allowed(Verb.WRITE_SPEND)
def account_deed(request: WorkspaceRequest, slug: str, ad_account_id: UUID) -> HttpResponse:
    """Ask it now, or disconnect it; what it has told stays."""
    account = get_object_or_404(AdAccount.objects.select_for_update(), pk=ad_account_id)
    if request.POST.get("deed") == "disconnect":
        account.delete()
        messages.success(request, _("The account is disconnected; what it has told stays"))
    else:
        account.next_fetch_at, account.failures = timezone.now(), 0
        account.save(update_fields=["next_fetch_at", "failures"])
        messages.success(request, _("The account is asked within a minute"))
    return see_other("reports:spend", slug)


@require_POST
@allowed(Verb.WRITE_SPEND)
def money(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """A rate of exchange, or the VAT that is added to spend without it."""
    try:
        if "vat" in request.POST:
            text = request.POST["vat"].strip().replace(",", ".")
            share = _amount(request, "vat") / 100 if text else None
            if share is not None and not 0 <= share < 1:
                raise ValidationError({"vat": _("VAT is a share: 20 %.")})
            settings = ReportSettings.objects.first() or ReportSettings()
            settings.vat_rate = share
            settings.save()
        else:
            rate = request.POST.get("rate", "").strip()
            exchange.set_rate(
                currency=request.POST.get("currency", ""),
                since=_day(request, "since"),
                rate=_amount(request, "rate") if rate else None,
                by=request.membership,
            )
    except ValidationError as refusal:
        return _refused(request, refusal)
    messages.success(request, _("Reports count by it from now on"))
    return see_other("reports:spend", slug)


_SOURCES: Final = {AdAccount.Kind.YANDEX_DIRECT: "yandex", AdAccount.Kind.VK_ADS: "vk"}


def _column_words() -> dict[str, str]:
    return {
        "date": _("Date"),
        "source": _("Source"),
        "medium": _("Medium"),
        "campaign": _("Campaign"),
        "ad": _("Ad"),
        "term": _("Keyword"),
        "account": pgettext("advertising", "Account"),
        "impressions": _("Impressions"),
        "clicks": _("Clicks"),
        "cost": _("Spend"),
    }


def _context(request: WorkspaceRequest) -> dict[str, Any]:
    today = local_day(timezone.now())
    first = date(today.year - 1, today.month, 1)
    settings = ReportSettings.objects.first()
    vat = settings.vat_rate if settings else None
    return {
        "rows": spent(first),
        "others": other_costs(first),
        "accounts": AdAccount.objects.order_by("name"),
        "systems": AdAccount.Kind.choices,
        "rates": ExchangeRate.objects.order_by("currency", "-since"),
        "vat": vat * 100 if vat is not None else None,
        "currency": workspace_in_scope().currency,
        "month_start": today.replace(day=1),
        "today": today,
        **plain_frame(request, "spend"),
    }


def _refused(request: WorkspaceRequest, refusal: ValidationError) -> HttpResponse:
    context = {**_context(request), "errors": refusal.messages, "typed": request.POST}
    return invalid(request, "analytics/spend/index.html", context)


def _day(request: WorkspaceRequest, name: str) -> date:
    try:
        found = parse_date(request.POST.get(name, ""))
    except ValueError:
        found = None
    if found is None or not 1970 < found.year < 2200:
        raise ValidationError({name: _("A date is needed: 2026-11-23.")})
    return found


def _amount(request: WorkspaceRequest, name: str) -> Decimal:
    text = "".join(request.POST.get(name, "").split()).replace(",", ".")
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise ValidationError({name: _("A number is needed.")}) from None
    if not found.is_finite() or not 0 <= found < Decimal(10) ** 12:
        raise ValidationError({name: _("This number is out of range.")})
    return found
