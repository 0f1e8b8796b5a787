"""A platform inside the process, and its customers."""

import pytest

from core.redis import client
from tests.inbox.platform import platform
from tests.inbox.scripted import scripted  # noqa: F401  a fixture
from tests.marketing.sending import Stage

__all__ = ["platform"]


@pytest.fixture(autouse=True)
def flights_of_this_test(settings, tmp_path):
    """Each test's broadcasters leave word in a folder of their own."""
    settings.TANDEM_DATA = tmp_path


@pytest.fixture
def stage(transactional_db, acme, platform):
    """Three customers on a platform that is `stage.platform`."""
    client().flushdb()
    made = platform()
    stage = Stage(acme)
    stage.platform = made
    return stage
