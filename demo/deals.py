"""What the workshop sells: the pipeline of the demo with its deals."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.utils import timezone

from contacts.actions import create_contact
from contacts.models import Contact
from core import positions
from crm.actions import create_deal, move_deal, record_payment
from crm.models import LossReason, Pipeline, Stage, Task
from crm.models.stage import Group
from demo.payments import payments_of
from events.journal import SYSTEM
from inbox.models import Conversation
from workspaces.models import Membership
from workspaces.zones import moments

PIPELINE: Final = "Розница"
STEP: Final = timedelta(hours=3)  # from stage to stage
STAGES: Final = (
    ("Новый", Group.ACTIVE, "petrol", 10),
    ("Квалификация", Group.ACTIVE, "ochre", 25),
    ("Замер", Group.ACTIVE, "plum", 45),
    ("Счёт отправлен", Group.ACTIVE, "moss", 65),
    ("Предоплата", Group.ACTIVE, "moss", 90),
    ("Оплачено", Group.WON, "moss", 100),
    ("Отказ", Group.LOST, "brick", 0),
    ("Не лид", Group.NOT_A_LEAD, "paper", 0),
)


@dataclass(frozen=True)
class Sale:
    """One deal; `days` in its stage, `task` due in so many days, `came` how many days ago it was
    born when that differs."""

    name: str
    stage: str
    amount: int = 0
    source: str = ""
    campaign: str = ""
    medium: str = "cpc"
    by: str = "agent"
    days: int = 0
    task: float | None = None
    title: str = ""
    expected: int | None = None
    reason: str = ""


SALES: Final = (
    Sale("Екатерина Жукова", "Новый", 0, "VK", "Велюр, осень"),
    Sale("Виктор Тихонов", "Новый", 0, "2ГИС", "Карточка", "", title="Есть ли рассрочка"),
    Sale("+7 911 204-88-31", "Новый", 0, "", "", "", "manager", title="Пропущенный звонок, 11:20"),
    Sale("Жанна Исаева", "Новый", 0, "Telegram Ads", "Малые кв.", by="manager", days=1,
         title="Кухня в студию, 2,4 м"),
    Sale("Алия Муратова", "Квалификация", 54_000, "Telegram Ads", "Малые кв.", by="manager",
         expected=20),
    Sale("Наталья Ким", "Квалификация", 41_500, "Авито", "объявление 318", "", "manager", 6, 2,
         expected=25),
    Sale("Павел Соловьёв", "Квалификация", 0, "Директ", "РСЯ", days=3),
    Sale("Глеб Маслов", "Квалификация", 88_000, "VK", "Диваны, конверсии", days=4, task=1,
         title="Диван 2,1 на 1,6, пантограф", expected=40),
    Sale("Денис Орлов", "Замер", 138_500, "Директ", "Поиск · кухни", days=3, task=0.2,
         title="Звонить после 18", expected=15),
    Sale("Зарина Алиева", "Замер", 132_000, "VK", "Кухни, ретаргетинг", by="manager", days=2,
         task=3, expected=30),
    Sale("Тимофей Назаров", "Замер", 64_000, "Telegram Ads", "Малые кв.", by="manager", days=1,
         task=4, expected=18),
    Sale("Вера Абрамова", "Замер", 152_000, "Без рекламы", "повторная", "", days=5, task=2,
         title="Замерщик был, ждём чертёж", expected=50),
    Sale("Рустам Хайруллин", "Счёт отправлен", 118_000, "Директ", "Поиск · диваны", days=4,
         task=-1, expected=3),
    Sale("Сергей Громов", "Счёт отправлен", 212_000, "Без рекламы", "прямой", "", days=1, task=1,
         expected=10),
    Sale("Лидия Фомина", "Счёт отправлен", 174_300, "VK", "Кухни, ретаргетинг", by="manager",
         days=2, task=3, title="Фурнитура Blum, гарантия 5 лет", expected=45),
    Sale("Бюро «Дом и сад»", "Предоплата", 486_000, "Без рекламы", "рекомендация", "", "manager",
         2, 2, expected=12),
    Sale("Кирилл Панин", "Предоплата", 64_800, "", "", "", days=1, task=3,
         title="Адрес тот же, можно привозить", expected=5),
    Sale("Софья Белова", "Предоплата", 97_200, "Директ", "Поиск · диваны", days=3, task=5,
         title="Внесла 50 %, остаток при доставке", expected=8),
    Sale("Ольга Демидова", "Оплачено", 96_400, "Директ", "Поиск · диваны", days=1),
    Sale("Игорь Лапин", "Оплачено", 73_900, "VK", "Диваны, конверсии", by="manager", days=2),
    Sale("Марат Сафин", "Отказ", 58_000, "Директ", "РСЯ", days=2, reason="Дорого"),
    Sale("Реклама окон", "Не лид", 0, "", "", "", days=1, reason="Спам или реклама"),
)  # fmt: skip


def sell(members: dict[str, Membership], stages: dict[str, Stage]) -> None:
    """Make the deals of today; customers who wrote already get theirs on the board."""
    for sale in reversed(SALES):
        _make(sale, stages, members)


def make_pipeline() -> dict[str, Stage]:
    """The first pipeline with the workshop's own stages in the place of the usual ones."""
    pipeline = Pipeline.objects.get(is_default=True)
    pipeline.name = PIPELINE
    pipeline.save(update_fields=["name"])
    Stage.objects.filter(pipeline=pipeline).delete()
    made = [
        Stage(
            pipeline=pipeline,
            name=name,
            group=group,
            color=color,
            probability=probability,
            position=position,
        )
        for (name, group, color, probability), position in zip(
            STAGES, positions.several(len(STAGES)), strict=True
        )
    ]
    Stage.objects.bulk_create(made)
    return {stage.name: stage for stage in made}


