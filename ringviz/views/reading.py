"""The data that a page loads from a cluster: tokens, density, a key, the log."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from live.actors import OPERATE
from live.asked import Fields, fields_of, maybe_whole, whole
from live.costly import costly_with
from live.inert import shown
from live.subjects import kind_of
from ringviz.core.state import State
from ringviz.errors import NotFound
from ringviz.events import ClusterCreated, KeysImported
from ringviz.models import Cluster, KeySet
from ringviz.selectors.clusters import cluster_of, seen
from ringviz.selectors.log import MOST_ROWS, log_page
from ringviz.selectors.lookup import look_up
from ringviz.selectors.measured import find_stored
from ringviz.selectors.past import seen_at
from ringviz.selectors.picture import density_file, tokens_file
from ringviz.selectors.table import table_file
from ringviz.stores.keysets import keys_at
from ringviz.views.answers import refusals_as_json
from ringviz.views.asked import key_of, numbers_of, span_of


@costly_with("v")
@require_safe
@refusals_as_json
def tokens(request: HttpRequest, slug: str) -> HttpResponse:
    """tokens.bin at `?v=` (or the head), limited to `nodes=` or to `start=`..`end=`: see `selectors.picture`."""
    fields = fields_of(request)
    state, v = _state_asked(slug, fields)
    data = tokens_file(state, v, numbers=numbers_of(fields), span=span_of(fields))
    return HttpResponse(data, content_type="application/octet-stream")


@costly_with("v")
@require_safe
@refusals_as_json
def table(request: HttpRequest, slug: str) -> HttpResponse:
    """table.bin at `?v=` (or the head), for a strategy that has a table: see `selectors.table`."""
    data = table_file(*_state_asked(slug, fields_of(request)))
    return HttpResponse(data, content_type="application/octet-stream")


@require_safe
@refusals_as_json
def density(request: HttpRequest, slug: str) -> HttpResponse:
    """density.bin of the key set `?keys=`. Browsers may cache it, but must revalidate it.

    A key set never changes, but in a new database the same number can be another key set.
    """
    cluster = cluster_of(slug)
    key_set = _key_set(cluster, whole(fields_of(request), "keys"))
    etag = f'"{key_set.digest}-{cluster.seed}"'
    response: HttpResponse | None = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(density_file(key_set, cluster.seed), content_type="application/octet-stream")
    response["ETag"] = etag
    patch_cache_control(response, private=True, no_cache=True)
    return response


@costly_with("v")
@require_safe
@refusals_as_json
def lookup(request: HttpRequest, slug: str) -> HttpResponse:
    """Where the key `?key=` is at `?v=` (or the head), and by which steps: `selectors.lookup`, `core.steps`.

    For a managed cluster at the head, `stored` is where the servers have it, null if its owner could not be asked.
    """
    fields, key = fields_of(request), key_of(request)
    state, v = _state_asked(slug, fields)
    found = look_up(state, v, key)
    now = seen(slug) if state["cluster"]["kind"] == Cluster.Kind.MANAGED else None
    if now is None or now.v != v:  # servers report only the present
        return JsonResponse(found)
    return JsonResponse({**found, "stored": find_stored(now.cluster, now.state, key, found["hash"], found["owner"])})


@require_safe
@refusals_as_json
def any_key(request: HttpRequest, slug: str) -> HttpResponse:
    """One of the cluster's own keys, number `?n=` modulo their count: `{"key", "escapes"}`.

    The key is null if there are no keys. With `escapes` it is spelled as by `shown`, because its bytes cannot be typed.
    """
    key_set = cluster_of(slug).key_set
    if not key_set.count:
        return JsonResponse({"key": None, "escapes": False})
    key = keys_at(key_set, [whole(fields_of(request), "n") % key_set.count])[0]
    text = key.decode("utf-8", "replace")
    if text.encode() == key and text.isprintable():
        return JsonResponse({"key": text, "escapes": False})
    return JsonResponse({"key": shown(key), "escapes": True})


@require_safe
@refusals_as_json
def events(request: HttpRequest, slug: str) -> HttpResponse:
    """The log, newest first: below `before=`, or from `from=` to `to=`; at most `limit=`; optionally of one `kind=`."""
    fields = fields_of(request)
    before, to = maybe_whole(fields, "before"), maybe_whole(fields, "to")
    page = log_page(
        cluster_of(slug).stream_id,
        before=to + 1 if to is not None else before,
        lowest=maybe_whole(fields, "from"),
        limit=maybe_whole(fields, "limit") or MOST_ROWS,
        kind=fields.get("kind", ""),
        with_who=request.user.has_perm(OPERATE),
    )
    return JsonResponse(page)


def _state_asked(slug: str, fields: Fields) -> tuple[State, int]:
    now, v = seen(slug), maybe_whole(fields, "v")
    return (now.state, now.v) if v is None else (seen_at(now, v), v)


def _key_set(cluster: Cluster, pk: int) -> KeySet:
    """The key set, if the cluster has it now or had it according to its log. Others are not served here."""
    if pk == cluster.key_set_id:
        return cluster.key_set
    naming = cluster.stream.events.filter(kind__in=map(kind_of, (ClusterCreated, KeysImported)))
    if any(pk in (event.payload["keys"]["id"], event.payload.get("before", {}).get("id")) for event in naming):
        return KeySet.objects.get(pk=pk)
    raise NotFound(_("This cluster has no such key set."))
