import time
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analytics.rollups.rebuilding import rebuild_workspace
from workspaces.models import Workspace

_WIDTH: Final = 30
# A log that is not a terminal gets a line so often.
_SECONDS: Final = 5.0


class Command(BaseCommand):
    help = "Counts a workspace's facts and rollups anew, from the journal and the deals."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("workspace", help="The workspace's address (slug).")

    def handle(self, *args: Any, **options: Any) -> None:
        workspace = Workspace.objects.filter(slug=options["workspace"]).first()
        if workspace is None:
            raise CommandError(f"There is no workspace {options['workspace']}.")
        self._began, self._told_at = time.monotonic(), 0.0
        rebuild_workspace(workspace.pk, progress=self.tell)
        self.stdout.write(f"Done in {time.monotonic() - self._began:.0f} s.")

    def tell(self, what: str, done: int, of: int) -> None:
        """A bar that grows in its line; in a file, a line now and then and at the end."""
        is_end = done >= of
        full = _WIDTH * done // of if of else _WIDTH
        spent = time.monotonic() - self._began
        line = f"{'#' * full:.<{_WIDTH}} {done:,} of {of:,} {what}, {spent:.0f} s"
        if self.stdout.isatty():
            self.stdout.write(f"\r{line}", ending="\n" if is_end else "")
            self.stdout.flush()
        elif is_end or spent - self._told_at >= _SECONDS:
            self._told_at = spent
            self.stdout.write(line)
