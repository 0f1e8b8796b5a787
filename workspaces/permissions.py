"""Who may do what: one table, one function."""

from enum import StrEnum
from typing import Protocol

from django.core.exceptions import PermissionDenied

from workspaces.models.membership import Role


class Verb(StrEnum):
    """What a role may be allowed."""

    READ_INBOX = "inbox.read"
    WRITE_INBOX = "inbox.write"
    ASSIGN_OTHERS = "inbox.assign_others"
    CHANGE_OTHERS = "inbox.change_others"
    READ_CONTACTS = "contacts.read"
    WRITE_CONTACTS = "contacts.write"
    IMPORT_CONTACTS = "contacts.import"
    EXPORT_CONTACTS = "contacts.export"
    READ_PHONES = "contacts.phones"  # whole; others see them masked in reports
    READ_DEALS = "deals.read"
    WRITE_DEALS = "deals.write"
    MANAGE_PIPELINES = "pipelines.manage"
    MANAGE_GOALS = "goals.manage"
    ANSWER_REFUSALS = "refusals.answer"  # marketing's word on what sales call no lead
    SETTLE_REFUSALS = "refusals.settle"  # a head's verdict on what is contested
    READ_SEGMENTS = "segments.read"
    WRITE_SEGMENTS = "segments.write"
    READ_BROADCASTS = "broadcasts.read"
    WRITE_BROADCASTS = "broadcasts.write"
    LAUNCH_BROADCASTS = "broadcasts.launch"
    MANAGE_CHANNELS = "channels.manage"
    MANAGE_MEMBERS = "members.manage"
    MANAGE_TEAMS = "teams.manage"
    MANAGE_TOKENS = "tokens.manage"
    MANAGE_WORKSPACE = "workspace.manage"
    READ_EVENTS = "events.read"
    READ_REPORTS = "reports.read"
    READ_OWN_NUMBERS = "reports.own"  # of the reports on people and sales, what is their own
    WRITE_SPEND = "spend.write"
    WRITE_LINKS = "links.write"


_READING = {Verb.READ_INBOX, Verb.READ_CONTACTS, Verb.READ_DEALS}
_AGENT = _READING | {
    Verb.WRITE_INBOX,
    Verb.WRITE_CONTACTS,
    Verb.READ_PHONES,
    Verb.WRITE_DEALS,
}
_ALL = set(Verb)

RIGHTS: dict[str, set[Verb]] = {
    Role.OWNER: _ALL,
    Role.ADMIN: _ALL,
    Role.SUPERVISOR: _AGENT
    | {
        Verb.ASSIGN_OTHERS,
        Verb.CHANGE_OTHERS,
        Verb.MANAGE_TEAMS,
        Verb.MANAGE_PIPELINES,
        Verb.MANAGE_GOALS,
        Verb.SETTLE_REFUSALS,
        Verb.IMPORT_CONTACTS,
        Verb.EXPORT_CONTACTS,
        Verb.READ_REPORTS,
        Verb.WRITE_SPEND,
        Verb.WRITE_LINKS,
    },
    Role.AGENT: _AGENT | {Verb.ASSIGN_OTHERS, Verb.READ_OWN_NUMBERS},
    Role.MARKETER: _READING
    | {
        Verb.WRITE_CONTACTS,
        Verb.IMPORT_CONTACTS,
        Verb.EXPORT_CONTACTS,
        Verb.READ_SEGMENTS,
        Verb.WRITE_SEGMENTS,
        Verb.READ_BROADCASTS,
        Verb.WRITE_BROADCASTS,
        Verb.LAUNCH_BROADCASTS,
        Verb.ANSWER_REFUSALS,
        Verb.READ_REPORTS,
        Verb.WRITE_SPEND,
        Verb.WRITE_LINKS,
    },
    Role.ANALYST: {
        Verb.READ_CONTACTS,
        Verb.READ_DEALS,
        Verb.READ_REPORTS,
        Verb.WRITE_SPEND,
    },
    Role.QUALITY: _READING | {Verb.READ_PHONES},
}


class Viewer(Protocol):
    """Who asks: a membership, or an API token acting in a role."""

    @property
    def role(self) -> str: ...


def can(viewer: Viewer, verb: Verb) -> bool:
    """Whether the viewer's role, and the scopes of a token if it has any, allow the verb."""
    scopes = getattr(viewer, "scopes", None)
    if scopes and verb not in scopes:
        return False
    return verb in RIGHTS.get(viewer.role, set())


def require(viewer: Viewer, verb: Verb) -> None:
    """Raise `PermissionDenied` (403) unless `can`."""
    if not can(viewer, verb):
        raise PermissionDenied
