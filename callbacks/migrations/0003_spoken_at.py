from typing import Any

from django.db import migrations

BATCH = 10_000
# What was spoken before this column existed stands in the attempts. While the version before still runs it goes on
# writing attempts without it: the task `tally` fills in those.
FILL = """
UPDATE callbacks_callback SET spoken_at = first.at
FROM (SELECT callback_id, min(at) AS at FROM callbacks_attempt
  WHERE result = 'spoken' AND callback_id >= %(start)s AND callback_id < %(end)s GROUP BY callback_id) AS first
WHERE callbacks_callback.id = first.callback_id AND callbacks_callback.spoken_at IS NULL
"""


def fill(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM callbacks_callback")
        last = cursor.fetchone()[0]
        for start in range(0, last + 1, BATCH):
            cursor.execute(FILL, {"start": start, "end": start + BATCH})


class Migration(migrations.Migration):
    atomic = False  # the table may be large, and people are working in it
    dependencies = [("callbacks", "0002_the_whole_life")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
