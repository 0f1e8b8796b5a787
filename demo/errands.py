"""What the workshop has to do, and what it plans to sell."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from crm.actions import complete_task, create_task, set_goal
from crm.goals import month_of, months_from
from crm.repeats import at_days_end
from inbox.models import Conversation
from workspaces.models import Membership
from workspaces.zones import local_day, zone


@dataclass(frozen=True)
class Errand:
    """A task; `day` counts from the day of the seeding, `name` is a customer's."""

    by: str
    text: str
    kind: str
    day: int
    hour: str = ""
    name: str = ""
    repeat: str = ""
    reminds: bool = False
    result: str | None = None


ERRANDS = [
    Errand("agent", "Узнать у логиста дату доставки", "call", -1, "17:00", "Рустам Хайруллин"),
    Errand("agent", "Согласовать день замера", "call", 0, "23:30", "Ольга Демидова", reminds=True),
    Errand("agent", "Прислать образцы тканей", "write", 0, "", "Ольга Демидова"),
    Errand("agent", "Напомнить про рассрочку", "write", 1, "11:00", "Наталья Ким"),
    Errand("agent", "Замер в субботу", "meet", 2, "12:00", "Тимофей Назаров", reminds=True),
    Errand("agent", "Спросить о столешнице", "call", 5, "", "Жанна Исаева"),
    Errand("agent", "Разобрать зависшие диалоги", "other", 3, "10:00", repeat="weekly"),
    Errand(
        "agent",
        "Отправить смету на кухню и шкаф",
        "write",
        -1,
        "12:00",
        "Сергей Громов",
        result="Смета у клиента, думает",
    ),
    Errand("manager", "Подписать договор", "write", 0, "", "Бюро «Дом и сад»"),
    Errand("manager", "Планёрка отдела продаж", "meet", 1, "09:30", repeat="workdays"),
]
FRIDAY = 5
# In thousands of roubles and in deals.
PLANS = {"": (1500, 15), "agent": (700, 7), "manager": (800, 8)}


def seed_errands(members: dict[str, Membership]) -> None:
    """Tasks around the day of the seeding, and the plans of the months around."""
    today, place = local_day(timezone.now()), zone()
    for errand in ERRANDS:
        day = today + timedelta(days=errand.day)
        while errand.repeat == "workdays" and day.isoweekday() > FRIDAY:
            day += timedelta(days=1)
        due = at_days_end(day, place)
        if errand.hour:
            due = datetime.combine(day, time.fromisoformat(errand.hour), place)
        conversation = (
            Conversation.objects.select_related("contact").filter(contact__name=errand.name).first()
        )
        member = members[errand.by]
        task = create_task(
            text=errand.text,
            kind=errand.kind,
            due_at=due,
            has_time=bool(errand.hour),
            repeat=errand.repeat,
            remind_at=due - timedelta(hours=1) if errand.reminds else None,
            conversation=conversation,
            by=member,
        )
        if errand.result is not None:
            complete_task(task, by=member, result=errand.result)
    for month in months_from(months_from(month_of(today), -1)[0], 4):
        for login, (thousands, count) in PLANS.items():
            set_goal(
                month=month,
                member=members.get(login),
                revenue=Decimal(thousands * 1000),
                count=count,
                by=members["manager"],
            )
