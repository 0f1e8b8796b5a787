"""The page's words, English and Russian."""

from __future__ import annotations

STRINGS: dict[str, tuple[str, str]] = {
    "title": ("Sandbox phone", "Телефон-песочница"),
    "bot": ("Bot", "Бот"),
    "person": ("You are", "Вы"),
    "new_person": ("New customer", "Новый клиент"),
    "new_bot": ("New bot", "Новый бот"),
    "token": ("Token", "Токен"),
    "copy": ("Copy", "Скопировать"),
    "copied": ("Copied", "Скопировано"),
    "no_bots": (
        "No bot yet. Make one and give its token to Tandem: Channels, Telegram.",
        "Ботов ещё нет. Создайте бота и укажите его токен в Tandem: Каналы, Telegram.",
    ),
    "connected": ("Updates go to", "Обновления идут на"),
    "not_connected": (
        "No program is connected by webhook; updates wait: ",
        "Вебхук не подключён; обновлений ждёт: ",
    ),
    "chat": ("Chat", "Чат"),
    "empty": (
        "No messages yet. Press Start or write.",
        "Сообщений пока нет. Нажмите «Старт» или напишите.",
    ),
    "message": ("Message", "Сообщение"),
    "send": ("Send", "Отправить"),
    "attach": ("Attach", "Прикрепить"),
    "photo": ("Photo", "Фото"),
    "document": ("File", "Файл"),
    "video": ("Video", "Видео"),
    "voice": ("Voice", "Голосовое"),
    "location": ("Location", "Местоположение"),
    "contact": ("My phone number", "Мой номер телефона"),
    "start": ("Start", "Старт"),
    "start_payload": ("Start payload", "Параметр start"),
    "block": ("Block the bot", "Заблокировать бота"),
    "unblock": ("Unblock the bot", "Разблокировать бота"),
    "blocked": ("You have blocked the bot", "Вы заблокировали бота"),
    "reply": ("Reply", "Ответить"),
    "edit": ("Edit", "Изменить"),
    "react": ("Like", "Нравится"),
    "cancel": ("Cancel", "Отменить"),
    "replying": ("Reply to", "Ответ на"),
    "editing": ("Editing", "Изменение"),
    "edited": ("edited", "изменено"),
    "typing": ("typing…", "печатает…"),
    "online": ("bot", "бот"),
    "file": ("File", "Файл"),
    "sticker": ("Sticker", "Стикер"),
    "name": ("Name", "Имя"),
    "troubles": ("Troubles", "Неполадки"),
    "troubles_about": (
        "What the program that answers as the bot will meet.",
        "С чем столкнётся программа, которая отвечает от имени бота.",
    ),
    "rate": ("429, too many requests", "429, слишком часто"),
    "blocked_fault": ("403, blocked by the user", "403, бот заблокирован"),
    "server": ("500, server error", "500, ошибка сервера"),
    "gateway": ("502, gateway error", "502, ошибка шлюза"),
    "timeout_before": ("Times out, not delivered", "Обрыв, не доставлено"),
    "timeout_after": ("Times out after delivery", "Обрыв после доставки"),
    "next_one": ("next call", "следующий вызов"),
    "next_five": ("next 5 calls", "следующие 5 вызовов"),
    "until_cleared": ("until cleared", "пока не выключите"),
    "how_long": ("For", "На"),
    "kind": ("Answer", "Ответ"),
    "switch_on": ("Switch on", "Включить"),
    "clear": ("Clear all", "Выключить все"),
    "active": ("Active now", "Включено сейчас"),
    "none": ("none", "ничего"),
    "twice": ("Deliver updates twice", "Доставлять обновления дважды"),
    "shuffle": ("Shuffle updates", "Перемешивать обновления"),
    "failed": ("It did not work", "Не получилось"),
    "bot_says": ("Bot", "Бот"),
}


def strings(accept_language: str) -> dict[str, str]:
    """The words in the browser's language: Russian where it comes before English, else English."""
    wanted = [part.split(";")[0].strip().lower()[:2] for part in accept_language.split(",")]
    russian = next((code for code in wanted if code in ("ru", "en")), "en") == "ru"
    return {key: pair[russian] for key, pair in STRINGS.items()} | {
        "lang": "ru" if russian else "en"
    }
