"""Builds the demo workspace. Once: a workspace that is there is left alone."""

import logging
import time
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from channels_connectors.models import Channel
from contacts.actions import create_contact, record_touch, set_consent
from contacts.models import Contact, ContactIdentity
from demo.agreements import seed_agreements
from demo.broadcasts import seed_broadcasts
from demo.deals import make_pipeline, sell
from demo.dialogues import DIALOGUES, NOTE, THEM, US, Dialogue, Line
from demo.errands import seed_errands
from demo.people import PASSWORD, PEOPLE, SLUG, TEAMS, WORKSPACE
from demo.refusals import seed_refusals
from demo.series import seed_series
from demo.told import show_in_chats
from demo.traffic import count_days
from demo.weeks import seed_weeks
from demo.year.living import live_a_year
from demo.year.telling import tell_talks
from events import types
from events.journal import SYSTEM, record
from inbox.connections import connect_channel
from inbox.models import Conversation, Message
from workspaces.actions import add_member, create_team, create_workspace
from workspaces.models import Membership, Role, Team, User, Workspace
from workspaces.scope import workspace_scope

logger = logging.getLogger(__name__)

DEMO_BOT = "7000000001:AAF-demo_sever_mebel_bot_0123456789x"
SANDBOX_PATIENCE = 10.0


def seed(*, with_year: bool = False) -> tuple[Workspace, bool]:
    """Make the demo workspace, on wish with its past year; returns it and whether it is new."""
    found = Workspace.objects.filter(slug=SLUG).first()
    if found:
        return found, False
    owner = next(person for person in PEOPLE if person.role == Role.OWNER)
    workspace, membership = create_workspace(
        name=WORKSPACE, slug=SLUG, owner=_user(owner.email, owner.name)
    )
    with workspace_scope(workspace.id):
        members = _members(membership, workspace)
        channels = _channels(membership)
        stages = make_pipeline()
        if with_year:
            live_a_year(workspace, members, channels, stages)
        moment = timezone.now()
        for number, dialogue in enumerate(DIALOGUES):
            _Talk(dialogue, channels[dialogue.channel], members, moment, number).play()
        tell_talks()
        sell(members, stages)
        seed_refusals(members, channels["telegram"])
        seed_weeks(members)
        seed_agreements(members)
        seed_errands(members)
        seed_broadcasts(members, list(channels.values()))
        seed_series(members, list(channels.values()))
        show_in_chats(workspace, members["agent"])
        count_days(workspace)
    return workspace, True


@cache
def _password() -> str:
    """Hashed once for all: the hasher takes its time on purpose."""
    return make_password(PASSWORD)


def _user(email: str, name: str) -> User:
    from allauth.account.models import EmailAddress

    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create(email=email, name=name, password=_password())
        EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    return user


def _members(owner: Membership, workspace: Workspace) -> dict[str, Membership]:
    teams: dict[str, Team] = {name: create_team(name=name, by=owner) for name in TEAMS}
    members = {}
    for person in PEOPLE:
        if person.role == Role.OWNER:
            members[person.login] = owner
            continue
        user = _user(person.email, person.name)
        user.last_workspace = workspace
        user.save(update_fields=["last_workspace"])
        members[person.login] = add_member(
            user=user,
            role=person.role,
            visibility=person.visibility,
            teams=[teams[person.team]] if person.team else [],
        )
    return members


def _channels(by: Membership) -> dict[str, Channel]:
    website = connect_channel(
        kind="livechat",
        name="sever-mebel.ru",
        credentials={},
        settings={
            "title": WORKSPACE,
            "greeting": "Подсказать с размером? Отвечаем за пару минут.",
            "routing": "manual",
        },
        by=by,
    )
    return {"website": website, "telegram": _telegram(by) or website}


def _telegram(by: Membership) -> Channel | None:
    """The demo's bot, played by the sandbox; None where there is no sandbox to play it."""
    if not settings.TELEGRAM_API_URL:
        return None
    deadline = time.monotonic() + SANDBOX_PATIENCE
    while True:
        try:
            return connect_channel(
                kind="telegram",
                name="@sever_mebel_bot",
                credentials={"token": DEMO_BOT},
                settings={},
                by=by,
            )
        except ValidationError as error:
            if time.monotonic() > deadline:
                logger.warning("The demo has no Telegram: %s", " ".join(error.messages))
                return None
            time.sleep(0.2)


