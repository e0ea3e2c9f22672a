"""Nothing of a report is forgotten in silence: sections and writers that nobody uses, and uses of what is not there, are errors."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.reports.content.kinds import KINDS, Chapter
from dashboard.reports.content.sections import SECTIONS, check_sections
from dashboard.reports.writers import FORMATS, check_writers

MODULES = [known.module for known in FORMATS]


def test_a_section_that_no_report_has_is_an_error_that_names_its_file() -> None:
    with pytest.raises(ImportError, match=r"sections/extra\.py: no report has this section"):
        check_sections([*SECTIONS, "extra"], KINDS)


def test_a_report_that_names_a_section_which_is_not_there_is_an_error_that_names_both() -> None:
    kinds = [replace(KINDS[0], chapters=(Chapter("", ("lost",)),)), *KINDS[1:]]
    with pytest.raises(ImportError, match=r"kinds\.py: so-ket has a section 'lost'"):
        check_sections(SECTIONS, kinds)


def test_a_writer_that_is_no_format_is_an_error_that_names_its_file() -> None:
    with pytest.raises(ImportError, match=r"writers/odt\.py writes reports"):
        check_writers(MODULES, [*MODULES, "odt"], ())


def test_a_format_without_a_writer_and_an_unknown_format_of_a_report_are_errors() -> None:
    with pytest.raises(ImportError, match=r"no writers/odt\.py"):
        check_writers([*MODULES, "odt"], MODULES, ())
    with pytest.raises(ImportError, match="the format 'odt'"):
        check_writers(MODULES, MODULES, ["odt"])
