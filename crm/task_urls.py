from django.urls import path

from crm.views import task_deeds, task_sections, tasks

app_name = "tasks"

urlpatterns = [
    path("", tasks.index, name="index"),
    path("count/", tasks.count, name="count"),
    path("preference/", tasks.preference, name="preference"),
    path("contacts/<uuid:contact_id>/", task_sections.of_contact, name="of-contact"),
    path("deals/<uuid:deal_id>/", task_sections.of_deal, name="of-deal"),
    path(
        "conversations/<uuid:conversation_id>/",
        task_sections.of_conversation,
        name="of-conversation",
    ),
    path("<uuid:task_id>/", task_deeds.task, name="task"),
    path("<uuid:task_id>/completion/", task_deeds.completion, name="completion"),
    path("<uuid:task_id>/reopening/", task_deeds.reopening, name="reopening"),
    path("<uuid:task_id>/move/", task_deeds.move, name="move"),
    path("<uuid:task_id>/deletion/", task_deeds.deletion, name="deletion"),
]
