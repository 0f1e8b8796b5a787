"""What goes into a frame: stream elements, and the seq that a page carries."""

import re

from live import streams
from live.threads import in_thread
from tests.live.facts import happen


def test_a_stream_carries_a_rendered_template():
    stream = streams.append("log", "_toast.html", {"text": "<b>", "level": "info"})
    assert stream.startswith('<turbo-stream action="append" target="log"><template>')
    assert "&lt;b&gt;" in stream
    assert stream.endswith("</template></turbo-stream>")


def test_a_replacement_may_morph():
    context = {"text": "x", "level": "info"}
    assert 'method="morph"' in streams.replace("one", "_toast.html", context, morph=True)
    assert "method" not in streams.update("one", "_toast.html", context)


def test_a_target_is_escaped():
    assert streams.remove('"><script>', seq=7) == (
        '<turbo-stream action="remove" target="&quot;&gt;&lt;script&gt;" seq="7"></turbo-stream>'
    )


async def test_a_page_says_as_of_when_it_is(acme, log_in):
    await happen(acme.workspace, count=3)
    client = await in_thread(log_in, acme.anna)
    page = (await in_thread(client.get, f"{acme.url}/settings/", follow=True)).content.decode()
    source = re.search(r"<live-source[^>]*>", page)[0]
    assert 'url="/ws/live/acme/"' in source
    assert 'data-live-seq="3"' in source
