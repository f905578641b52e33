"""Static files: how a deployment stores them, and how they are served.

A deployment has hashed names, compressed, with the imports between JavaScript modules rewritten.
"""

from collections.abc import Callable, Iterator
from typing import Any

from asgiref.sync import async_to_sync, iscoroutinefunction, sync_to_async
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.utils.decorators import sync_and_async_middleware
from servestatic.middleware import ServeStaticMiddleware
from servestatic.storage import CompressedManifestStaticFilesStorage

from dashboard import bundle


class StaticFilesMiddleware(ServeStaticMiddleware):  # type: ignore[misc]  # servestatic has no types
    """Serves static files, and does not scan folders at the start if each file is looked up on request.

    Servestatic lists and checks every file first, even if it looks again at each request: 0.3 s of each start.
    """

    def immutable_file_test(self, path: str, url: str) -> bool:
        """Whether the address names the content: a file of the bundle does so in its own way."""
        return url.startswith(f"{self.static_prefix}{bundle.PREFIX}/") or bool(super().immutable_file_test(path, url))

    def add_files_from_finders(self) -> None:
        """Names the folders that files may come from; lists their files too if nothing is looked up later."""
        if not self.autorefresh:
            super().add_files_from_finders()
            return
        for finder in finders.get_finders():
            for storage in finder.storages.values():  # type: ignore[attr-defined]  # Django's own finders have it
                self.insert_directory(storage.location, self.static_prefix)


@sync_and_async_middleware
def static_files(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The middleware. In a synchronous chain it enters an event loop only for static files."""
    if iscoroutinefunction(get_response):
        return StaticFilesMiddleware(get_response)
    files = StaticFilesMiddleware(sync_to_async(get_response))
    answer, prefix = async_to_sync(files), str(files.static_prefix)
    return lambda request: (answer if request.path_info.startswith(prefix) else get_response)(request)


class WithBundle(ManifestStaticFilesStorage):
    """Takes the scripts of `make bundle` as they are: they have hashed names, and refer to each other by them.

    Its style sheets take the place of the sources before those are named by their content, so that the fonts and
    pictures in a sheet are found where the source has them, and get hashed names too.
    """

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Names all other files by their content; makes templates name the bundle's files instead of the sources."""
        bundled = sorted(name for name in paths if name.startswith(f"{bundle.PREFIX}/"))
        others = {name: paths[name] for name in paths.keys() - set(bundled)}
        if bundled:
            others |= {name: paths[minified] for name, minified in bundle.sheets().items()}
        yield from super().post_process(others, dry_run, **options)
        if dry_run or not bundled:
            return
        self.hashed_files.update({name: name for name in bundled})
        self.hashed_files.update(bundle.entries())
        self.save_manifest()
        yield from ((name, name, True) for name in bundled)


class HashedStorage(CompressedManifestStaticFilesStorage, WithBundle):  # type: ignore[misc]  # servestatic has no types
    """Also rewrites `import ... from "./x.js"`, so that a module is never cached beyond its version."""

    support_js_module_import_aggregation = True
    # Each pass settles one level of imports: as many passes as the longest chain of imports, with room to grow.
    max_post_process_passes = 20
