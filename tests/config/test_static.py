"""Static files in front of Django."""

import json

import pytest
from django.core.management import call_command

from config.static import StaticFiles

TURBO = "/static/npm/@hotwired/turbo/dist/turbo.es2017-esm.js"


async def ask(application, path, method="GET", headers=()):
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": list(headers)}
    await application(scope, None, send)
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


@pytest.fixture(scope="module")
def files():
    return StaticFiles()


async def test_a_library_is_served_as_script(files):
    status, headers, body = await ask(files, TURBO)
    assert status == 200
    assert headers[b"content-type"].startswith(b"text/javascript")
    assert b"Turbo" in body


async def test_what_the_browser_has_is_not_sent_again(files):
    _, headers, _ = await ask(files, TURBO)
    known = [(b"if-modified-since", headers[b"last-modified"])]
    status, _, body = await ask(files, TURBO, headers=known)
    assert (status, body) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/static/missing.css",
        "/static/../manage.py",
        "/static/%2e%2e/manage.py",
        "/static//etc/passwd",
        "/static/npm/@hotwired/turbo/package.json",
    ],
)
async def test_nothing_else_is_served(files, path):
    status, _, _ = await ask(files, path)
    assert status == 404


async def test_writing_is_refused(files):
    status, _, _ = await ask(files, TURBO, method="POST")
    assert status == 405


async def test_production_serves_hashed_names_for_ever(settings, tmp_path):
    settings.DEVELOPMENT = False
    settings.STATIC_ROOT = tmp_path
    manifest = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": manifest}}
    # Fails when a stylesheet names a file that does not exist.
    call_command("collectstatic", interactive=False, verbosity=0)
    names = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    hashed = names["css/app.css"]
    assert hashed != "css/app.css"
    files = StaticFiles()
    status, headers, _ = await ask(files, f"/static/{hashed}")
    assert status == 200
    assert b"immutable" in headers[b"cache-control"]
    status, headers, _ = await ask(files, "/static/css/app.css")
    assert headers[b"cache-control"] == b"max-age=60, public"
