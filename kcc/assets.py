"""Static files under names that carry their content's hash, so that browsers may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORTS = CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Also rewrites the imports between our own JavaScript modules to the hashed names.

    Other people's scripts are left alone: what looks like an import there may stand in a comment.
    """

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns = ("kcc/js/*.js", IMPORTS)
