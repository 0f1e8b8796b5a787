"""Browser libraries: exactly the files named here are served out of node_modules, under `npm/`."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

PREFIX = "npm/"

# The name a script imports -> the file inside node_modules.
NPM_ASSETS = {
    "@hotwired/stimulus": "@hotwired/stimulus/dist/stimulus.js",
    "@hotwired/turbo": "@hotwired/turbo/dist/turbo.es2017-esm.js",
    "echarts": "echarts/dist/echarts.esm.min.js",
    "sortablejs": "sortablejs/modular/sortable.esm.js",
}


class NodeModulesFinder(BaseFinder):
    """Finds the allow-listed files; everything else in node_modules stays invisible."""

    # For the import map: the name a script imports -> the path under STATIC_URL.
    modules: ClassVar[dict[str, str]] = {
        name: f"{PREFIX}{path}" for name, path in NPM_ASSETS.items()
    }

    def __init__(self, *args: object, **kwargs: object) -> None:
        self.storage = FileSystemStorage(location=Path(settings.BASE_DIR) / "node_modules")
        self.storage.prefix = PREFIX.rstrip("/")
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: object) -> list[object]:
        """Nothing to check: missing libraries are installed by bin/dev and bin/test."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: object) -> str | list[str]:
        """The file's place on disk, or an empty list."""
        name = path.removeprefix(PREFIX)
        known = path.startswith(PREFIX) and name in NPM_ASSETS.values()
        if not known or not self.storage.exists(name):
            return []
        found = self.storage.path(name)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, object]]:
        """Every allow-listed file with its storage, for collectstatic."""
        for name in NPM_ASSETS.values():
            yield name, self.storage
