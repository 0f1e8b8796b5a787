from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from analytics.metrics.page import page


class Command(BaseCommand):
    help = "Writes docs/metrics.md from the registry of metrics."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="Only tell whether it is so.")

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / "docs" / "metrics.md"
        text = page()
        if options["check"]:
            self.stdout.write("same" if path.read_text(encoding="utf-8") == text else "differs")
            return
        path.write_text(text, encoding="utf-8")
        self.stdout.write(f"{path.relative_to(settings.BASE_DIR)} is written.")
