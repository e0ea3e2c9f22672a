"""Sends a pinned report by mail: off until `[report.mail]` of vanban.toml names a server; the password comes from the environment alone."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Any, Literal, get_args

from dashboard.reports.content.blocks import Figure
from dashboard.reports.writers import format_named
from dashboard.typed_text import checked_text
from data.configuration import Section, environment_of
from data.errors import ConfigurationError, SourceUnreachable
from data.paths import Home

Security = Literal["starttls", "ssl", "none"]
PASSWORD = "VANBAN_MAIL_PASSWORD"
WAIT_SECONDS = 30
HEADLINES = ("activation_rate", "login_rate", "electronic_issue_ratio", "outgoing_documents", "digitally_signed_ratio", "on_time_ratio")
"""What a reader of the mail wants to know before any file is opened."""
LONGEST_SUBJECT = 300
_NAMED = re.compile(r'(?P<name>[^"<>@,;:=?\\\[\]()]*)<(?P<address>[^<>]*)>|(?P<bare>[^<>]*)')
"""`Thống kê <thongke@example.vn>`; a name of signs that need no quotes, since long quoted names are folded wrongly by some programs."""
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


class _WholeWords(EmailPolicy):
    """Python 3.11 loses the blank between two encoded words (python/cpython issue 92081): long Vietnamese subjects came with words run together."""

    def _fold(self, name: str, value: Any, refold_binary: bool = False) -> str:
        if name == "Subject" and not str(value).isascii():
            return f"{name}: {Header(str(value), 'utf-8', header_name=name).encode(linesep=self.linesep)}{self.linesep}"
        return super()._fold(name, value, refold_binary)  # type: ignore[misc, no-any-return]


@dataclass(frozen=True)
class MailSettings:
    """`[report.mail]` of vanban.toml."""

    server: str
    sender: str
    port: int = 587
    security: Security = "starttls"
    user: str = ""
    """Empty: no login."""
    ca_file: str = ""
    """Certificates to trust beside those of the system, for a server of one's own."""


def mail_settings(configuration: Section) -> MailSettings | None:
    """The section as parsed; None where there is none, and then nothing is ever sent. Raises ConfigurationError naming the key."""
    section = configuration.get("report", {}).get("mail")
    if section is None:
        return None
    known = {one.name: one.type for one in fields(MailSettings)}
    if not isinstance(section, dict) or set(section) - set(known):
        raise ConfigurationError(f"vanban.toml, [report.mail]: settings are {', '.join(known)}. Remove what is not among them.")
    values: dict[str, Any] = dict(section)
    for name in ("server", "sender"):
        if not isinstance(values.get(name), str) or not values[name].strip():
            raise ConfigurationError(f'vanban.toml, [report.mail]: {name} is missing. Write {name} = "...".')
    for name in ("server", "sender", "user", "ca_file"):
        if not isinstance(values.get(name, ""), str):
            raise ConfigurationError(f'vanban.toml, [report.mail]: {name} must be text. Write {name} = "...".')
    if values.get("security", "starttls") not in get_args(Security):
        raise ConfigurationError(f"vanban.toml, [report.mail]: security is {values['security']!r}. Write one of: {', '.join(get_args(Security))}.")
    port = values.get("port", 587)
    if type(port) is not int or not 0 < port < 65536:
        raise ConfigurationError("vanban.toml, [report.mail]: port must be a number from 1 to 65535, such as 587.")
    sender_of(values["sender"])
    return MailSettings(**values)


def sender_of(sender: str) -> Address:
    """The sender as a header has it. Raises ConfigurationError as `named_address` does."""
    return named_address("vanban.toml, [report.mail]: sender", sender)


def named_address(what: str, given: str) -> Address:
    """`Thống kê <thongke@example.vn>`, or an address alone, as a header has it. Raises ConfigurationError for anything else."""
    found = _NAMED.fullmatch(checked_text(what, given, LONGEST_SUBJECT))
    if found is None:
        raise ConfigurationError(f'{what} is no mail address: {given[:80]!r}. Write it like "Thống kê <thongke@example.vn>", the name without signs.')
    user, _, domain = checked_address(what, found["address"] if found["bare"] is None else found["bare"]).partition("@")
    return Address((found["name"] or "").strip(), user, domain)


