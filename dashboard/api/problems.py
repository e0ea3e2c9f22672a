"""What is told to a program that asked for what it does not get (RFC 9457): what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PROBLEM = "application/problem+json"
TITLES = {
    400: "The question cannot be understood",
    401: "No token that is in force",
    403: "The token may not see this",
    404: "There is no such address",
    405: "Figures are only read",
    406: "There is no such format",
    413: "The answer would be too large",
    422: "The question takes too long",
    429: "Too many questions",
    500: "A fault of the program",
    503: "Figures cannot be told at this moment",
}


@dataclass(frozen=True)
class Problem(Exception):
    """An answer without figures; `detail` is one sentence on what is wrong and one on the way out."""

    status: int
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """The members of `application/problem+json`."""
        return {"type": "about:blank", "title": TITLES[self.status], "status": self.status, "detail": self.detail}
