"""Signing in with the organisation's own provider (OpenID Connect): what `[sign_in]` of vanban.toml and vanban.env say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from dashboard.ledger.people import Place, place_of
from data.configuration import Section, environment_of
from data.errors import ConfigurationError
from data.paths import Home

CLIENT_SECRET, COOKIE_SECRET = "VANBAN_SIGN_IN_SECRET", "VANBAN_COOKIE_SECRET"
SHORTEST_COOKIE_SECRET = 32
CALLBACK = "/oauth2callback"
KEYS = frozenset({"address", "issuer", "client_id", "groups_claim", "groups", "session_minutes", "idle_minutes", "prompt"})
PROMPTS = ("select_account", "login", "consent")
"""What the provider is asked to show (OpenID Connect Core 1.0, 3.1.2.1); one that does not know the word may refuse every sign-in."""


@dataclass(frozen=True)
class SignIn:
    """How people sign in here. `address` is the origin under which browsers see the dashboard; nothing else is believed."""

    address: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    cookie_secret: str = field(repr=False)
    groups_claim: str = ""
    """The claim with a person's groups at the provider; empty where the people table alone counts."""
    groups: Mapping[str, Place] = field(default_factory=dict)
    longest: timedelta = timedelta(hours=8)
    """After which a session ends, whatever happens in it."""
    idle: timedelta = timedelta(minutes=60)
    """After which a session ends in which nobody did anything."""
    prompt: str = PROMPTS[0]

    def secrets(self) -> dict[str, Any]:
        """The same as Streamlit takes it."""
        return {
            "auth": {
                "redirect_uri": f"{self.address}{CALLBACK}",
                "cookie_secret": self.cookie_secret,
                "client_id": self.client_id,
                "client_secret": self.client_secret,
                "server_metadata_url": f"{self.issuer.rstrip('/')}/.well-known/openid-configuration",
                "client_kwargs": {"prompt": self.prompt},
            }
        }


def read_sign_in(home: Home, configuration: Section) -> SignIn | None:
    """What the home says; None where it says nothing of signing in. Raises ConfigurationError for what cannot be used, naming the key."""
    given = configuration.get("sign_in")
    if given is None:
        return None
    if not isinstance(given, dict) or (unknown := sorted(set(given) - KEYS)):
        raise ConfigurationError(
            f"vanban.toml: [sign_in] has {unknown[0] if isinstance(given, dict) else 'no keys'}. Keys are: {', '.join(sorted(KEYS))}."
        )
    environment = environment_of(home)
    return SignIn(
        address=_address(given),
        issuer=_provider(given),
        client_id=_text(given, "client_id"),
        client_secret=_secret(home, environment, CLIENT_SECRET, 1),
        cookie_secret=_secret(home, environment, COOKIE_SECRET, SHORTEST_COOKIE_SECRET),
        groups_claim=_text(given, "groups_claim", ""),
        groups=_groups(given),
        longest=_minutes(given, "session_minutes", 8 * 60),
        idle=_minutes(given, "idle_minutes", 60),
        prompt=_prompt(given),
    )


def _text(given: Section, key: str, otherwise: str | None = None) -> str:
    value = given.get(key, otherwise)
    if not isinstance(value, str) or (otherwise is None and not value):
        raise ConfigurationError(f"vanban.toml: {key} in [sign_in] is {value!r}. Write it as text in quotes.")
    return value


def _origin(key: str, text: str) -> str:
    """`https://host[:port]` of an address; plain http only where the host is this machine."""
    parts = urlsplit(text)
    try:
        is_whole = bool(parts.hostname) and parts.username is None and (parts.port is None or parts.port > 0)
    except ValueError:
        is_whole = False
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost"))
    if not (is_whole and is_safe) or parts.netloc != parts.netloc.lower():
        raise ConfigurationError(f"vanban.toml: {key} in [sign_in] is {text!r}. Write it as https://name.of.the.host, in small letters.")
    return f"{parts.scheme}://{parts.netloc}"


def _address(given: Section) -> str:
    text = _text(given, "address")
    if _origin("address", text) != text:
        raise ConfigurationError(f"vanban.toml: address in [sign_in] is {text!r}. Write scheme and host alone, like https://vanban.example.")
    return text


def _provider(given: Section) -> str:
    text = _text(given, "issuer")
    _origin("issuer", text)
    return text


def _secret(home: Home, environment: Mapping[str, str], name: str, shortest: int) -> str:
    value = environment.get(name, "").strip()
    if len(value) < shortest:
        raise ConfigurationError(f"{name} is missing or has fewer than {shortest} characters. Write {name}=<secret> into {home.environment}.")
    return value


def _minutes(given: Section, key: str, otherwise: float) -> timedelta:
    value: Any = given.get(key, otherwise)
    if type(value) not in (int, float) or not 0 < value <= 24 * 60:
        raise ConfigurationError(f"vanban.toml: {key} in [sign_in] is {value!r}. Write a number of minutes up to 1440.")
    return timedelta(minutes=value)


def _prompt(given: Section) -> str:
    text = _text(given, "prompt", PROMPTS[0])
    if text not in PROMPTS:
        raise ConfigurationError(f"vanban.toml: prompt in [sign_in] is {text!r}. Write one of: {', '.join(PROMPTS)}.")
    return text


def _groups(given: Section) -> dict[str, Place]:
    """`group = "leader"` or `group = "unit:T22"`."""
    section = given.get("groups", {})
    if not isinstance(section, dict) or not all(isinstance(value, str) for value in section.values()):
        raise ConfigurationError('vanban.toml: [sign_in.groups] has lines like "van-phong" = "statistics" or "tinh-a" = "unit:T01".')
    if section and not given.get("groups_claim"):
        raise ConfigurationError("vanban.toml: [sign_in.groups] needs groups_claim in [sign_in]: the claim that holds a person's groups.")
    return {group: place_of(*(part.strip() for part in value.partition(":")[::2])) for group, value in section.items()}
