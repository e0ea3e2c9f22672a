"""What a browser may say over its web socket: to run the page again, to stop, and that it is still there."""

from __future__ import annotations

from dataclasses import dataclass

from google.protobuf.message import DecodeError
from streamlit.proto.BackMsg_pb2 import BackMsg

SPOKEN = frozenset({"rerun_script", "stop_script", "app_heartbeat"})
"""All others are Streamlit's tools for whoever develops a page: they clear everyone's cache, read the repository, watch the disk. And files that
Streamlit would make lie under addresses of their own: those of these pages come over the page's connection (`dashboard.ui.components.clicks`)."""
LARGEST_BYTES = 1_000_000


class NoMessage(Exception):
    """What came is no message of a browser; `code` is that of the closing of a web socket (RFC 6455)."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Said:
    """What a message is."""

    kind: str
    is_by_hand: bool
    """Whether somebody did something, unlike the page that looks for newer figures by itself."""


def said(data: bytes | None) -> Said:
    """What a message is; raises NoMessage for text (None), what is too large, and what cannot be read."""
    if data is None:
        raise NoMessage(1003)
    if len(data) > LARGEST_BYTES:
        raise NoMessage(1009)
    try:
        message = BackMsg.FromString(data)
    except DecodeError:
        raise NoMessage(1007) from None
    kind = message.WhichOneof("type") or ""
    return Said(kind, kind == "rerun_script" and not message.rerun_script.is_auto_rerun)
