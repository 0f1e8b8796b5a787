"""What customers of the workshop wrote, and what was answered."""

from dataclasses import dataclass, field

THEM, US, NOTE = "incoming", "outgoing", "internal"


@dataclass(frozen=True)
class Line:
    """One message; `ago` in minutes before the seeding."""

    who: str
    ago: int
    text: str
    kind: str = "text"
    status: str = ""
    error: str = ""


@dataclass(frozen=True)
class Dialogue:
    """One conversation. `by` is the login of the assignee, empty for a new one."""

    name: str
    channel: str
    lines: list[Line]
    by: str = ""
    status: str = "accepted"
    unread: int = 0
    waiting: bool = False
    phone: str = ""
    email: str = ""
    labels: list[str] = field(default_factory=list)
    city: str = ""
    start: str = ""


HOUR, DAY = 60, 24 * 60


def them(ago: int, text: str, **values: str) -> Line:
    """What the customer wrote."""
    return Line(THEM, ago, text, **values)


def us(ago: int, text: str, status: str = "read", **values: str) -> Line:
    """What was answered."""
    return Line(US, ago, text, status=status, **values)


def note(ago: int, text: str) -> Line:
    """What colleagues told each other."""
    return Line(NOTE, ago, text)


DIALOGUES = [
    Dialogue(
        "Рустам Хайруллин",
        "telegram",
        [
            them(
                4 * DAY + 10 * HOUR,
                "Здравствуйте. Выставите счёт на «Ладогу» в сером, заберу на этой неделе",
            ),
            us(4 * DAY + 590, "Рустам, добрый день. Счёт отправил сюда и на почту."),
            them(3 * HOUR, "Добрый день. Диван «Ладога» оплатил в пятницу, когда доставка?"),
            us(170, "Здравствуйте, Рустам. Уточню у логиста и вернусь к вам сегодня."),
            them(70, "Есть новости?"),
            them(40, "Мне бы до четверга, уезжаю"),
            them(24, "Так что по доставке? Третий раз пишу"),
        ],
        by="agent",
        unread=3,
        waiting=True,
        phone="+79172204511",
        labels=["диван", "доставка"],
        city="Казань",
    ),
    Dialogue(
        "Ольга Демидова",
        "website",
        [
            them(
                DAY + 17 * HOUR,
                "Добрый день. Оплатила диван, спасибо. Можно взять у вас ещё один, поменьше?",
            ),
            us(DAY + 1010, "Ольга, конечно. Напишите, куда он встанет, подберём по размеру."),
            them(
                50, "Здравствуйте. Диван встанет под окно, ширина ниши 2,36 м. Подойдёт «Ладога»?"
            ),
            us(
                41,
                "Ольга, добрый день. В нишу подойдёт «Ладога» 2,30 м: останется по 3 см с каждой стороны.",
            ),
            them(
                29,
                "Хорошо, а до Нового года успеете? И сколько будет с доставкой во Всеволожск, четвёртый этаж без лифта",
            ),
            note(
                27,
                "Тимур, есть окно на замер во Всеволожске в четверг? Подъём без лифта считаем отдельно.",
            ),
            them(5, "И пришлите, пожалуйста, образцы тканей"),
        ],
        by="agent",
        waiting=True,
        phone="+79213842016",
        email="demidova@example.ru",
        labels=["диван", "повторный"],
        city="Всеволожск",
    ),
    Dialogue(
        "Екатерина Жукова",
        "website",
        [
            them(9, "Есть ли «Ладога» в зелёном велюре?"),
            them(8, "А можно такой же, но с подлокотником поуже?"),
        ],
        status="new",
        unread=2,
        waiting=True,
        city="Санкт-Петербург",
    ),
    Dialogue(
        "Павел Соловьёв",
        "telegram",
        [
            them(3 * DAY + 4 * HOUR, "Добрый день, делаете кухни на заказ?"),
            us(3 * DAY + 230, "Здравствуйте. Да, по вашим размерам. Какая длина и что из техники?"),
            them(2 * HOUR, "Сколько стоит кухня 2,4 метра без техники?"),
            us(
                110,
                "Павел, здравствуйте. От 168 000 ₽, точную смету сделаем после замера. Когда удобно?",
                "sent",
            ),
            us(
                16,
                "Павел, подготовили предварительную смету, отправляю.",
                "failed",
                error="The customer has blocked the bot.",
            ),
        ],
        by="agent",
        labels=["кухня"],
    ),
    Dialogue(
        "Алия Муратова",
        "telegram",
        [
            them(31, "Здравствуйте"),
            them(30, "Нужен стеллаж в детскую, 180 на 90, берёза. Делаете на заказ?"),
            them(2, "И ещё стол к нему"),
        ],
        status="new",
        unread=3,
        waiting=True,
        start="instagram_november",
        city="Уфа",
    ),
    Dialogue(
        "Сергей Громов",
        "website",
        [
            them(DAY + 10 * HOUR, "Здравствуйте. Нужна кухня и шкаф в прихожую, размеры пришлю"),
            us(DAY + 590, "Сергей, добрый день. Ждём размеры, смета будет завтра."),
            them(3 * HOUR, "Добрый день, жду смету на кухню и шкаф"),
            us(
                2 * HOUR,
                "Отправил смету, посмотрите: кухня 412 000 ₽, шкаф 86 000 ₽. Срок 35 рабочих дней.",
            ),
        ],
        by="agent",
        phone="+79052113344",
        labels=["кухня", "шкаф"],
    ),
    Dialogue(
        "Наталья Ким",
        "telegram",
        [
            them(6 * DAY + 4 * HOUR, "Здравствуйте, видела у вас комод с Авито. Он ещё есть?"),
            us(6 * DAY + 232, "Наталья, добрый день. Есть, и можно в другом цвете."),
            them(5 * HOUR, "Какая рассрочка?"),
            us(290, "Наталья, на шесть месяцев без переплаты, на двенадцать через банк.", "sent"),
            them(150, "Спасибо, подумаем до выходных"),
        ],
        by="agent",
        labels=["рассрочка"],
    ),
    Dialogue(
        "Денис Орлов",
        "telegram",
        [
            them(3 * DAY + 7 * HOUR, "Добрый день. Нужна угловая кухня, 2,8 на 1,6"),
            us(3 * DAY + 410, "Здравствуйте, Денис. Приедем на замер, он бесплатный. Какой адрес?"),
            them(4 * HOUR, "Замер можно вечером?"),
            note(3 * HOUR, "Клиент просил звонить после 18."),
            us(170, "Да, замерщик бывает до 20:00. Записал вас на среду, 19:00.", "sent"),
        ],
        by="manager",
        phone="+79637758812",
    ),
    Dialogue(
        "Бюро «Дом и сад»",
        "website",
        [
            them(
                2 * DAY + 14 * HOUR,
                "Добрый день. Вас посоветовал заказчик, делаете мебель для офисов?",
            ),
            us(
                2 * DAY + 825,
                "Здравствуйте. Делаем, от одного стола до этажа. Что нужно?",
                "delivered",
            ),
            them(6 * HOUR, "Нужно шесть столов в переговорные, счёт на юрлицо"),
            us(320, "Договор и счёт подготовили, ждём подпись.", "delivered"),
        ],
        by="manager",
        email="office@domisad.example",
        labels=["дизайнеры", "юрлицо"],
    ),
    Dialogue(
        "Ирина Власова",
        "telegram",
        [
            them(DAY + 90, "Диван привезли, всё супер, спасибо!"),
            us(DAY + 80, "Рады, что всё подошло. Гарантия 24 месяца, если что, пишите.", "sent"),
        ],
        by="agent",
        status="closed",
        labels=["диван"],
    ),
    Dialogue(
        "Тимофей Назаров",
        "telegram",
        [
            them(DAY + 7 * HOUR, "Какие ткани есть для «Онеги»?"),
            us(
                DAY + 408,
                "Тимофей, 42 ткани: велюр, рогожка, шенилл. Образцы привезёт замерщик.",
                "sent",
            ),
            them(DAY + 60, "Тогда жду замер в субботу"),
            us(DAY + 50, "Записал: суббота, 12:00. За час позвоним.", "sent"),
        ],
        by="agent",
    ),
    Dialogue(
        "Виктор Тихонов",
        "website",
        [them(1, "Здравствуйте, есть рассрочка на кровать?")],
        status="new",
        unread=1,
        waiting=True,
    ),
    Dialogue(
        "Жанна Исаева",
        "telegram",
        [
            them(DAY, "Нужна кухня в студию, 2,4 м, до 200 тысяч"),
            us(
                DAY - 12,
                "Жанна, здравствуйте. Уложимся: есть «Нева» в матовом фасаде, 187 000 ₽.",
                "sent",
            ),
            them(3 * HOUR, "Отлично, а столешницу из камня?"),
            us(160, "Кварц добавит 34 000 ₽, срок тот же. Посчитать с ним?", "sent"),
        ],
        by="agent",
        labels=["кухня"],
    ),
    Dialogue(
        "Глеб Антонов",
        "website",
        [
            them(2 * DAY, "Скрипит каркас, покупали у вас в мае"),
            us(
                2 * DAY - 30,
                "Глеб, извините за неудобство. Мастер приедет завтра с 10 до 14, бесплатно.",
            ),
            them(DAY, "Мастер был, всё починил. Спасибо"),
        ],
        by="service",
        status="closed",
        phone="+79219908877",
        labels=["гарантия"],
    ),
]
