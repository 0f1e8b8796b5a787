"""Which browser the browser's tests drive: any Chrome or Chromium of this machine."""

import os
import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
CACHES = ("~/.cache/ms-playwright", "~/Library/Caches/ms-playwright")


def find_browser() -> str | None:
    """The program's path: CHROMIUM, then the PATH, then what Playwright has fetched; else None."""
    named = os.environ.get("CHROMIUM", "")
    found = [named] if named else []
    found += [path for name in NAMES if (path := shutil.which(name))]
    found += PLACES
    for cache in CACHES:
        found += sorted(map(str, Path(cache).expanduser().glob("chromium-*/*/chrome")))
    return next((path for path in found if Path(path).is_file()), None)


def is_required() -> bool:
    """Whether a missing browser is an error (as in CI)."""
    return os.environ.get("TANDEM_REQUIRE_BROWSER", "") == "1"
