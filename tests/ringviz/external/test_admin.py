"""Attaching and detaching in the admin."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from ringviz.models import Attachment, Cluster
from tests.ringviz.admin.pages import errors
from tests.ringviz.external.servers import PASSWORD

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
    assert errors(response) == ["Cannot be attached: not allowed here, or it does not answer as a cluster."]
    assert PASSWORD not in response.content.decode()
    response = operator.post(ADD, {**typed, "address": "a:b:c"})
    assert errors(response) == ["Write host:port, or [address]:port for IPv6."]
    assert not Cluster.objects.exists()


def test_who_only_watches_sees_nothing_of_it(client, typed):
    client.force_login(User.objects.create_user("eve", is_staff=True))
    assert client.get(ADD).status_code == client.post(ADD, typed).status_code == 403
    assert client.get("/admin/ringviz/attachment/").status_code == 403
    assert not Cluster.objects.exists()
