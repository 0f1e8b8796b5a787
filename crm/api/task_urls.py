from django.urls import path

from crm.api import goals, tasks

urlpatterns = [
    path("tasks/", tasks.TaskList.as_view(), name="tasks"),
    path("tasks/<uuid:pk>/", tasks.TaskDetail.as_view(), name="task"),
    path("tasks/<uuid:pk>/completion/", tasks.Completion.as_view(), name="task-completion"),
    path("goals/", goals.GoalList.as_view(), name="goals"),
    path("goals/<uuid:pk>/", goals.GoalDetail.as_view(), name="goal"),
]
