from django.urls import path

from inbox.api import attachments, channels, conversations

urlpatterns = [
    path("channels/", channels.ChannelList.as_view(), name="channels"),
    path("channels/<uuid:pk>/", channels.ChannelDetail.as_view(), name="channel"),
    path("channels/<uuid:pk>/parked/", channels.ParkedList.as_view(), name="parked"),
    path("conversations/", conversations.ConversationList.as_view(), name="conversations"),
    path(
        "conversations/<uuid:pk>/", conversations.ConversationDetail.as_view(), name="conversation"
    ),
    path("conversations/<uuid:pk>/messages/", conversations.MessageList.as_view(), name="messages"),
    path("messages/<uuid:pk>/", conversations.MessageDetail.as_view(), name="message"),
    path("attachments/", attachments.AttachmentList.as_view(), name="attachments"),
    path("attachments/<uuid:pk>/", attachments.AttachmentDetail.as_view(), name="attachment"),
]
