"""Pages for balancers and for monitoring."""

import pytest

from config import health
from core.redis import client as redis_client


@pytest.fixture
def worker():
    redis_client().set(health.WORKER_KEY, "1", ex=30)
    yield
    redis_client().delete(health.WORKER_KEY)


def test_alive(client):
    assert client.get("/healthz").content == b"ok\n"


@pytest.mark.django_db
def test_ready_when_all_answer(client, worker):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"database": "ok", "redis": "ok", "worker": "ok"}


@pytest.mark.django_db
def test_not_ready_without_a_worker(client):
    redis_client().delete(health.WORKER_KEY)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["worker"] == "down"


def test_metrics_hide_until_a_token_is_set(client, settings):
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics").status_code == 404


def test_metrics_want_the_token(client, settings):
    settings.METRICS_TOKEN = "figures"
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"authorization": "Bearer wrong"}).status_code == 401
    told = client.get("/metrics", headers={"authorization": "Bearer figures"})
    assert told.status_code == 200
    assert b"process_resident_memory_bytes" in told.content


@pytest.mark.django_db
async def test_django_answers_through_the_asgi_application():
    from asgiref.testing import ApplicationCommunicator

    from config.asgi import application

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/healthz",
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
        "client": ("127.0.0.1", 5000),
        "server": ("127.0.0.1", 8000),
    }
    browser = ApplicationCommunicator(application, scope)
    await browser.send_input({"type": "http.request", "body": b""})
    head = await browser.receive_output()
    body = await browser.receive_output()
    headers = dict(head["headers"])
    assert (head["status"], body["body"]) == (200, b"ok\n")
    assert b"frame-ancestors 'none'" in headers[b"Content-Security-Policy"]
    assert headers[b"X-Content-Type-Options"] == b"nosniff"


async def test_a_socket_at_an_unknown_address_is_refused():
    from asgiref.testing import ApplicationCommunicator

    from config.asgi import application

    scope = {"type": "websocket", "path": "/ws/nothing/", "headers": [], "subprotocols": []}
    browser = ApplicationCommunicator(application, scope)
    await browser.send_input({"type": "websocket.connect"})
    assert await browser.receive_output(5) == {"type": "websocket.close", "code": 4404}
