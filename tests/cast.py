"""The people in our tests.

Workspace *acme*: anna the admin, boris (sales) and vera (support) the agents, marta the marketer;
maria is a customer. Workspace *rival*: rita, the stranger.
"""

from dataclasses import dataclass
from uuid import uuid4

from django.contrib.auth.hashers import make_password

from channels_connectors.models import Channel
from contacts.models import Contact, ContactIdentity
from inbox.models import Conversation, Message
from workspaces.actions import create_api_token, create_workspace
from workspaces.models import (
    Membership,
    Role,
    Team,
    TeamMembership,
    User,
    Visibility,
    Workspace,
)
from workspaces.scope import workspace_scope

PASSWORD = "correct horse battery"


@dataclass
class Acme:
    workspace: Workspace
    owner: Membership
    anna: Membership
    boris: Membership
    vera: Membership
    marta: Membership
    sales: Team
    support: Team

    def scope(self):
        return workspace_scope(self.workspace.id)

    @property
    def url(self) -> str:
        return f"/w/{self.workspace.slug}"


@dataclass
class Rival:
    workspace: Workspace
    rita: Membership

    def scope(self):
        return workspace_scope(self.workspace.id)

    @property
    def url(self) -> str:
        return f"/w/{self.workspace.slug}"


def make_user(name: str, *, language: str = "en") -> User:
    return User.objects.create_user(
        f"{name.lower()}@example.com", PASSWORD, name=name, language=language
    )


def make_users(*names: str) -> list[User]:
    """The same for several, all at once: nearly every test begins with them."""
    password = make_password(PASSWORD)
    return User.objects.bulk_create(
        User(email=f"{name.lower()}@example.com", password=password, name=name, language="en")
        for name in names
    )


def make_acme() -> Acme:
    olga, *colleagues = make_users("Olga", "Anna", "Boris", "Vera", "Marta")
    workspace, owner = create_workspace(name="Acme", slug="acme", owner=olga, language="en")
    with workspace_scope(workspace.id):
        sales, support = Team.objects.bulk_create([Team(name="Sales"), Team(name="Support")])
        anna, boris, vera, marta = Membership.objects.bulk_create(
            Membership(user=user, role=role, visibility=visibility)
            for user, (role, visibility) in zip(
                colleagues,
                (
                    (Role.ADMIN, Visibility.ALL),
                    (Role.AGENT, Visibility.TEAM),
                    (Role.AGENT, Visibility.TEAM),
                    (Role.MARKETER, Visibility.ALL),
                ),
                strict=True,
            )
        )
        TeamMembership.objects.bulk_create(
            [
                TeamMembership(team=sales, membership=boris),
                TeamMembership(team=support, membership=vera),
            ]
        )
    return Acme(workspace, owner, anna, boris, vera, marta, sales, support)


def make_rival() -> Rival:
    workspace, rita = create_workspace(
        name="Rival", slug="rival", owner=make_user("Rita"), language="en"
    )
    return Rival(workspace=workspace, rita=rita)


def make_channel(kind: str = "telegram", **values) -> Channel:
    """A channel of the workspace in scope, as if it had been connected."""
    values.setdefault("name", f"{kind} channel")
    values.setdefault("status", Channel.Status.ACTIVE)
    if kind == "telegram":
        values.setdefault(
            "credentials", {"token": f"{uuid4().int % 10**9}:{'A' * 35}", "secret": "s" * 32}
        )
    return Channel.objects.create(kind=kind, **values)


def make_conversation(channel: Channel, *, name: str = "Maria", chat: str = "", **values):
    """A conversation with a customer of this name, and nothing said yet."""
    contact = Contact.objects.create(name=name)
    identity = ContactIdentity.objects.create(
        channel=channel, contact=contact, external_id=chat or str(uuid4().int % 10**9), name=name
    )
    return Conversation.objects.create(
        channel=channel, contact=contact, identity=identity, **values
    )


def make_message(conversation: Conversation, text: str = "Hello", **values) -> Message:
    """A message of the customer, unless `direction` says otherwise."""
    values.setdefault("direction", "incoming")
    values.setdefault("external_id", f"{conversation.identity.external_id}:{uuid4().int % 10**9}")
    return Message.objects.create(
        conversation=conversation, channel_id=conversation.channel_id, text=text, **values
    )


def make_token(role: str = Role.ADMIN, scopes: list[str] | None = None) -> str:
    """The secret of a new API token of the workspace in scope."""
    return create_api_token(name="test", role=role, scopes=scopes).secret