def checked_address(what: str, address: str) -> str:
    """A mail address of letters that every server takes; raises ConfigurationError for anything else, so that no header can be smuggled in."""
    address = address.strip()
    if not _ADDRESS.fullmatch(address) or len(address) > 254:
        raise ConfigurationError(f"{what} is no mail address: {address[:80]!r}. Write it like name@example.vn.")
    return address


def message(settings: MailSettings, to: Sequence[str], subject: str, text: str, files: Mapping[str, bytes]) -> EmailMessage:
    """The mail with its files attached byte for byte; raises ConfigurationError for an address or a subject that could carry a second header."""
    if not to:
        raise ConfigurationError("To whom? Name at least one address with --to.")
    mail = EmailMessage(_WholeWords())
    # An encoded word is decoded when the header is set, line ends and all: `=?` must never reach it.
    mail["Subject"] = checked_text("The subject", subject, LONGEST_SUBJECT).replace("=?", "= ?")
    mail["From"] = sender_of(settings.sender)
    mail["To"] = tuple(named_address("The recipient", one) for one in to)
    mail.set_content(text)
    for file, content in files.items():
        kind, _, sub = media_type(file).partition("/")
        mail.add_attachment(content, maintype=kind, subtype=sub, filename=file)
    return mail


def mail_text(title: str, figures: Sequence[Figure], files: Iterable[str]) -> str:
    """What the mail itself says: the title, the headline figures of the whole with their counts, what has to be reviewed, and what is attached."""
    whole = {figure.metric: figure for figure in reversed(figures) if figure.unit_code == figures[0].unit_code}
    told = [f"{whole[name].label} {whole[name].text}" for name in HEADLINES if name in whole and whole[name].numerator is not None]
    doubtful = dict.fromkeys(figure.label for figure in figures if figure.failed_checks)
    lines = [title, "; ".join(told) + "." if told else ""]
    lines.append(f"Cần rà soát do có kiểm tra nhất quán chưa đạt: {', '.join(doubtful)}." if doubtful else "")
    return "\n\n".join([*filter(None, lines), f"Tệp đính kèm: {', '.join(files)}."]) + "\n"


def media_type(file: str) -> str:
    """By the file's end; the figures file is JSON."""
    suffix = "." + file.rpartition(".")[2]
    return "application/json" if suffix == ".json" else format_named(suffix[1:]).media_type.partition(";")[0]


def send(home: Home, settings: MailSettings, mail: EmailMessage) -> None:
    """Hands the mail to the server. Raises ConfigurationError where login lacks its password, SourceUnreachable where the server does not take it."""
    password = environment_of(home).get(PASSWORD, "")
    if settings.user and not password:
        raise ConfigurationError(f"[report.mail] names a user but {PASSWORD} is not set. Write it to vanban.env, which only you can read.")
    try:
        with _connected(settings) as server:
            if settings.user:
                server.login(settings.user, password)
            server.send_message(mail)
    except smtplib.SMTPAuthenticationError:
        raise SourceUnreachable(f"{settings.server} refuses the login of {settings.user}. Check user and {PASSWORD}.") from None
    except smtplib.SMTPRecipientsRefused as error:
        raise SourceUnreachable(f"{settings.server} refuses the recipient {', '.join(error.recipients)}. Check the address.") from None
    except (OSError, smtplib.SMTPException) as error:
        kind = type(error).__name__
        raise SourceUnreachable(f"The mail server {settings.server}:{settings.port} does not take the mail ({kind}). Check [report.mail].") from error


def _connected(settings: MailSettings) -> smtplib.SMTP:
    trusted = ssl.create_default_context()
    if settings.ca_file:
        trusted.load_verify_locations(settings.ca_file)
    if settings.security == "ssl":
        return smtplib.SMTP_SSL(settings.server, settings.port, timeout=WAIT_SECONDS, context=trusted)
    server = smtplib.SMTP(settings.server, settings.port, timeout=WAIT_SECONDS)
    if settings.security == "starttls":
        try:
            server.starttls(context=trusted)
        except BaseException:
            server.close()
            raise
    return server
