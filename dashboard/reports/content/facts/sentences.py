"""The sentences of one report: filled in with what is known of all of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from dashboard.reports.content.blocks import Paragraph, Run
from dashboard.reports.content.by_hand.own_words import PREFIX, with_edited_passages
from dashboard.reports.content.facts.units import UnitsOfReport
from dashboard.reports.content.kinds import ROMAN, kind_named
from dashboard.reports.content.sentences import say
from dashboard.reports.content.text import official_day, official_time, window
from dashboard.reports.layout.printable_text import printable
from data.language import words_in


@dataclass
class SentencesOfReport(UnitsOfReport):
    """A report's own words beside those of the sentence."""

    def say(self, key: str, sentence: str = "", /, **values: object) -> Paragraph:
        """A paragraph in the report's language (`sentences.say`), which may name what is known of every report beside `values`."""
        return say(key, self.language, sentence, **{**self._known_to_all, **values})

    @cached_property
    def own_words(self) -> dict[str, str]:
        """What the department wrote itself, by name."""
        return with_edited_passages(self.inputs.own, dict(self.inputs.edits))

    def own(self, name: str) -> list[Paragraph]:
        """A passage of the department's own, a paragraph a line; none where nothing was written."""
        lines = [printable(line) for line in self.own_words.get(name, "").splitlines() if line.strip()]
        return [Paragraph(f"{PREFIX}{name}.{place}", (Run(line),)) for place, line in enumerate(lines, start=1)]

    def item(self, key: str, sentence: str = "", /, **values: object) -> Paragraph:
        """`say` as an item of a list."""
        return replace(self.say(key, sentence, **values), is_item=True)

    @cached_property
    def _known_to_all(self) -> dict[str, object]:
        info, settings, language = self.info, self.inputs.settings, self.language
        return {
            **words_in(language),
            "everyone": self.everyone,
            "window": window(self.period, language),
            "flow": window(self.flow, language) if self.flow else "",
            "last_day": official_day(self.period.to_on, language),
            "cutoff": official_time(info.cutoff_at, info.time_zone, language),
            "is_synthetic": info.is_synthetic,
            "is_state_body": self.inputs.words.is_state_body,
            "system": printable(settings.system if language == "vi" else settings.system_en),
            "issuing": printable(settings.issuing_organ) or "Đơn vị lập báo cáo",
            "unit": self.name_of(self.request.unit_code),
            "whose": self.whose_accounts,
            "group": self.group_of("activation_rate"),
        }

    @property
    def whose_accounts(self) -> str:
        """Whose accounts count, in words."""
        group = self.group_of("activation_rate")
        if self.request.unit_code is not None or group is None:
            return self.name_of(self.request.unit_code)
        return f"các đơn vị nhóm {group}"

    def annex_called(self, section: str) -> str:
        """`Phụ lục III`: where a section stands in this kind of report; empty where it has none."""
        names = [part.section for part in kind_named(self.request.kind).annexes]
        return f"Phụ lục {ROMAN[names.index(section)]}" if section in names else ""
