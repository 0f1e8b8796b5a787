"""People who look on."""


def log_in(slug: str, count: int) -> list[tuple[str, str]]:
    """So many new members of a workspace, logged in: the name and value of each one's cookie."""
    from django.conf import settings
    from django.test import Client

    from workspaces.actions import add_member
    from workspaces.models import Role, User, Workspace
    from workspaces.scope import workspace_scope

    workspace = Workspace.objects.get(slug=slug)
    cookies = []
    for _ in range(count):
        number = User.objects.count()
        user = User.objects.create_user(f"agent{number}@example.com", name=f"Agent {number}")
        with workspace_scope(workspace.id):
            add_member(user=user, role=Role.AGENT)
        client = Client()
        client.force_login(user, settings.AUTHENTICATION_BACKENDS[0])
        name = settings.SESSION_COOKIE_NAME
        cookies.append((name, client.cookies[name].value))
    return cookies
