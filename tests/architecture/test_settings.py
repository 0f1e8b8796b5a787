"""Settings hold together and are told to whoever installs Tandem."""

import re
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command

from config import assets

ROOT = settings.BASE_DIR
NOT_SETTINGS = {"DJANGO_SETTINGS_MODULE", "NO_COLOR", "PATH"}


def variables():
    """Every environment variable that the sources of `config` read."""
    reads = re.compile(
        r"(?:environ(?:\.get\(|\.setdefault\(|\[)|environment\.\w+\()\"([A-Z][A-Z_]+)\""
    )
    found = set()
    for path in [*(ROOT / "config").rglob("*.py"), *(ROOT / "sandbox").rglob("*.py")]:
        found |= set(reads.findall(path.read_text(encoding="utf-8")))
    return found - NOT_SETTINGS


def test_every_setting_is_documented():
    documentation = "\n".join(
        path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("docs/*.md"))
    )
    assert sorted(name for name in variables() if name not in documentation) == []


@pytest.mark.django_db
def test_models_and_migrations_agree():
    told = StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=told)


def test_sessions_do_not_live_in_redis():
    assert settings.SESSION_ENGINE == "django.contrib.sessions.backends.db"


def test_scripts_need_a_nonce_and_no_frame_may_hold_us():
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert "'unsafe-inline'" not in str(policy)
    assert "'unsafe-eval'" not in str(policy)
    assert policy["frame-ancestors"] == ["'none'"]
    assert policy["object-src"] == ["'none'"]


def test_only_named_files_of_the_browser_libraries_are_served():
    finder = assets.NodeModulesFinder()
    served = [name for name, _ in finder.list([])]
    assert sorted(served) == sorted(assets.NPM_ASSETS.values())
    assert finder.find("npm/@hotwired/turbo/package.json") == []
    assert all(finder.find(f"npm/{name}") for name in served)
