"""Links from words on a page to the glossary: `{% term "token" %}`. Scripts use them through lib/term.js."""

from __future__ import annotations

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dashboard.glossary import term as known

register = template.Library()


@register.simple_tag
def term(slug: str, words: object = "") -> SafeString:
    """A link to this term around `words`, or around its name. Its title is the first sentence. Raises UnknownTerm."""
    found = known(slug)
    href = f"{reverse('glossary')}#{found.slug}"
    return format_html(
        '<a class="term" href="{}" title="{}" data-term="{}">{}</a>', href, found.first, slug, words or found.name
    )


@register.simple_tag
def terms(*slugs: str) -> SafeString:
    """Links to several terms, with commas between them. Raises UnknownTerm."""
    return format_html_join(", ", "{}", ((term(slug),) for slug in slugs))
