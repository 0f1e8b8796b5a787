from django.urls import path

from inbox.api import (
    attachments,
    channels,
    conversations,
    messages,
    parked,
    rating_rules,
    ratings,
    saved_views,
    templates,
)

urlpatterns = [
    path("channels/", channels.ChannelList.as_view(), name="channels"),
    path("channels/<uuid:pk>/", channels.ChannelDetail.as_view(), name="channel"),
    path("channels/<uuid:pk>/parked/", parked.ParkedList.as_view(), name="parked"),
    path("channels/<uuid:pk>/parked/replay/", parked.Replay.as_view(), name="replay"),
    path("channels/<uuid:pk>/templates/", templates.TemplateList.as_view(), name="templates"),
    path(
        "channels/<uuid:pk>/templates/sync/", templates.TemplateSync.as_view(), name="template-sync"
    ),
    path(
        "channels/<uuid:pk>/templates/<uuid:template_id>/",
        templates.TemplateDetail.as_view(),
        name="template",
    ),
    path("ratings/", ratings.RatingList.as_view(), name="ratings"),
    path("rating-rules/", rating_rules.RatingRules.as_view(), name="rating-rules"),
    path(
        "rating-rules/default/",
        rating_rules.WorkspaceRatingRule.as_view(),
        name="rating-rule-default",
    ),
    path("rating-rules/<uuid:pk>/", rating_rules.ChannelRatingRule.as_view(), name="rating-rule"),
    path("conversations/", conversations.ConversationList.as_view(), name="conversations"),
    path(
        "conversations/<uuid:pk>/", conversations.ConversationDetail.as_view(), name="conversation"
    ),
    path("conversations/<uuid:pk>/read/", conversations.Reading.as_view(), name="read"),
    path("conversations/<uuid:pk>/unread/", conversations.Unreading.as_view(), name="unread"),
    path("conversations/<uuid:pk>/settle/", conversations.Settling.as_view(), name="settle"),
    path("conversations/<uuid:pk>/messages/", messages.MessageList.as_view(), name="messages"),
    path("conversation-views/", saved_views.SavedViewList.as_view(), name="saved-views"),
    path("conversation-views/<uuid:pk>/", saved_views.SavedViewDetail.as_view(), name="saved-view"),
    path("messages/<uuid:pk>/", messages.MessageDetail.as_view(), name="message"),
    path("messages/<uuid:pk>/reaction/", messages.MessageReaction.as_view(), name="reaction"),
    path("messages/<uuid:pk>/retry/", messages.Retry.as_view(), name="retry"),
    path("attachments/", attachments.AttachmentList.as_view(), name="attachments"),
    path("attachments/<uuid:pk>/", attachments.AttachmentDetail.as_view(), name="attachment"),
]