class _Talk:
    """Puts one dialogue into the database as if it had happened."""

    def __init__(
        self,
        dialogue: Dialogue,
        channel: Channel,
        members: dict[str, Membership],
        now: datetime,
        number: int,
    ) -> None:
        self.dialogue, self.channel, self.members = dialogue, channel, members
        self.now, self.number = now, number

    def play(self) -> None:
        dialogue = self.dialogue
        started = self._at(dialogue.lines[0].ago)
        contact = create_contact(
            by=SYSTEM,
            at=started,
            name=dialogue.name,
            phone=dialogue.phone,
            email=dialogue.email,
            labels=dialogue.labels,
            fields={"Город": dialogue.city} if dialogue.city else {},
        )
        self._tell_story(contact, started)
        chat = self._chat()
        identity = ContactIdentity.objects.create(
            channel=self.channel, contact=contact, external_id=chat, name=dialogue.name
        )
        assignee = self.members.get(dialogue.by)
        last, first_answer = dialogue.lines[-1], self._first_answer()
        conversation = Conversation.objects.create(
            channel=self.channel,
            contact=contact,
            identity=identity,
            status=dialogue.status,
            assignee=assignee,
            created_at=started,
            opened_at=started,
            accepted_at=first_answer if assignee else None,
            closed_at=self._at(last.ago - 5) if dialogue.status == "closed" else None,
            last_activity_at=self._at(last.ago),
            last_message_text=last.text[:200],
            last_message_kind=last.kind,
            last_message_direction=last.who,
            last_message_status=self._status(last),
            unread_count=dialogue.unread,
            waiting_since=self._waiting_since(),
            last_incoming_at=self._last_incoming_at(),
        )
        conversation_record(conversation, types.CONVERSATION_CREATED, started)
        for position, line in enumerate(dialogue.lines, start=1):
            self._say(conversation, line, f"{chat}:{position}", position)
        if assignee and first_answer:
            conversation_record(
                conversation, types.CONVERSATION_ACCEPTED, first_answer, assignee, str(assignee.id)
            )
        if conversation.closed_at:
            conversation_record(
                conversation, types.CONVERSATION_CLOSED, conversation.closed_at, assignee
            )

    def _tell_story(self, contact: Contact, started: datetime) -> None:
        """How they came, and what they said of broadcasts."""
        if start := self.dialogue.start:
            record_touch(
                contact=contact,
                kind="deep_link",
                by=SYSTEM,
                at=started,
                channel=self.channel,
                source=self.channel.kind,
                content=start,
                data={"start": start},
            )
        if self.dialogue.phone:
            set_consent(
                contact=contact,
                granted=bool(self.dialogue.labels),
                origin="customer",
                by=SYSTEM,
                at=started,
            )

    def _say(self, conversation: Conversation, line: Line, external_id: str, order: int) -> None:
        author = self.members.get(self.dialogue.by) or self.members["agent"]
        reached = line.who != NOTE and line.status != "failed"
        Message.objects.create(
            conversation=conversation,
            channel=self.channel,
            direction=line.who,
            kind=line.kind,
            text=line.text,
            external_id=external_id if reached else None,
            status=self._status(line),
            error_class="recipient_gone" if line.error else "",
            error=line.error,
            author=author if line.who != THEM else None,
            sender_name=self.dialogue.name if line.who == THEM else "",
            sent_at=self._at(line.ago),
            created_at=self._at(line.ago),
            platform_order=order,
            referral={"start": self.dialogue.start} if self.dialogue.start and order == 1 else None,
        )

    def _chat(self) -> str:
        """A Telegram chat's number, or a website visitor's id."""
        if self.channel.kind == "livechat":
            return str(UUID(int=(7 << 76) | (2 << 62) | (self.number + 1)))
        return str(500_000_001 + self.number)

    def _status(self, line: Line) -> str:
        return line.status or {THEM: "received", US: "sent", NOTE: "sent"}[line.who]

    def _first_answer(self) -> datetime | None:
        answers = [line.ago for line in self.dialogue.lines if line.who == US]
        return self._at(answers[0] + 1) if answers else None

    def _waiting_since(self) -> datetime | None:
        if not self.dialogue.waiting:
            return None
        since = self.dialogue.lines[-1].ago
        for line in reversed(self.dialogue.lines):
            if line.who == US:
                break
            if line.who == THEM:
                since = line.ago
        return self._at(since)

    def _last_incoming_at(self) -> datetime | None:
        heard = [line.ago for line in self.dialogue.lines if line.who == THEM]
        return self._at(heard[-1]) if heard else None

    def _at(self, minutes_ago: int) -> datetime:
        return self.now - timedelta(minutes=minutes_ago)


def conversation_record(
    conversation: Conversation,
    action: str,
    at: datetime,
    by: Membership | None = None,
    assignee: str = "",
) -> None:
    """A fact of the past about a conversation."""
    record(
        action,
        subject=conversation,
        by=by or SYSTEM,
        data={"assignee": assignee} if assignee else {},
        audience=conversation.audience(),
        conversation_id=conversation.id,
        at=at,
    )
