"""A Bot API server of one's own, which keeps files on its disk and takes large ones."""

import asyncio
from pathlib import Path

import pytest

from channels_connectors import addresses
from channels_connectors.errors import ConnectorError
from channels_connectors.telegram import account, errors
from channels_connectors.telegram.connector import TelegramConnector
from channels_connectors.types import OutboundAttachment
from tests.sandbox_server import MARIA

MEGABYTE = 1024 * 1024


@pytest.fixture
def local(telegram_bot, make_connector):
    """The connector of a channel whose setting is `local`."""
    telegram_bot.control("server", local=True)
    return make_connector(telegram_bot.token, local=True)


@pytest.fixture
def reference(telegram_bot):
    """A file that Maria has sent."""
    message = telegram_bot.say(files={"file": ("a.pdf", b"%PDF-1", "application/pdf")})
    return {"file_id": message["document"]["file_id"]}


def test_what_can_be_sent_depends_on_the_server(make_connector, telegram_bot):
    ordinary = make_connector(telegram_bot.token)
    assert ordinary.capabilities.max_file_bytes == 50 * MEGABYTE
    assert make_connector(telegram_bot.token, local=True).capabilities.max_file_bytes == (
        2000 * MEGABYTE
    )
    assert TelegramConnector.capabilities_with({"local": True}).max_file_bytes == 2000 * MEGABYTE
    assert TelegramConnector.capabilities_with({}) == TelegramConnector.capabilities


def test_a_large_file_is_too_much_for_the_public_server_only(
    connector, local, outbound, refused, telegram_bot, tmp_path
):
    telegram_bot.say("Пришлите")
    path = tmp_path / "film"
    with path.open("wb") as file:
        file.truncate(51 * MEGABYTE)
    film = outbound(attachments=(OutboundAttachment("file", "film.bin", "x/y", path),))
    assert refused(connector.send(film)).words == errors.FILE_TOO_LARGE
    asyncio.run(local.send(film))
    (answer,) = telegram_bot.answers()
    assert answer["document"]["file_size"] == 51 * MEGABYTE


def test_a_shared_disk_is_read(local, reference, telegram_bot, settings):
    telegram_bot.control("server", local=True, shares_files=True)
    path = _path(telegram_bot, reference)
    settings.TELEGRAM_FILES = str(path.parent)
    file = asyncio.run(local.download(reference, 1000))
    assert (file.path.read_bytes(), file.size) == (b"%PDF-1", 6)
    assert file.path != path
    assert path.exists()
    file.path.unlink()


def test_the_limit_holds_on_a_shared_disk(local, reference, refused, telegram_bot, settings):
    telegram_bot.control("server", local=True, shares_files=True)
    settings.TELEGRAM_FILES = str(_path(telegram_bot, reference).parent)
    assert refused(local.download(reference, 5)).words == errors.FILE_TOO_LARGE


def test_without_a_shared_disk_the_file_is_fetched_below_the_bots_folder(local, reference):
    file = asyncio.run(local.download(reference, 1000))
    assert file.path.read_bytes() == b"%PDF-1"
    file.path.unlink()


@pytest.mark.parametrize("folder", ["elsewhere", ""])
def test_no_other_file_of_this_machine_is_read(
    local, reference, refused, telegram_bot, settings, tmp_path, folder
):
    telegram_bot.control("server", local=True, shares_files=True)
    settings.TELEGRAM_FILES = str(tmp_path / folder) if folder else None
    assert refused(local.download(reference, 1000)).words == errors.NO_FILE


def test_a_server_that_an_admin_names_shares_no_disk(
    make_connector, reference, telegram_bot, settings, monkeypatch
):
    monkeypatch.setattr(addresses, "is_public", lambda address: True)
    telegram_bot.control("server", local=True, shares_files=True)
    settings.TELEGRAM_FILES = str(_path(telegram_bot, reference).parent)
    address, settings.TELEGRAM_API_URL = settings.TELEGRAM_API_URL, None
    stranger = make_connector(telegram_bot.token, local=True, api_url=address)
    with pytest.raises(ConnectorError) as caught:
        asyncio.run(stranger.download(reference, 1000))
    assert caught.value.words == errors.NO_FILE


def test_the_public_server_says_what_to_do_with_a_large_file(connector, refused, telegram_bot):
    upload = {"file": ("film.bin", b"\0" * (20 * MEGABYTE + 1), "application/octet-stream")}
    message = telegram_bot.say(files=upload)
    reference = {"file_id": message["document"]["file_id"]}
    error = refused(connector.download(reference, 100 * MEGABYTE))
    assert (error.error_class, error.words) == ("bad_content", errors.FILE_TOO_LARGE_TO_FETCH)
    telegram_bot.control("server", local=True)
    file = asyncio.run(connector.download(reference, 100 * MEGABYTE))
    assert file.size == 20 * MEGABYTE + 1
    file.path.unlink()


def test_the_setting_is_checked(make_connector, telegram_bot, settings):
    assert make_connector(telegram_bot.token, local="true").clean_settings()["local"] is True
    assert make_connector(telegram_bot.token, local="").clean_settings()["local"] is False
    settings.TELEGRAM_API_URL = None
    with pytest.raises(ConnectorError) as caught:
        make_connector(telegram_bot.token, local=True).clean_settings()
    assert caught.value.words == account.NO_SERVER
    with_address = make_connector(telegram_bot.token, local=True, api_url="https://bots.example")
    assert with_address.clean_settings()["local"] is True


def _path(bot, reference) -> Path:
    answer = bot.sandbox.http.post(f"/bot{bot.token}/getFile", json=reference).json()
    assert bot.messages(MARIA)
    return Path(answer["result"]["file_path"])
