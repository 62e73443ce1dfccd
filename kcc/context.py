"""What every page needs around its content: the menu, the bell, the house style."""

from typing import Any

from django.http import HttpRequest


def house(request: HttpRequest) -> dict[str, Any]:
    return {}
