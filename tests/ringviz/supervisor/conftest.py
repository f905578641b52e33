"""What the tests of the supervisor share, beside an installation (`real`) that each file makes as it needs it."""

import pytest


@pytest.fixture
def engine(real):
    """The test's own way to ask the servers of `real`."""
    asking = real.engine()
    yield asking
    asking.close()
