from django.urls import include, path

from inbox.views import (
    card,
    changes,
    jump,
    letters,
    messages,
    saved,
    screen,
    starting,
    states,
    table,
    templates,
    uploads,
)

app_name = "inbox"

_conversation = [
    path("", screen.conversation, name="conversation"),
    path("messages/", messages.messages, name="messages"),
    path("messages/<uuid:message_id>/retry/", messages.retry, name="message-retry"),
    path("messages/<uuid:message_id>/arrival/", messages.arrival, name="message-arrival"),
    path("messages/<uuid:message_id>/letter/", letters.letter, name="message-letter"),
    path("messages/<uuid:message_id>/edit/", changes.edit, name="message-edit"),
    path("messages/<uuid:message_id>/deletion/", changes.deletion, name="message-deletion"),
    path("messages/<uuid:message_id>/reaction/", changes.reaction, name="message-reaction"),
    path(
        "messages/<uuid:message_id>/changes/<uuid:change_id>/",
        include(
            [
                path("retry/", changes.retry, name="change-retry"),
                path("discard/", changes.discard, name="change-discard"),
            ]
        ),
    ),
    path("templates/", templates.listing, name="templates"),
    path("templates/<uuid:template_id>/", templates.one, name="template"),
    path("acceptance/", states.acceptance, name="conversation-acceptance"),
    path("assignment/", states.assignment, name="conversation-assignment"),
    path("closure/", states.closure, name="conversation-closure"),
    path("reopening/", states.reopening, name="conversation-reopening"),
    path("settlement/", states.settlement, name="conversation-settlement"),
    path("reading/", states.reading, name="conversation-reading"),
    path("unreading/", states.unreading, name="conversation-unreading"),
    path("card/", card.card, name="card"),
    path("consent/", card.consent, name="consent"),
    path("labels/", card.labels, name="labels"),
    path("labels/removal/", card.label_removal, name="label-removal"),
]

urlpatterns = [
    path("", screen.index, name="index"),
    path("filters/", screen.filters, name="filters"),
    path("conditions/", table.conditions, name="conditions"),
    path("found/", table.found, name="found"),
    path("table/", table.table, name="table"),
    path("table/columns/", table.columns, name="table-columns"),
    path("table/bulk/", table.bulk, name="bulk"),
    path("table/bulk/<str:name>/", table.bulk_fields, name="bulk-fields"),
    path("table/views/", saved.keep, name="views"),
    path("table/views/<uuid:view_id>/", saved.keep, name="view"),
    path("table/views/<uuid:view_id>/removal/", saved.removal, name="view-removal"),
    path("count/", screen.count, name="count"),
    path("jump/", jump.jump, name="jump"),
    path("new/", starting.start, name="start"),
    path("uploads/", uploads.uploads, name="uploads"),
    path("<uuid:conversation_id>/", include(_conversation)),
]
