"""A link signs its holder in as operator: once, within a day, under a new session."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from dashboard import signin
from dashboard.models import SignInLink

pytestmark = pytest.mark.django_db


def link(now=None):
    return f"/enter/{signin.new_token(now or timezone.now())}/"


def is_operator(client):
    user = User.objects.filter(pk=client.session.get("_auth_user_id")).first()
    return user is not None and user.has_perm("ringviz.operate")


def test_it_signs_in_as_operator(client):
    answer = client.get(link())
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert "no-store" in answer["Cache-Control"]
    assert is_operator(client)


def test_it_leads_to_the_ring_of_the_demo(client, make_cluster):
    make_cluster("quiet")
    make_cluster("broken-at-will", demo=True)
    make_cluster("another", demo=True)
    assert client.get(link())["Location"] == "/clusters/broken-at-will/"
    assert client.get(link())["Location"] == "/clusters/broken-at-will/"


def test_it_works_once(client, django_user_model):
    address = link()
    client.get(address)
    client.logout()
    again = client.get(address)
    assert again.status_code == 410
    assert "make link" in again.content.decode()
    assert not is_operator(client)


def test_a_used_link_just_goes_on_for_who_is_signed_in(client):
    address = link()
    client.get(address)
    assert client.get(address)["Location"] == "/"


def test_it_expires_after_a_day(client):
    begun = timezone.now() - signin.LIFETIME
    assert client.get(link(begun - timedelta(seconds=1))).status_code == 410
    assert client.get(link(begun + timedelta(minutes=1))).status_code == 302


def test_its_day_ends_with_its_last_moment():
    begun = timezone.now()
    token = signin.new_token(begun)
    assert not signin.spend(token, begun + signin.LIFETIME)
    assert signin.spend(token, begun + signin.LIFETIME - timedelta(microseconds=1))


def test_an_unknown_link_signs_nobody_in(client):
    assert client.get("/enter/guessed/").status_code == 410
    assert not is_operator(client)


@pytest.mark.parametrize("method", ["head", "post", "options"])
def test_only_opening_it_uses_it_up(client, method):
    address = link()
    assert getattr(client, method)(address).status_code == 405
    assert client.get(address).status_code == 302


def test_the_session_is_a_new_one(client):
    client.session["seen"] = True
    session = client.session
    session["seen"] = True
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    client.get(link())
    assert client.session.session_key != session.session_key


def test_it_never_leads_elsewhere(client):
    assert client.get(f"{link()}?next=https://evil.example/")["Location"] == "/"


def test_the_token_is_stored_nowhere(client):
    token = signin.new_token(timezone.now())
    assert len(token) >= 43  # 256 bits in base64
    stored = SignInLink.objects.get()
    assert token not in (stored.digest, str(stored))
    assert len(stored.digest) == 64


def test_spent_twice_in_a_row_it_is_good_once():
    token = signin.new_token(timezone.now())
    assert [signin.spend(token, timezone.now()) for _ in range(2)] == [True, False]


def test_links_that_ended_are_forgotten():
    signin.new_token(timezone.now() - timedelta(days=3))
    signin.new_token(timezone.now())
    assert SignInLink.objects.count() == 1


def test_the_operator_has_no_password():
    assert not signin.operator().has_usable_password()
    assert User.objects.get() == signin.operator()


def test_cookies_bear_the_prefix_and_no_port(client):
    names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME)
    assert names == ("ringviz_session", "ringviz_csrf", "ringviz_language")
    client.get(link())
    assert settings.SESSION_COOKIE_NAME in client.cookies
