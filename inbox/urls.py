from django.urls import include, path

from inbox.views import card, jump, letters, messages, screen, states, uploads

app_name = "inbox"

_conversation = [
    path("", screen.conversation, name="conversation"),
    path("messages/", messages.messages, name="messages"),
    path("messages/<uuid:message_id>/retry/", messages.retry, name="message-retry"),
    path("messages/<uuid:message_id>/arrival/", messages.arrival, name="message-arrival"),
    path("messages/<uuid:message_id>/letter/", letters.letter, name="message-letter"),
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
    path("count/", screen.count, name="count"),
    path("jump/", jump.jump, name="jump"),
    path("uploads/", uploads.uploads, name="uploads"),
    path("<uuid:conversation_id>/", include(_conversation)),
]
