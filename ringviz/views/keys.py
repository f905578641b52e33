"""Replaces a cluster's keys: by a pattern, or by a file that is read in the background."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import Any, BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from live.actors import actor_of
from live.asked import fields_of, whole
from ringviz.errors import Invalid
from ringviz.selectors.clusters import cluster_of
from ringviz.services.changing import check_allowed
from ringviz.services.checks import check_pattern
from ringviz.services.importing import Make, current_import, progress_of, start_import
from ringviz.services.keys import file_key_set, pattern_key_set
from ringviz.stores.keycopy import empty_file
from ringviz.views.answers import refusals_as_json

MOST_BYTES = 4 << 30


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_json
def keys(request: HttpRequest, slug: str) -> HttpResponse:
    """POST `pattern` and `count`, or a `file`, with `binary` to keep its bytes: 202 `{"import"}`.

    With `plan` the keys are only read, and `action=keys` can plan and apply them later. Without it, the cluster has
    them when the import ends. GET: the progress of the newest import, or null.
    """
    if request.method != "POST":
        job = current_import(cluster_of(slug))
        return JsonResponse({"import": progress_of(job) if job else None})
    actor = actor_of(request)
    check_allowed(actor)
    source = _spooled(request)
    make = _from_pattern(request) if source is None else _from_file(source, request)
    language, take = get_language() or "en", not fields_of(request).get("plan")
    job = start_import(slug=slug, actor=actor, make=make, language=language, source=source, take=take)
    return JsonResponse({"import": job.pk}, status=202)


def _from_pattern(request: HttpRequest) -> Make:
    fields = fields_of(request)
    pattern, count = fields.get("pattern", ""), whole(fields, "count")
    check_pattern(pattern, count)
    return lambda progress, _note: pattern_key_set(pattern=pattern, count=count, progress=progress)


def _from_file(source: BinaryIO, request: HttpRequest) -> Make:
    label = os.path.basename(cast("UploadedFile[Any]", request.FILES["file"]).name or "")
    binary = bool(fields_of(request).get("binary"))
    return lambda progress, note: file_key_set(source=source, label=label, progress=progress, binary=binary, note=note)


def _spooled(request: HttpRequest) -> BinaryIO | None:
    """Copies the upload to our own temporary file, because Django deletes its own after the response."""
    upload = request.FILES.get("file")
    if not isinstance(upload, UploadedFile):
        return None
    if not upload.size:
        raise empty_file()
    if upload.size > MOST_BYTES:
        raise Invalid("file", upload.size, _("The file is larger than 4 GiB. Split it."))
    spool = tempfile.TemporaryFile()  # noqa: SIM115  the import closes it
    shutil.copyfileobj(upload, spool)
    return cast(BinaryIO, spool)
