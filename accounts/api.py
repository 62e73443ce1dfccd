"""How another system comes in: by a key, with JSON of a bounded size, and not faster than people could."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import IO, Any

from allauth.account.adapter import get_adapter
from django.core.cache.backends.locmem import LocMemCache
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import APIException, AuthenticationFailed, ParseError, Throttled
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle, UserRateThrottle

from accounts.models import User
from accounts.models.api_key import ApiKey, hashed

LARGEST = 256 * 1024  # bytes of one request
LONGEST_KEY = 200
USED = timedelta(minutes=1)  # how exactly it is known when a key was used last


class WrongKeys(SimpleRateThrottle):
    """Counts the wrong keys of one address, in each process; after too many none that it sends is looked at."""

    rate = "60/min"
    cache = LocMemCache("api-wrong-keys", {"OPTIONS": {"MAX_ENTRIES": 5000}})

    def get_cache_key(self, request: Request, view: Any) -> str:
        try:
            return f"wrong-key:{get_adapter().get_client_ip(request._request)}"
        except PermissionDenied:  # our own proxies did not tell
            return "wrong-key:"

    def throttle_success(self) -> bool:
        return True

    def count(self) -> None:
        super().throttle_success()


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer kcc_…`: the request is made by the colleague for whom the key works.

    Whatever is wrong with a key, the answer is the same; who keeps sending wrong ones must wait.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        wrong = WrongKeys()
        if not wrong.allow_request(request, None):  # type: ignore[arg-type]  # whichever view it was meant for
            raise Throttled(wrong.wait())
        secret = words[1].decode("latin-1") if len(words) == 2 and len(words[1]) <= LONGEST_KEY else ""
        now = timezone.now()
        key = ApiKey.objects.valid(now=now).filter(digest=hashed(secret)).first() if secret else None
        user = User.objects.signed_in(key.user_id) if key else None
        if key is None or user is None:
            wrong.count()
            raise AuthenticationFailed(_("Deze sleutel is niet geldig."))
        if key.used_at is None or key.used_at < now - USED:
            ApiKey.objects.filter(pk=key.pk).update(used_at=now)
        return user, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class TooLarge(APIException):
    status_code = 413
    default_code = "too_large"


class SmallJSONParser(JSONParser):
    """Reads JSON of a bounded size, in which no name occurs twice and every text can be written again."""

    def parse(self, stream: IO[Any], media_type: Any = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        raw = stream.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise TooLarge(_("Stuur hooguit %(n)d kB.") % {"n": LARGEST // 1024})
        try:
            found = json.loads(raw.decode(), parse_constant=_refuse, object_pairs_hook=_once)
            json.dumps(found, ensure_ascii=False).encode()  # half a surrogate pair is no text
            return found
        except (ValueError, RecursionError) as error:
            raise ParseError(_("Dit is geen JSON: %(error)s") % {"error": error}) from error


def _refuse(name: str) -> None:
    raise ValueError(name)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice")
    return found


class Throttle(UserRateThrottle):
    """Counted by each process in its own memory: the API must depend on nothing else for this."""

    rate = "600/min"
    cache = LocMemCache("api-throttle", {"OPTIONS": {"MAX_ENTRIES": 5000}})


class MomentField(serializers.DateTimeField):
    """A moment; one that falls off the calendar in our own time zone is refused like any other that cannot be."""

    def enforce_timezone(self, value: datetime) -> datetime:
        try:
            return super().enforce_timezone(value)
        except OverflowError:
            self.fail("overflow")


class Strict(serializers.Serializer[Any]):
    """What comes in, of which every name must be known and may be set."""

    ours: frozenset[str] = frozenset()  # names that go out and may not come in

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            wrong = {str(name): [self._why(name)] for name in data if name not in self.fields}
            if wrong:
                raise serializers.ValidationError(wrong)
        return super().to_internal_value(data)

    def _why(self, name: object) -> str:
        return _("Dit veld kan niet worden gewijzigd.") if name in self.ours else _("Onbekend veld.")

    @classmethod
    def of_query(cls, request: Request) -> dict[str, Any]:
        """Give what stands in the address, checked. Raises ValidationError, also for a name that occurs twice."""
        given = request.query_params
        if twice := [name for name, values in given.lists() if len(values) > 1]:
            raise serializers.ValidationError({name: [_("Geef dit maar één keer op.")] for name in twice})
        asked = cls(data=given.dict())
        asked.is_valid(raise_exception=True)
        return dict(asked.validated_data)
