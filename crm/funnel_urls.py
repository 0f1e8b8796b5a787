from django.urls import include, path

from crm.views.funnel import (
    board,
    bulk,
    conditions,
    creating,
    deal,
    listing,
    moving,
    parts,
    preferences,
)

app_name = "funnel"

_pipeline = [
    path("", board.index, name="board"),
    path("heads/", board.heads, name="heads"),
    path("cards/", board.cards, name="cards"),
    path("filter/", board.filter_fields, name="filter"),
    path("conditions/", conditions.panel, name="conditions"),
    path("count/", conditions.count, name="count"),
    path("list/", listing.table, name="list"),
    path("forecast/", listing.forecast, name="forecast"),
    path("new/", creating.new, name="new"),
    path("bulk/", bulk.bulk, name="bulk"),
    path("bulk/undo/", bulk.undo, name="bulk-undo"),
    path("preference/", preferences.preference, name="preference"),
]
_deal = [
    path("", deal.deal, name="deal"),
    path("fields/", deal.fields, name="deal-fields"),
    path("following/", deal.following, name="deal-following"),
    path("followers/", parts.followers, name="deal-followers"),
    path("items/", parts.items, name="deal-items"),
    path("items/<uuid:item_id>/", parts.item, name="deal-item"),
    path("payments/", parts.payments, name="deal-payments"),
    path("payments/<uuid:payment_id>/removal/", parts.payment_removal, name="payment-removal"),
    path("place/", moving.place, name="place"),
    path("outcome/", moving.outcome, name="outcome"),
]

urlpatterns = [
    path("", board.index, name="index"),
    path("people/", creating.people, name="people"),
    path("contacts/<uuid:contact_id>/deals/", creating.of_contact, name="of-contact"),
    path("columns/<uuid:stage_id>/", board.column, name="column"),
    path("deals/<uuid:deal_id>/", include(_deal)),
    path("<uuid:pipeline_id>/", include(_pipeline)),
]
