"""Static files of a deployment: hashed names, compressed, with the imports between JavaScript modules rewritten."""

from servestatic.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # servestatic has no types
    """Rewrites `import ... from "./x.js"` too, so that a module is never cached beyond its version."""

    support_js_module_import_aggregation = True
    # A name is settled one import after the other: as many passes as the longest chain of imports, with room to grow.
    max_post_process_passes = 20