def _make(sale: Sale, stages: dict[str, Stage], members: dict[str, Membership]) -> None:
    owner = members[sale.by]
    way = _way(sale.stage, stages) if sale.stage != "Новый" else []
    since = timezone.now() - timedelta(days=sale.days)
    born = since - STEP * len(way)
    contact = Contact.objects.filter(name=sale.name).first()
    if contact is None:
        is_phone = sale.name.startswith("+")
        names = {"phone": sale.name} if is_phone else {"name": sale.name}
        contact = create_contact(by=SYSTEM, at=born, **names)
    conversation = Conversation.objects.filter(contact=contact).first()
    if conversation is not None:
        # Nobody is sold to before they have written.
        born = max(born, conversation.created_at)
    deal = create_deal(
        contact=contact,
        conversation=conversation,
        by=SYSTEM,
        stage=stages["Новый"],
        title=sale.title,
        amount=Decimal(sale.amount) if sale.amount else None,
        owner=owner,
        source=sale.source,
        medium=sale.medium,
        campaign=sale.campaign,
        expected_on=moments().today + timedelta(days=sale.expected) if sale.expected else None,
        at=born,
    )
    reason = LossReason.objects.filter(name=sale.reason).first() if sale.reason else None
    came: dict[str, datetime] = {}
    for left, name in zip(reversed(range(len(way))), way, strict=True):
        at = max(since - STEP * left, born)
        deal = move_deal(deal, to=stages[name], by=owner, loss_reason=reason, at=at)
        came[name] = at
    for payment in payments_of(deal, came):
        record_payment(deal, amount=payment.amount, paid_on=payment.paid_on, by=owner)
    if sale.task is not None:
        due = timezone.now() + timedelta(days=sale.task)
        Task.objects.create(
            kind=Task.Kind.CALL, text="Позвонить", due_at=due, owner=owner, author=owner, deal=deal,
            contact=contact, has_time=0 <= sale.task < 1,
        )  # fmt: skip


def _way(name: str, stages: dict[str, Stage]) -> list[str]:
    """The stages that a deal goes through; a refusal comes right away."""
    if stages[name].group in {Group.LOST, Group.NOT_A_LEAD}:
        return [name]
    order = [one for one, group, *_rest in STAGES if group in {Group.ACTIVE, Group.WON}]
    return order[1 : order.index(name) + 1]
