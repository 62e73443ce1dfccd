"""Just enough of a browser: it keeps cookies and sends a form with everything that stood in it."""

import http.client
import re
import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

TIMING = re.compile(r'app;dur=([\d.]+), db;dur=([\d.]+);desc="(\d+)"')
Fields = dict[str, str]


@dataclass
class Answer:
    """One answer and its cost; ms is the server's own time, seen_ms what a client on this machine waits for."""

    status: int
    headers: dict[str, str]
    body: bytes
    seen_ms: float
    ms: float = 0.0
    sql_ms: float = 0.0
    queries: int = 0

    def __post_init__(self) -> None:
        if found := TIMING.search(self.headers.get("server-timing", "")):
            self.ms, self.sql_ms, self.queries = float(found[1]), float(found[2]), int(found[3])

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Browser:
    """One colleague at one screen."""

    port: int
    cookies: Fields = field(default_factory=dict)
    _connection: http.client.HTTPConnection | None = None

    def sign_in(self, login: str, password: str) -> None:
        """Sign in by the login page. Raises RuntimeError when that fails."""
        form = Forms.of(self.get("/accounts/login/").text).find("login")
        answer = self.post("/accounts/login/", form | {"login": login, "password": password})
        if answer.status != 302:
            raise RuntimeError(f"{login} could not sign in: status {answer.status}")

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask("GET", path, None, headers)

    def post(self, path: str, fields: Fields, **more: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in more.items()}
        headers = {"Content-Type": "application/x-www-form-urlencoded"} | named
        return self._ask("POST", path, urlencode(fields).encode(), headers)

    def _ask(self, method: str, path: str, body: bytes | None, headers: Fields) -> Answer:
        kept = self._connection is not None
        self._connection = self._connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Host": f"localhost:{self.port}", "Cookie": cookies, "Accept-Language": "nl"} | headers
        begun = time.perf_counter()
        try:
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
        except ConnectionError:
            self._connection = None
            if not kept:
                raise
            # The worker that kept this connection had served its time.
            return self._ask(method, path, body, headers)
        content = response.read()
        seen_ms = (time.perf_counter() - begun) * 1000
        for cookie in response.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, content, seen_ms)


class Forms(HTMLParser):
    """The forms of a page as (name, value) by the address they go to, and what each choice offers."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, Fields] = {}
        self.choices: dict[str, list[str]] = {}
        self._actions: Fields = {}
        self._loose: list[tuple[str, str, str]] = []
        self._form = self._area = self._select = self._select_form = ""

    @classmethod
    def of(cls, page: str) -> "Forms":
        parser = cls()
        parser.feed(page)
        for form, name, value in parser._loose:
            parser.fields.setdefault(parser._actions.get(form, form), {})[name] = value
        return parser

    def find(self, part: str) -> Fields:
        """Give the fields of the form whose address holds this. Raises LookupError."""
        for action, fields in self.fields.items():
            if part in action and "csrfmiddlewaretoken" in fields:
                return dict(fields)
        raise LookupError(f"No form to {part} in the page")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = values.get("action") or "login"
            self._actions[values.get("id", "")] = self._form
        name, form = values.get("name", ""), values.get("form", "")
        if tag == "input" and name:
            if values.get("type") not in {"radio", "checkbox", "submit"} or "checked" in values:
                self._put(form, name, values.get("value", ""))
        elif tag == "textarea" and name:
            self._area = name
            self._put(form, name, "")
        elif tag == "select" and name:
            self._select, self._select_form = name, form
            self.choices[name] = []
        elif tag == "option" and self._select:
            offered = self.choices[self._select]
            offered.append(values.get("value", ""))
            if "selected" in values or len(offered) == 1:  # a browser sends the first one when none is chosen
                self._put(self._select_form, self._select, offered[-1])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = ""
        elif tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._area and self._form:
            self.fields[self._form][self._area] = data

    def _put(self, form: str, name: str, value: str) -> None:
        if form or not self._form:
            self._loose.append((form, name, value))
        else:
            self.fields.setdefault(self._form, {})[name] = value
