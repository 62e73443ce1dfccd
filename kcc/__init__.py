"""The project: settings, routes, processes. Everything may be imported from here downwards, nothing imports it."""

from kcc.celery import app as celery_app

__all__ = ["celery_app"]
