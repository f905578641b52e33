"""The glossary: every term once, and every link to it leads to a term that is there."""

import re
from pathlib import Path

import pytest
from django.template import Context, Template
from django.urls import reverse

from dashboard.glossary import UnknownTerm, term, terms
from ringviz.models import Cluster

ROOT = Path(__file__).resolve().parents[2]
# What the issue names, and what else a page says that a newcomer cannot know.
WANTED = {
    "token", "bucket", "fair-share", "lens", "managed", "simulated", "node", "virtual-node", "slot", "copies",
    "replica", "predicted", "stored", "what-if", "plan", "lease", "fencing-token", "p99", "weight", "ejected", "event",
}  # fmt: skip


def render(text: str) -> str:
    return Template("{% load glossary %}" + text).render(Context({"words": "Tokens & <more>"}))


def test_every_term_that_is_wanted_is_defined_once_in_sentences():
    slugs = [each.slug for each in terms()]
    assert set(slugs) >= WANTED
    assert len(slugs) == len(set(slugs))
    for each in terms():
        assert re.fullmatch(r"[a-z0-9-]+", each.slug)
        assert re.fullmatch(r"[A-Z][^.]*\.", str(each.first).replace("0.", "0")), each.first
        assert str(each.more).endswith(".")
        assert not str(each.seen).endswith(".")


def test_every_kind_of_cluster_is_a_term():
    for kind in Cluster.Kind.values:
        assert term(kind)


def test_a_term_is_a_link_to_its_anchor_with_its_first_sentence():
    link = render('{% term "token" words %}')
    assert f'href="{reverse("glossary")}#token"' in link
    assert f'title="{term("token").first}"' in link
    assert "Tokens &amp; &lt;more&gt;" in link
    assert ">Fair share</a>, <a" in render('{% terms "fair-share" "lens" %}')


@pytest.mark.parametrize("text", ['{% term "nothing" %}', '{% terms "token" "nothing" %}'])
def test_an_unknown_term_is_refused_when_it_is_rendered(text):
    with pytest.raises(UnknownTerm):
        render(text)


def test_templates_name_only_terms_that_are_known():
    named = [
        (path.name, slug)
        for path in ROOT.glob("templates/**/*.html")
        for tag in re.findall(r"\{% terms? ([^%]*)%\}", path.read_text())
        for slug in re.findall(r'(?:^|\s)"([\w-]+)"', tag.partition(" words")[0])
    ]
    assert len(named) > 20
    for where, slug in named:
        assert term(slug), where


@pytest.mark.parametrize(("folder", "page"), [("ring", "ringviz/ring.html"), ("locks", "locks/locks.html")])
def test_a_page_offers_every_term_that_its_scripts_link(folder, page):
    offered = re.search(r'<template id="terms">(.*?)</template>', (ROOT / "templates" / page).read_text())
    assert offered
    scripts = "".join(path.read_text() for path in (ROOT / "static/js" / folder).glob("**/*.js"))
    linked = set(re.findall(r'termLink\("([\w-]+)"', scripts))
    linked |= {slug for slug in WANTED if re.search(rf'\? "{slug}" : null', scripts)}
    assert linked
    assert linked == set(re.findall(r'"([\w-]+)"', offered.group(1)))


@pytest.mark.django_db
def test_the_page_has_an_anchor_for_every_term_and_the_overview_leads_there(client):
    answer = client.get(reverse("glossary"))
    assert answer.status_code == 200
    text = answer.content.decode()
    for each in terms():
        assert text.count(f'id="{each.slug}"') == 1
    assert client.post(reverse("glossary")).status_code == 405
