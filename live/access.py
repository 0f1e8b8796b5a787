"""Who is at the other end of a socket, and what they may hear. Blocks: call it in a thread."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from uuid import UUID

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest

from events.audience import Listener
from live import topics
from workspaces.actions import find_api_token
from workspaces.middleware import find_membership
from workspaces.models import ApiToken, Membership, User
from workspaces.permissions import Verb, can
from workspaces.scope import workspace_scope

HiddenChannels = Callable[[Membership], Iterable[UUID]]

_hidden_channels: list[HiddenChannels] = []


def register_hidden_channels(find: HiddenChannels) -> None:
    """Let the owner of channels say, in scope, which ones are closed to a member."""
    _hidden_channels.append(find)


@dataclass(frozen=True, slots=True)
class Member:
    """A logged-in member with an open socket."""

    user_id: UUID
    session_key: str
    password: str  # its hash: a change ends the sessions that were opened with the old one
    workspace_id: UUID
    membership_id: UUID
    name: str
    language: str
    listener: Listener
    topics: frozenset[str] = frozenset()


def session_key_of(cookies: str) -> str:
    """The session's key out of a Cookie header, or ""."""
    try:
        found = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return found.value if found else ""


def user_of(session_key: str) -> User | None:
    """The active user logged in with this session."""
    if not session_key:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = auth.get_user(request)
    return user if isinstance(user, User) and user.is_active else None


def enter(session_key: str, user: User, slug: str) -> Member | None:
    """The user as an active member of the workspace with this address, or None.

    Without an address, of the workspace that the user was in last.
    """
    if not slug and user.last_workspace:
        slug = user.last_workspace.slug
    found = find_membership(user.id, slug)
    if found is None:
        return None
    workspace_id, membership_id = found
    with workspace_scope(workspace_id):
        members = Membership.objects.active().select_related("user", "workspace")
        membership = members.filter(pk=membership_id).first()
        if membership is None:
            return None
        return Member(
            user_id=user.id,
            session_key=session_key,
            password=user.password,
            workspace_id=workspace_id,
            membership_id=membership.id,
            name=membership.name,
            language=user.language or membership.workspace.language,
            listener=listener_of(membership),
        )


def again(member: Member, wanted: Collection[str]) -> Member | None:
    """The member with the rights of this moment and those topics that they still allow."""
    with workspace_scope(member.workspace_id):
        membership = Membership.objects.active().filter(pk=member.membership_id).first()
        if membership is None:
            return None
        return replace(
            member,
            listener=listener_of(membership),
            topics=frozenset(topics.allowed(membership, wanted)),
        )


def allowed_topics(member: Member, wanted: Collection[str]) -> set[str]:
    """Those of the topics that the member may follow now."""
    with workspace_scope(member.workspace_id):
        membership = Membership.objects.active().filter(pk=member.membership_id).first()
        return topics.allowed(membership, wanted) if membership else set()


def workspace_of_token(secret: str) -> tuple[UUID, UUID] | None:
    """(workspace id, token id) of an API token that may read the journal now."""
    found = find_api_token(secret) if secret else None
    return found if found and token_reads(*found) else None


def token_reads(workspace_id: UUID, token_id: UUID) -> bool:
    """Whether this token may read the journal now."""
    with workspace_scope(workspace_id):
        token = ApiToken.objects.filter(pk=token_id).first()
        return bool(token and token.is_usable and can(token, Verb.READ_EVENTS))


def listener_of(membership: Membership) -> Listener:
    """What a member may hear, as the rights are now."""
    hidden = {channel for find in _hidden_channels for channel in find(membership)}
    return Listener.of(membership, hidden)
