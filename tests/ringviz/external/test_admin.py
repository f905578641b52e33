"""Attaching and detaching in the admin."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from ringviz.models import Attachment, Cluster
from servers.guard import rules
from tests.ringviz.admin.pages import errors
from tests.servers.reading.foreign import PASSWORD

pytestmark = pytest.mark.django_db
ADD = "/admin/ringviz/attachment/add/"


@pytest.fixture
def operator(client: Client) -> Client:
    user = User.objects.create_user("ada", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="operate"))
    client.force_login(user)
    return client


@pytest.fixture
def typed(foreign) -> dict[str, str]:
    where = str(foreign[0].target)
    return {"name": "Theirs", "slug": "theirs", "address": where, "username": "", "password": PASSWORD}


def test_attach_look_detach(operator, typed):
    assert reverse("admin:ringviz_attachment_add") == ADD
    assert operator.get(ADD).status_code == 200
    assert operator.post(ADD, typed).status_code == 302
    found = Attachment.objects.get()
    assert (found.cluster.slug, found.cluster.name, found.cluster.kind) == ("theirs", "Theirs", "external")
    assert found.cluster.stream.events.get().origin == "admin"
    listed = operator.get("/admin/ringviz/attachment/").content.decode()
    page = operator.get(f"/admin/ringviz/attachment/{found.pk}/change/").content.decode()
    assert str(found.port) in listed
    assert str(found.port) in page
    assert PASSWORD not in listed + page
    assert operator.post(f"/admin/ringviz/attachment/{found.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Cluster.objects.exists()


def test_a_refusal_is_said_in_the_form_and_the_password_is_not_sent_back(operator, typed):
    response = operator.post(ADD, {**typed, "address": "10.0.0.1:6379"})
    (said,) = errors(response)
    assert said.startswith("Cannot be attached. ALLOWED_TARGETS has to let it in")
    kept = response.content.decode()
    assert PASSWORD not in kept
    assert "type it again" in kept
    assert all(f'value="{value}"' in kept for value in ("Theirs", "theirs", "10.0.0.1:6379"))
    response = operator.post(ADD, {**typed, "address": "a:b:c"})
    assert errors(response) == ["Write host:port, or [address]:port for IPv6."]
    response = operator.post(ADD, {**typed, "address": "rediss://10.0.0.1:6379"})
    assert "without redis:// in front" in errors(response)[0]
    assert not Cluster.objects.exists()


def test_where_nothing_may_be_attached_the_form_says_so_first(operator, settings):
    words = "ALLOWED_TARGETS is empty"
    settings.ALLOWED_TARGETS = rules.parse(["10.0.0.0/8"])
    assert words not in operator.get(ADD).content.decode()
    settings.ALLOWED_TARGETS = ()
    assert words in operator.get(ADD).content.decode()


def test_who_only_watches_sees_nothing_of_it(client, typed):
    client.force_login(User.objects.create_user("eve", is_staff=True))
    assert client.get(ADD).status_code == client.post(ADD, typed).status_code == 403
    assert client.get("/admin/ringviz/attachment/").status_code == 403
    assert not Cluster.objects.exists()
