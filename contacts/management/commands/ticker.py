import logging
import os
import signal
from typing import Any

from django.core.management.base import BaseCommand

from contacts.ticker import Ticker


class Command(BaseCommand):
    """Does the scans that nobody else does, until it is told to stop."""

    help = "Remind, hand on and send when beat, Redis or the workers do not, until told to stop."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        logging.getLogger("contacts.ticker").setLevel(logging.INFO)
        ticker = Ticker()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: ticker.stop.set())
        ticker.run()
        if ticker.is_busy:
            os._exit(0)  # a thread still waits for a mail server or the database: its rows are due again after a lease
