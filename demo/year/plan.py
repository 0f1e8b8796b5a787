"""What the year is made of: advertisements, products, people's habits, seasons."""

from dataclasses import dataclass
from typing import Final

DAYS: Final = 365
# Leads on an ordinary working day, before season and weekday.
LEADS_A_DAY: Final = 2.3
# Of all who write, those who want to buy nothing: delivery, repairs, guarantees.
SERVICE_SHARE: Final = 0.22
# Spring brings little, the autumn most; January sleeps.
SEASON: Final = {
    1: 0.65, 2: 0.8, 3: 0.95, 4: 0.95, 5: 0.8, 6: 0.85, 7: 0.85, 8: 0.95, 9: 1.2, 10: 1.35,
    11: 1.4, 12: 1.2,
}  # fmt: skip
# Parts of a campaign's leads and clicks by keyword: the first brings most, the last costs most.
TERM_LEADS: Final = (0.42, 0.3, 0.2, 0.08)
TERM_CLICKS: Final = (0.34, 0.22, 0.2, 0.24)
WEEKDAYS: Final = (1.1, 1.15, 1.05, 1.05, 1.0, 0.6, 0.5)
HOURS: Final = (
    *(1, 0, 0, 0, 0, 0, 1, 2, 4, 9, 13, 15),
    *(15, 13, 14, 15, 14, 14, 13, 12, 11, 9, 5, 2),
)
# Two sellers were away: answers came late, and less was sold.
HOLIDAYS: Final = 8


@dataclass(frozen=True)
class Campaign:
    """`weight`: its part of the leads. `accepted`, `won`: of its leads, of its accepted ones.
    `click`: the price of one in roubles, 0 where nothing is paid. `since`: the month it began.
    `terms`: the keywords that it is shown for, the most frequent first."""

    source: str
    medium: str
    name: str
    ads: tuple[str, ...]
    weight: float
    accepted: float
    won: float
    click: float = 0
    clicks_a_lead: int = 30
    since: int = 1
    ticket: float = 1.0
    terms: tuple[str, ...] = ()


SOFA_TERMS: Final = ("купить диван", "диван на заказ", "угловой диван спб", "диван недорого")
CAMPAIGNS: Final = (
    Campaign("Директ", "cpc", "Поиск · диваны", ("Диван за 14 дней", "Диван по размерам"),
             17, 0.78, 0.27, 42, 24, terms=SOFA_TERMS),
    Campaign("Директ", "cpc", "Поиск · кухни", ("Кухня под ключ", "Замер бесплатно"),
             10, 0.74, 0.19, 55, 26, ticket=2.1,
             terms=("кухня на заказ", "кухня под ключ цена", "маленькая кухня", "кухни недорого")),
    Campaign("Директ", "cpc", "РСЯ", ("Ретаргетинг",), 8, 0.55, 0.13, 12, 40),
    Campaign("VK", "cpc", "Диваны, конверсии", ("Видео: сборка", "Карусель"),
             14, 0.52, 0.14, 19, 32),
    Campaign("VK", "cpc", "Кухни, ретаргетинг", ("Рассрочка",), 6, 0.58, 0.15, 23, 30, ticket=1.9),
    Campaign("VK", "cpc", "Велюр, осень", ("Велюр −15 %",), 11, 0.46, 0.12, 21, 30, since=9),
    Campaign("Telegram Ads", "cpc", "Малые кв.", ("Студия 24 м²", "Кухня 2,4 м"),
             8, 0.66, 0.17, 38, 22),
    Campaign("2ГИС", "listing", "Карточка", (), 6, 0.8, 0.24, 28, 12),
    Campaign("Авито", "listing", "объявление 318", (), 7, 0.6, 0.18),
    Campaign("Без рекламы", "", "рекомендация", (), 7, 0.88, 0.38, ticket=1.2),
    Campaign("", "", "", (), 6, 0.6, 0.16),
)  # fmt: skip
AGAIN: Final = Campaign("Без рекламы", "", "повторная", (), 0, 0.95, 0.6)

PRODUCTS: Final = (
    ("Диван «Ладога»", 68_000), ("Диван «Онега», угловой", 94_000), ("Кресло «Имандра»", 31_000),
    ("Кровать «Белое море»", 58_000), ("Стол обеденный, дуб", 42_000), ("Шкаф-купе", 76_000),
    ("Кухня, 2,4 м", 132_000), ("Детская, набор", 87_000),
)  # fmt: skip
LOST: Final = (("Дорого", 38), ("Долгая доставка", 17), ("Передумал", 16),
               ("Перестал отвечать", 21), ("Ушёл к конкуренту", 12),
               ("Поздно ответили", 9))  # fmt: skip
REFUSED: Final = (("Спам или реклама", 30), ("Ищет работу", 12), ("Другой регион", 34),
                  ("Контакты не работают", 24))  # fmt: skip

QUESTIONS: Final = (
    "Здравствуйте! Сколько стоит и какие сроки?", "Добрый день, а есть в наличии?",
    "Хочу заказать по своим размерам, возможно?", "Подскажите, рассрочка есть?",
    "Здравствуйте, увидели вашу рекламу. Можно подробнее?", "Доставка в Пушкин сколько стоит?",
)  # fmt: skip
SERVICE_QUESTIONS: Final = (
    "Когда привезут заказ?", "Скрипит механизм, что делать?",
    "Можно перенести доставку на субботу?", "Не хватает одной ножки в коробке",
    "Как почистить велюр?",
)  # fmt: skip
ANSWERS: Final = (
    "Здравствуйте! Сейчас посчитаю и пришлю варианты.",
    "Добрый день! Да, есть. Какой размер нужен?",
    "Здравствуйте! Можно, замер бесплатный. Когда вам удобно?",
    "Добрый день! Рассрочка до 12 месяцев, расскажу подробнее.",
)  # fmt: skip
THANKS: Final = ("Спасибо, подумаем", "Отлично, давайте так", "Понял, спасибо", "Хорошо, жду")
FIRST_NAMES: Final = (
    "Анна", "Борис", "Вера", "Глеб", "Дарья", "Егор", "Жанна", "Захар", "Ирина", "Олег", "Мария",
    "Никита", "Полина", "Роман", "Светлана", "Тимур", "Ульяна", "Фёдор", "Элина", "Юрий",
)  # fmt: skip
# Names of families that have one form for everybody.
LAST_NAMES: Final = (
    "Бондаренко", "Черных", "Ким", "Лебедь", "Гончар", "Седых", "Ткаченко", "Дюма", "Мороз",
    "Шевчук", "Кравец", "Зима", "Бойко", "Руденко", "Сорока", "Долгих", "Коваль", "Гайдар",
)  # fmt: skip


@dataclass(frozen=True)
class Habit:
    """How a seller works: part of the leads, median minutes to a first reply, luck in selling."""

    login: str
    share: float
    minutes: float
    luck: float


SELLERS: Final = (Habit("agent", 0.6, 4, 1.15), Habit("manager", 0.4, 11, 0.85))
SERVICE: Final = Habit("service", 1.0, 17, 1.0)
