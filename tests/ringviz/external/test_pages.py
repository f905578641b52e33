"""What the pages send about an attached cluster: no actions, and nothing that is not known."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User

from ringviz.services.external import attach
from tests.ringviz.making import OPERATOR
from tests.servers.reading.foreign import PASSWORD

pytestmark = pytest.mark.django_db
DEEDS = (
    'id="add-open"',
    'id="add-form"',
    'id="keys-form"',
    'id="keys-open"',
    'id="vnodes"',
    'id="strategy"',
    'id="load"',
)


@pytest.mark.parametrize("operates", [True, False])
def test_the_ring_page_has_no_form_of_what_nobody_can_do(client, foreign, operates):
    attach(slug="theirs", address=str(foreign[0].target), password=PASSWORD, actor=OPERATOR)
    user = User.objects.create_user("ada")
    if operates:
        user.user_permissions.add(Permission.objects.get(codename="operate"))
    client.force_login(user)
    page = client.get("/clusters/theirs/").content.decode()
    assert 'id="outside"' in page
    assert [deed for deed in DEEDS if deed in page] == []
    assert "add a node" not in page
    assert PASSWORD not in page


def test_the_overview_does_not_say_that_it_has_no_keys(client, foreign):
    attach(slug="theirs", address=str(foreign[0].target), password=PASSWORD, actor=OPERATOR)
    page = client.get("/").content.decode()
    assert "No keys" not in page
    assert "Its page counts the keys" in page
    assert "Slot map of its servers, read-only, version 1" in page
