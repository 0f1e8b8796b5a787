"""Where we do not let ourselves be sent."""

import asyncio
import ipaddress
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core import safe_http
from core.addresses import is_public
from core.safe_http import Refused, Unreachable, fetch

PRIVATE = [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1",
    "192.168.1.1", "192.0.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "192.0.2.1", "::", "::1", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::a00:1", "2002:7f00:1::",
    "2002:a00:1::", "::127.0.0.1", "2001:db8::1", "2001:0:4136:e378:8000:63bf:f5ff:fffe",
]  # fmt: skip
PUBLIC = [
    "93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808",
]  # fmt: skip


@pytest.mark.parametrize("text", PRIVATE)
def test_private_addresses_in_any_disguise(text):
    assert not is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses(text):
    assert is_public(ipaddress.ip_address(text))


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append((self.path, dict(self.headers)))
        status, headers, body = self.server.answers.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815

    def log_message(self, *arguments):
        return


@pytest.fixture
def server(settings):
    """A server in our own network that the settings name as a platform's address."""
    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.asked, made.answers = [], {}
    made.url = f"http://127.0.0.1:{made.server_port}"
    settings.TELEGRAM_API_URL = made.url + "/base"
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


@pytest.fixture
def names(monkeypatch):
    """Hosts that resolve as the test says, one answer after another."""
    known = {}

    async def resolve(host, port):
        answers = known.get(host) or [[host]]
        texts = answers.pop(0) if len(answers) > 1 else answers[0]
        return [ipaddress.ip_address(text) for text in texts]

    monkeypatch.setattr(safe_http, "resolve", resolve)
    return known


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "https://127.0.0.1/",
        "https://[::ffff:127.0.0.1]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://localhost/",
        "https://user@10.0.0.1/",
        "http://8.8.8.8/",
        "https://8.8.8.8:8443/",
        "file:///etc/passwd",
        "gopher://8.8.8.8/",
        "ftp://8.8.8.8/",
        "https://",
        "https://[",
        "javascript:alert(1)",
    ],
)
async def test_these_are_refused(url):
    with pytest.raises((Refused, Unreachable)):
        await fetch(url)


async def test_an_address_that_the_settings_name_is_trusted(server):
    server.answers["/x"] = (200, {"X-Name": "v"}, b"hello")
    answer = await fetch(server.url + "/x", headers={"Host": "evil", "X-Mine": "1"})
    assert (answer.status, answer.body, answer.headers["x-name"]) == (200, b"hello", "v")
    _, sent = server.asked[0]
    assert sent["Host"] == f"127.0.0.1:{server.server_port}"
    assert sent["X-Mine"] == "1"


async def test_its_neighbour_is_not(server):
    with pytest.raises(Refused, match="port"):
        await fetch(f"http://127.0.0.1:{server.server_port + 1}/")
    with pytest.raises(Refused):
        await fetch(f"https://127.0.0.1:{server.server_port}/")


async def test_a_host_with_one_private_address_is_refused(names):
    names["mixed.example"] = [["8.8.8.8", "10.0.0.1"]]
    with pytest.raises(Refused, match="private"):
        await fetch("https://mixed.example/")


async def test_a_redirect_into_our_network_is_refused(server, names):
    server.answers["/go"] = (302, {"Location": "http://169.254.169.254/latest"}, b"")
    with pytest.raises(Refused):
        await fetch(server.url + "/go")
    server.answers["/up"] = (302, {"Location": "https://inside.example/"}, b"")
    names["inside.example"] = [["10.0.0.1"]]
    with pytest.raises(Refused, match="private"):
        await fetch(server.url + "/up")


async def test_redirects_end(server):
    server.answers["/round"] = (302, {"Location": "/round"}, b"")
    with pytest.raises(Refused, match="redirects"):
        await fetch(server.url + "/round")
    assert len(server.asked) == safe_http.MOST_REDIRECTS + 1


async def test_a_post_is_not_sent_on(server):
    server.answers["/post"] = (302, {"Location": "/elsewhere"}, b"")
    answer = await fetch(server.url + "/post", method="POST", content=b"x")
    assert (answer.status, len(server.asked)) == (302, 1)


async def test_secrets_do_not_follow_to_another_host(server, settings):
    other = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    other.asked, other.answers = [], {"/": (200, {}, b"")}
    thread = threading.Thread(target=other.serve_forever)
    thread.start()
    settings.VK_API_URL = f"http://127.0.0.1:{other.server_port}"
    server.answers["/go"] = (302, {"Location": settings.VK_API_URL + "/"}, b"")
    try:
        await fetch(server.url + "/go", headers={"Authorization": "secret", "X-Mine": "1"})
    finally:
        other.shutdown()
        other.server_close()
        thread.join()
    _, sent = other.asked[0]
    assert "Authorization" not in sent
    assert sent["X-Mine"] == "1"


async def test_too_much_is_not_taken(server):
    server.answers["/told"] = (200, {"Content-Length": "2000"}, b"x" * 2000)
    server.answers["/untold"] = (200, {}, b"x" * 2000)
    server.answers["/packed"] = (200, {"Content-Encoding": "gzip"}, b"x")
    for path in ("/told", "/untold", "/packed"):
        with pytest.raises(Refused):
            await fetch(server.url + path, most_bytes=1000)


async def test_nobody_waits_for_ever(settings):
    silent = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    settings.TELEGRAM_API_URL = f"http://127.0.0.1:{port}"
    with pytest.raises(Unreachable):
        await fetch(settings.TELEGRAM_API_URL, seconds=0.2)
    silent.close()


async def test_the_connection_goes_to_the_address_that_was_checked(names, monkeypatch):
    """A name server that tells another address the second time changes nothing."""
    names["rebinding.example"] = [["8.8.8.8"], ["127.0.0.1"]]
    asked = []

    class Transport(safe_http.httpx.AsyncBaseTransport):
        async def handle_async_request(self, request):
            asked.append((request.url.host, request.headers["host"], request.extensions))
            return safe_http.httpx.Response(200, stream=safe_http.httpx.ByteStream(b""))

    client = safe_http.httpx.AsyncClient
    monkeypatch.setattr(
        safe_http.httpx, "AsyncClient", lambda **values: client(transport=Transport(), **values)
    )
    await fetch("https://rebinding.example/path")
    ((host, named, extensions),) = asked
    assert (host, named) == ("8.8.8.8", "rebinding.example")
    assert extensions["sni_hostname"] == "rebinding.example"
