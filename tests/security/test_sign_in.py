"""People who have signed in: what each sees, and how a session ends. Raw web sockets of the running server, with cookies signed as Streamlit does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, generate_xsrf_token_string
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from dashboard.ledger.audit import Audit
from dashboard.ledger.people import People, Person, place_of
from dashboard.server import serve_command
from dashboard.server.addresses import public_addresses
from dashboard.server.guard import Guard
from dashboard.server.sessions import Session, Sessions
from dashboard.session.people import Identity
from dashboard.session.sign_in import SignIn, read_sign_in
from data.configuration import read_configuration
from data.errors import ConfigurationError
from data.paths import Home
from tests.dashboards import serving
from tests.security.wires import TOML, ask, run_of_the_page, text_of
from tests.servers import free_port, run_apart
from tests.tiny_snapshot import write_snapshot

ISSUER = "http://127.0.0.1:1/realms/test"
DAYS = "&from=2024-07-01&to=2024-07-31"
"""Without days, whoever is of one unit is led to the page of a unit first."""
SECRET = "of a cookie, thirty-two characters at least"
UNITS = [
    {"unit_code": "R", "level": "toi_cao", "name": "Gốc"},
    {"unit_code": "A", "parent_code": "R", "name": "Đơn vị Anh Đào"},
    {"unit_code": "B", "parent_code": "R", "name": "Đơn vị Bằng Lăng"},
]
ROWS = {
    "snapshot_info": [{"is_synthetic": False}],
    "org_unit": UNITS,
    "account": [{"unit_code": code} for code in "AABBB"],
}
SIGN_IN_TITLE, OUT = "Đăng nhập để xem số liệu", "Chưa được xem số liệu"


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


def make_sign_in_home(root: Path, port: int) -> Home:
    """A home of real figures at which people sign in, and people of each role."""
    home = Home(root)
    home.snapshots.mkdir(parents=True)
    groups = '[sign_in.groups]\n"g-leader" = "leader"\n"g-a" = "unit:A"\n'
    sign_in = f'[sign_in]\naddress = "http://127.0.0.1:{port}"\nissuer = "{ISSUER}"\nclient_id = "vanban"\ngroups_claim = "groups"\n{groups}'
    home.config.write_text(TOML + sign_in, encoding="utf-8")
    home.environment.write_text(f"VANBAN_SIGN_IN_SECRET=x\nVANBAN_COOKIE_SECRET={SECRET}\n", encoding="utf-8")
    write_snapshot(home.snapshots, ROWS)
    with People(home) as people:
        given = {"statistics": "statistics", "of-a": "unit:A", "of-b": "unit:B", "of-z": "unit:Z", "twice": "leader"}
        people.give([person(subject, place) for subject, place in given.items()], "test")
    return home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, port: int) -> Home:
    return make_sign_in_home(tmp_path_factory.mktemp("sign_in") / "home", port)


@pytest.fixture(scope="module")
def address(home: Home, port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    command, environment = serve_command(home, port, headless=True)
    with serving(command, environment, port, tmp_path_factory.mktemp("log") / "log") as address:
        yield address


def person(subject: str, place: str) -> Person:
    return Person(ISSUER, subject, subject.title(), place_of(*place.partition(":")[::2]))


def cookie(address: str, subject: str, secret: str = SECRET, age: timedelta = timedelta(), **claims: Any) -> str:
    """The cookie of a sign-in some time ago, as Streamlit makes it."""

    class Earlier(TimestampSigner):
        def get_timestamp(self) -> int:
            return super().get_timestamp() - int(age.total_seconds())

    said = {"iss": ISSUER, "sub": subject, "name": subject, "origin": address, "is_logged_in": True, **claims}
    name = "_streamlit_user"
    signed = URLSafeTimedSerializer(secret, salt=name, signer=Earlier).dumps(json.dumps(said))
    if not age:
        assert isinstance(create_signed_value(secret, name, json.dumps(said)), bytes)  # Streamlit's own
    return f"{name}={signed if isinstance(signed, str) else signed.decode()}"


def page_socket(address: str, cookies: str = "", earlier: str = "") -> ClientConnection:
    token = generate_xsrf_token_string()
    protocols = ["streamlit", token, *([earlier] if earlier else [])]
    headers = {"Cookie": "; ".join(filter(None, [f"_streamlit_xsrf={token}", cookies]))}
    stream = address.replace("http://", "ws://") + "/_stcore/stream"
    return connect(stream, origin=address, subprotocols=protocols, additional_headers=headers)  # type: ignore[arg-type]


def page_of(address: str, cookies: str = "", query: str = "", earlier: str = "") -> str:
    with page_socket(address, cookies, earlier) as stream:
        return text_of(run_of_the_page(stream, query))


def assert_closed(stream: ClientConnection, patience: float = 60) -> None:
    with pytest.raises(ConnectionClosed):
        while True:
            stream.recv(timeout=patience)


# ---------------------------------------------------------------- who sees what


@pytest.mark.parametrize("query", ["", "role=statistics", "role=unit&role_unit=A", "unit=A&lang=en"])
def test_who_has_not_signed_in_sees_the_way_in_and_nothing_else(address: str, query: str) -> None:
    page = page_of(address, query=query)
    assert SIGN_IN_TITLE in page or "Sign in to see figures" in page
    assert not [unit["name"] for unit in UNITS if unit["name"] in page]
    assert ask(address, "/media/some.pdf")[0] == 401


def test_everyone_sees_what_their_role_allows(address: str) -> None:
    everything = page_of(address, cookie(address, "statistics"))
    assert SIGN_IN_TITLE not in everything
    assert "2024-07" in everything or "01/07/2024" in everything
    for subject, own, other in (("of-a", "A", "B"), ("of-b", "B", "A")):
        mine = page_of(address, cookie(address, subject), f"unit={own}{DAYS}")
        assert "Không có quyền xem" not in mine
        assert "Không có quyền xem" in page_of(address, cookie(address, subject), f"unit={other}{DAYS}")
        assert "Không có quyền xem" in page_of(address, cookie(address, subject), f"unit={other}{DAYS}&role=statistics")


@pytest.mark.parametrize(
    ("subject", "groups", "said"),
    [
        ("stranger", [], "chưa được giao vai trò nào"),
        ("stranger", ["g-none"], "chưa được giao vai trò nào"),
        ("stranger", ["g-leader", "g-a"], "nhiều vai trò"),
        ("statistics", ["g-leader"], "nhiều vai trò"),
        ("of-z", [], "không có trong số liệu"),
        ("stranger", {"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": "https://graph.example/x"}}}, "quá nhiều nhóm"),
        ("stranger", {"hasgroups": True}, "quá nhiều nhóm"),
        ("stranger", [f"g-{number}" for number in range(400)], "chưa được giao vai trò nào"),
    ],
)
def test_who_has_no_one_role_is_told_so_and_sees_nothing(address: str, subject: str, groups: Any, said: str) -> None:
    page = page_of(address, cookie(address, subject, **(groups if isinstance(groups, dict) else {"groups": groups})))
    assert said in page
    assert not [unit["name"] for unit in UNITS if unit["name"] in page]


def test_a_group_gives_a_role_and_saying_the_same_twice_is_no_conflict(address: str) -> None:
    assert OUT not in page_of(address, cookie(address, "stranger", groups=["g-a", "g-none"]), "unit=A")
    assert OUT not in page_of(address, cookie(address, "twice", groups=["g-leader", *(f"g-{number}" for number in range(20))]))


@pytest.mark.parametrize(
    "changed",
    [{"secret": "another secret of thirty-two characters"}, {"iss": "http://127.0.0.1:1/other"}, {"origin": "http://evil.example"}, {"sub": ""}],
    ids=lambda changed: next(iter(changed)),
)
def test_a_cookie_that_is_not_of_this_place_is_nobodys(address: str, changed: dict[str, str]) -> None:
    claims = {name: value for name, value in changed.items() if name not in ("secret", "sub")}
    made = cookie(address, changed.get("sub", "statistics"), changed.get("secret", SECRET), **claims)
    assert SIGN_IN_TITLE in page_of(address, made)


# ---------------------------------------------------------------- how a session ends


def test_a_person_who_is_disabled_is_out_with_the_page_open_and_the_next_act_does_nothing(address: str, home: Home) -> None:
    for number in range(3):
        subject = f"leaving-{number}"
        with People(home) as people:
            people.give([person(subject, "statistics")], "test")
        signed = cookie(address, subject)
        with page_socket(address, signed) as watched, page_socket(address, signed) as acting, page_socket(address, cookie(address, "of-a")) as other:
            for stream in (watched, acting, other):
                assert SIGN_IN_TITLE not in text_of(run_of_the_page(stream))
            with People(home) as people:
                people.disable(ISSUER, subject)
            assert_closed(watched)  # nobody touched it
            with pytest.raises(ConnectionClosed):
                run_of_the_page(acting)
            run_of_the_page(other, "unit=A")
        assert SIGN_IN_TITLE in page_of(address, signed)
        assert ask(address, "/media/some.pdf", headers={"Cookie": signed})[0] == 401


def test_a_person_who_is_moved_sees_the_new_unit_alone(address: str, home: Home) -> None:
    with People(home) as people:
        people.give([person("moving", "unit:A")], "test")
        signed = cookie(address, "moving")
        with page_socket(address, signed) as stream:
            run_of_the_page(stream, "unit=A")
            people.give([person("moving", "unit:B")], "test")
            assert_closed(stream)
    assert "Không có quyền xem" in page_of(address, signed, f"unit=A{DAYS}")
    assert "Không có quyền xem" not in page_of(address, signed, f"unit=B{DAYS}")


def test_a_cookie_does_not_outlive_the_sign_out(address: str) -> None:
    signed = cookie(address, "of-b", age=timedelta(seconds=3))
    with page_socket(address, signed) as stream:
        run_of_the_page(stream, "unit=B")
        assert ask(address, "/auth/logout", headers={"Cookie": signed, "Sec-Fetch-Site": "cross-site"})[0] == 403
        run_of_the_page(stream, "unit=B")
        assert ask(address, "/auth/logout", headers={"Cookie": signed})[0] == 302
        assert_closed(stream)
    assert SIGN_IN_TITLE in page_of(address, signed, f"unit=B{DAYS}")
    assert SIGN_IN_TITLE not in page_of(address, cookie(address, "of-a"), "unit=A")


def test_a_session_ends_by_its_age(address: str) -> None:
    assert SIGN_IN_TITLE not in page_of(address, cookie(address, "statistics", age=timedelta(hours=7, minutes=59)))
    assert SIGN_IN_TITLE in page_of(address, cookie(address, "statistics", age=timedelta(hours=8, minutes=1)))


def test_a_session_ends_when_nobody_does_anything_and_does_not_come_back(home: Home) -> None:
    sign_in = read_sign_in(home, read_configuration(home))
    assert sign_in is not None
    now = [1000.0]
    sessions = Sessions(home, sign_in, clock=lambda: now[0])
    session = Session("key", Identity(ISSUER, "statistics"), began=1000.0)

    def is_open_after(minutes: float) -> bool:
        now[0] += 60 * minutes
        return run_apart(sessions.state(session)).is_open

    assert is_open_after(0)
    assert is_open_after(59)
    sessions.acted(session)
    assert is_open_after(59)
    assert not is_open_after(2)
    sessions.acted(session)
    assert not is_open_after(0)
    with Audit(home) as audit:
        begun = [(row.subject, row.role) for row in audit.rows() if (row.act, row.object) == ("session.begin", "session key")]
    assert begun == [("statistics", "statistics")], "each sign-in is written down once"


def test_a_page_of_somebody_else_is_not_gone_on_with(address: str) -> None:
    with page_socket(address, cookie(address, "statistics")) as stream:
        begun = next(one for one in run_of_the_page(stream) if one.WhichOneof("type") == "new_session")
        name = begun.new_session.initialize.session_id
    assert name
    assert SIGN_IN_TITLE in page_of(address, earlier=name)
    assert "Không có quyền xem" in page_of(address, cookie(address, "of-a"), f"unit=B{DAYS}", earlier=name)


# ---------------------------------------------------------------- how it is set up


GOOD = {"address": "https://vanban.example", "issuer": "https://id.example/realms/x", "client_id": "vanban"}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"address": "http://vanban.example"}, "address"),
        ({"address": "https://vanban.example/"}, "address"),
        ({"address": "https://a@vanban.example"}, "address"),
        ({"issuer": "http://id.example"}, "issuer"),
        ({"client_id": ""}, "client_id"),
        ({"groups": {"g": "leader"}}, "groups_claim"),
        ({"groups_claim": "groups", "groups": {"g": "boss"}}, "boss"),
        ({"groups_claim": "groups", "groups": {"g": "unit"}}, "unit"),
        ({"idle_minutes": 0}, "idle_minutes"),
        ({"prompt": "nothing"}, "prompt"),
        ({"adress": "x"}, "adress"),
    ],
)
def test_a_sign_in_that_cannot_be_used_is_told(home: Home, changed: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        read_sign_in(home, {"sign_in": {**GOOD, **changed}})


def test_a_provider_is_asked_for_the_prompt_that_it_knows(home: Home) -> None:
    asked = [read_sign_in(home, {"sign_in": {**GOOD, **more}}) for more in ({}, {"prompt": "login"})]
    assert [one.secrets()["auth"]["client_kwargs"]["prompt"] for one in asked if one] == ["select_account", "login"]


def test_secrets_are_needed_and_never_told(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.environment.write_text("VANBAN_SIGN_IN_SECRET=bimat\nVANBAN_COOKIE_SECRET=short\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="VANBAN_COOKIE_SECRET") as refused:
        read_sign_in(home, {"sign_in": GOOD})
    assert "short" not in str(refused.value).replace(str(tmp_path), "")
    assert "bimat" not in repr(SignIn("a", "b", "c", "bimat", "d"))


def test_behind_tls_cookies_are_secure_and_browsers_keep_to_tls(home: Home) -> None:
    sent: list[dict[str, Any]] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"set-cookie", b"_streamlit_user=x; HttpOnly")]})
        await send({"type": "http.response.body", "body": b""})

    async def keep(message: Any) -> None:
        sent.append(message)

    sign_in = read_sign_in(home, {"sign_in": GOOD})
    guard = Guard(application, home, public_addresses("https://vanban.example", 8501), sign_in=sign_in)
    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"host", b"vanban.example"), (b"x-forwarded-for", b"192.0.2.1")]}
    run_apart(guard(scope, None, keep))  # type: ignore[arg-type]
    headers = dict(sent[0]["headers"])
    assert headers[b"set-cookie"].endswith(b"; Secure")
    assert headers[b"strict-transport-security"] == b"max-age=31536000"
    assert b"wss://vanban.example" in headers[b"content-security-policy"]
    sent.clear()
    run_apart(guard({**scope, "headers": [(b"host", b"127.0.0.1:8501")]}, None, keep))  # type: ignore[arg-type]
    assert sent[0]["status"] == 400


def test_the_guard_reads_the_cookie_that_streamlit_writes(home: Home) -> None:
    sign_in = read_sign_in(home, read_configuration(home))
    assert sign_in is not None
    claims = {"iss": ISSUER, "sub": "s", "origin": sign_in.address, "is_logged_in": True}
    value = create_signed_value(SECRET, "_streamlit_user", json.dumps(claims)).decode()
    serializer = URLSafeTimedSerializer(SECRET, salt="_streamlit_user")
    assert serializer.loads(value) == json.dumps(claims)
