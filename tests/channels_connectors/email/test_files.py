"""Files are taken out of the letter that was kept."""

import pytest

from channels_connectors.errors import ConnectorError
from tests.channels_connectors.email.conftest import LETTERS, kept


def extracted(connector, name, place, limit=10**6):
    raw = kept((LETTERS / f"{name}.eml").read_bytes())
    (found,) = connector.parse(raw)
    file = connector.extract(raw, found.attachments[place].reference, limit)
    content = file.path.read_bytes()
    file.path.unlink()
    assert file.size == len(content)
    return content


def test_a_file_comes_as_it_was(connector):
    assert extracted(connector, "inline_images", 2) == b"%PDF-1.4 plan"
    assert extracted(connector, "inline_images", 0).startswith(b"\x89PNG")
    assert b"Old words." in extracted(connector, "forwarded_as_file", 0)


def test_the_whole_letter_is_a_page(connector):
    assert b"<b>two</b>" in extracted(connector, "html_only", -1)
    page = extracted(connector, "gmail_reply", -1).decode()
    assert "&gt; the sofa costs 49 900." in page
    assert "<pre>" in page


def test_a_file_that_is_too_large_or_not_there(connector):
    with pytest.raises(ConnectorError) as caught:
        extracted(connector, "inline_images", 0, limit=10)
    assert caught.value.error_class == "bad_content"
    raw = kept((LETTERS / "plain.eml").read_bytes())
    for reference in ({"part": 7}, {}):
        with pytest.raises(ConnectorError):
            connector.extract(raw, reference, 100)
    with pytest.raises(ConnectorError):
        connector.extract(b"not a letter", {"part": "whole"}, 100)
