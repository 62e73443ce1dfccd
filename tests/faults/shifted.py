"""Run a command of the system in a process whose clock is wrong by so many seconds: shifted.py SECONDS COMMAND…"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    seconds, *command = sys.argv[1:]
    sys.argv = ["manage.py", *command]
    time_machine.travel(datetime.now(UTC) + timedelta(seconds=int(seconds)), tick=True).start()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
