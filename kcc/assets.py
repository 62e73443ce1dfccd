"""Static files under names that carry their content's hash, so that browsers may keep them for ever."""

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

OWN = "kcc/js/*.js"
IMPORTS = CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]
CONTRACT = re.compile(r"\A/\*.*?\*/\s*", re.DOTALL)


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Also rewrites the imports between our own JavaScript modules to the hashed names, and leaves out their contracts.

    Other people's scripts are left alone: what looks like an import there may stand in a comment. The comment at the
    head of each module of ours is for who writes templates; it would be half of what a browser has to fetch.
    """

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns = (OWN, IMPORTS)

    def post_process(self, paths: Mapping[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if dry_run:
            return
        found = dict(paths)
        for name in paths:
            if fnmatch(name, OWN):
                storage, path = paths[name]
                with storage.open(path) as file:
                    Path(self.path(name)).write_text(CONTRACT.sub("", file.read().decode()))
                found[name] = self, name  # what is hashed is what was written here, not what it came from
        yield from super().post_process(found, **options)
