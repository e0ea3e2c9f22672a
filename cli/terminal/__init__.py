"""What every command shares (`console`, `options`): its options, typed once, and what it writes to the terminal."""

from __future__ import annotations
