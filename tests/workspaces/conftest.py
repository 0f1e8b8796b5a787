import pytest

from tests.workspaces.pages import forget_rate_limits


@pytest.fixture(autouse=True)
def no_rate_limits_left_over():
    forget_rate_limits()
