"""Leads that sales refused and marketing has its say on, each with the message that shows it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.utils import timezone

from channels_connectors.models import Channel
from contacts.actions import create_contact
from contacts.models import ContactIdentity
from crm.actions import (
    answer_refusal,
    create_deal,
    decide_refusal,
    move_deal,
    set_refusal_rule,
)
from crm.models import LeadRefusal, LossReason, Stage
from crm.models.stage import Group
from events.journal import SYSTEM
from inbox.models import Conversation, Message
from workspaces.models import Membership


@dataclass(frozen=True)
class Refused:
    """`days` ago; `answer` is marketing's: "+" agrees, words contest; `verdict` begins with the
    sign of what a head decided."""

    name: str
    source: str
    campaign: str
    text: str
    reason: str
    days: float
    amount: int = 0
    comment: str = ""
    answer: str = ""
    verdict: str = ""


REFUSED: Final = (
    Refused("Марат Юсупов", "Директ", "РСЯ", "Здравствуйте, я из Казани, довезёте?",
            "Другой регион", 1.2, 96_000, answer="доставка в Казань есть с октября"),
    Refused("Валерий Шестаков", "VK", "Велюр, осень", "ага, посмотрю потом",
            "Контакты не работают", 2.1, 74_000, "2 звонка и 1 сообщение",
            answer="в обещании 4 касания, ответил бы"),
    Refused("Гузель Ахметова", "VK", "Столы", "А стулья отдельно продаёте?",
            "Этим не занимаемся", 0.7, answer="стулья есть в каталоге, страница 14"),
    Refused("Олег Рябинин", "Telegram Ads", "Малые кв.", "Сколько стоит вообще?",
            "Контакты не работают", 0.4),
    Refused("Студия «Линия»", "Директ", "Поиск · диваны",
            "Предлагаем ткани оптом, прайс во вложении", "Поставщик", 0.9),
    Refused("Денис Храмов", "VK", "Велюр, осень", "Водителем возьмёте?", "Ищет работу", 6,
            answer="+"),
    Refused("Тамара Белкина", "Директ", "Поиск · диваны", "Мне бы в Пермь привезти",
            "Другой регион", 9, 118_000, answer="в Пермь возит транспортная компания",
            verdict="+Возим через партнёра, вернуть"),
    Refused("Игорь Шубин", "VK", "Столы", "я случайно нажал", "Ошиблись адресом", 12,
            answer="вдруг передумает", verdict="-Человек сам сказал, что нажал случайно"),
    Refused("Крипто-доход", "Директ", "РСЯ", "Пассивный доход от 300 % в месяц",
            "Спам или реклама", 8, answer="+"),
)  # fmt: skip


def seed_refusals(members: dict[str, Membership], channel: Channel) -> None:
    """Refuse them, answer and decide, as if it had happened on those days."""
    set_refusal_rule(by=members["admin"], answer_days=3, requires_evidence=True)
    for number, refused in enumerate(REFUSED):
        _make(refused, number, members, channel)


def _make(refused: Refused, number: int, members: dict[str, Membership], channel: Channel) -> None:
    seller, now = members["agent"], timezone.now()
    came = now - timedelta(days=refused.days + 0.6)
    said_no = now - timedelta(days=refused.days)
    contact = create_contact(by=SYSTEM, at=came, name=refused.name)
    chat = str(700_000_001 + number)
    identity = ContactIdentity.objects.create(
        channel=channel, contact=contact, external_id=chat, name=refused.name
    )
    conversation = Conversation.objects.create(
        channel=channel, contact=contact, identity=identity, status="closed", assignee=seller,
        created_at=came, opened_at=came, accepted_at=came, closed_at=said_no,
        last_activity_at=came, last_message_text=refused.text, last_message_kind="text",
        last_message_direction="incoming", last_message_status="received", last_incoming_at=came,
    )  # fmt: skip
    evidence = Message.objects.create(
        conversation=conversation, channel=channel, direction="incoming", text=refused.text,
        external_id=f"{chat}:1", status="received", sender_name=refused.name, sent_at=came,
        created_at=came, platform_order=1,
    )  # fmt: skip
    deal = create_deal(
        contact=contact, conversation=conversation, by=SYSTEM, owner=seller,
        amount=Decimal(refused.amount) if refused.amount else None, source=refused.source,
        campaign=refused.campaign, medium="cpc", at=came,
    )  # fmt: skip
    no_lead = Stage.objects.in_use().get(pipeline=deal.pipeline, group=Group.NOT_A_LEAD)
    move_deal(
        deal, to=no_lead, by=seller, evidence=evidence, loss_comment=refused.comment,
        loss_reason=LossReason.objects.filter(name=refused.reason, outcome=no_lead.group).first(),
        at=said_no,
    )  # fmt: skip
    _say(refused, LeadRefusal.objects.get(deal=deal), members, said_no)


def _say(
    refused: Refused, refusal: LeadRefusal, members: dict[str, Membership], said_no: datetime
) -> None:
    if refused.answer:
        agrees = refused.answer == "+"
        answer_refusal(
            refusal, agrees=agrees, note="" if agrees else refused.answer, by=members["marketer"],
            at=said_no + timedelta(hours=7),
        )  # fmt: skip
    if refused.verdict:
        upholds = refused.verdict.startswith("-")
        decide_refusal(
            refusal, upholds=upholds, note=refused.verdict[1:], by=members["manager"],
            at=said_no + timedelta(hours=26),
        )  # fmt: skip
