"""Five hundred texts that some program would run, follow, count as a formula or show as something else: families x wrappings (S3 of the promises).

Whatever a text would fetch or start names the address and the file given by the test, so that the test sees if it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from dashboard.reports.content.blocks import Annex, Block, Cell, Chart, Column, Heading, Paragraph, Report, Run, Series, Slide, Table
from tests.dashboard.reports.sample_report import sample_report

ESC = "\x1b"


def families(url: str, ran: str) -> dict[str, tuple[str, ...]]:
    """Plain attacks by what they are meant for; `url` counts who fetches it, `ran` is the path of a file that must never be."""
    return {
        "script": (
            "<script>window.ran=1</script>",
            f"<img src={url}/a.png onerror=window.ran=1>",
            f"<svg onload=window.ran=1><image href='{url}/b.svg'/></svg>",
            f'"><iframe src="{url}/c"></iframe>',
            f"<style>@import url({url}/d.css);*{{background:url({url}/e.png)}}</style>",
            f"<link rel=stylesheet href={url}/f.css><meta http-equiv=refresh content='0;url={url}/g'>",
            "</textarea></title></style></script><script>window.ran=1</script>",
            "<a href=javascript:window.ran=1 autofocus onfocus=window.ran=1 tabindex=1>x</a>",
        ),
        "markdown": (
            f"![x]({url}/h.png)",
            f"[báo cáo](javascript:window.ran=1) <{url}/i>",
            f'[x]: {url}/j "t"',
            ":material/bolt: :red[đỏ] $\\href{javascript:window.ran=1}{x}$",
        ),
        "formula": (
            "=1+1",
            f'=HYPERLINK("{url}/k","x")',
            f'=WEBSERVICE("{url}/l")',
            "+1+1",
            "-1+1",
            "@SUM(1,1)",
            "\t=1+1",
            "＝1+1",
            '=IMPORTXML(CONCAT("http://",A1),"//a")',
        ),
        "dde": (f"=cmd|'/C touch {ran}'!A0", f'=DDE("soffice";"{ran}";"A1")', f'DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k touch {ran}"'),
        "typst": ('#read("/etc/passwd")', f'#import "{ran}": *', "@sec $x$ `y` *z* _w_ <l> // c", '#eval("1+1") #panic() \\u{41} #{ 1 + 1 }'),
        "template": ("{{7*7}}{%raw%}", "${7*7}#{7*7}<%=7*7%>", "{0.__class__.__mro__} {lead} %s %(x)s", "${jndi:ldap://127.0.0.1/x}"),
        "ansi": (f"{ESC}[31mđỏ{ESC}[0m{ESC}[2J", f"{ESC}]8;;{url}/m{ESC}\\x{ESC}]8;;{ESC}\\", f"{ESC}]52;c;cm0gLXJm\x07\x9b31m\x07\x08"),
        "line ends": (
            "x\r\nBcc: ai@example.vn",
            "x\r\n.\r\nMAIL FROM:<a@b.vn>",
            "a\nb\rc\u2028d\u2029e\x85f\x0bg\x0ch",
            "Subject: x\n\n<script>window.ran=1</script>",
        ),
        "bidi": ("\u202etxt.exe\u202c", "\u2066\u202bab\u2069", "\u200f\u061c1+1=3", "שלום العربية"),
        "unseen": ("\u200b\u200c\u200d\u2060\ufeffVụ\u00ad1", "\U000e0041\U000e0042\ufff9a\ufffab\ufffb", "a" + "\u0301\u0323" * 20),
        "broken": ("\x00\x01\x1f\x7f", "\ud800 x \udfff", "\ufffe\uffff\U0001ffff"),
        "xml": (
            "]]>&x;&#0;&lt;b&gt;<![CDATA[x]]>",
            f'<!DOCTYPE a [<!ENTITY x SYSTEM "{url}/n">]><a>&x;</a>',
            "<?xml-stylesheet href='x'?><!-- -- -->",
            "_x0041_ _x000D_ _xD83D_",
        ),
        "fields": (
            f'{{ INCLUDEPICTURE "{url}/o.png" }} {{ INCLUDETEXT "{ran}" }}',
            "</w:t></w:r><w:r><w:instrText> PAGE </w:instrText></w:r><w:r><w:t>",
            f'<a:hlinkClick r:id="rId1"/><Relationship Target="{url}/p" TargetMode="External"/>',
            "</t></si><si><t>x</t></si><f>1+1</f>",
            "&P&N&F&[Path]&G",
        ),
        "links": (
            f"{url}/q",
            f"file://{ran}",
            "\\\\127.0.0.1\\c$\\x",
            "data:text/html,<script>window.ran=1</script>",
            "mailto:a@b.vn?bcc=c@d.vn&body=x",
        ),
        "shell": (f"$(touch {ran})", f"`touch {ran}`; touch {ran} | touch {ran}", "'; DROP TABLE report_pin; --", "' OR '1'='1"),
        "names": ("../../../../etc/passwd", "CON", "aux.txt.", "-rf ~", 'a/b\\c:d*e?f"g<h>i|j', "x" * 240, "History", "'"),
        "mail": ("=?utf-8?q?=0D=0ABcc:_a@b.vn?=", '"a" <a@b.vn>, c@d.vn', "undisclosed-recipients:;", "a@b.vn\x00c@d.vn"),
    }


WRAPPINGS: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    lambda text: f"{text} ",
    lambda text: f"\u200b{text}",
    lambda text: f"Vụ {text} (thử)",
    lambda text: f"“{text}”",
    lambda text: f"{text}\n{text}",
    lambda text: f"'{text}",
)
MOST = 500


def payloads(url: str, ran: str) -> tuple[str, ...]:
    """All of them, no two alike; every stretch of them has all families."""
    plain = [text for texts in families(url, ran).values() for text in texts]
    wrapped = [f"{wrap(text)}" for wrap in WRAPPINGS for text in plain]
    found = tuple(dict.fromkeys(wrapped))[:MOST]
    assert len(found) == MOST, len(found)
    return found


def some(texts: Sequence[str], url: str, ran: str) -> tuple[str, ...]:
    """Of all texts each plain attack once, its wrapping changing from one to the next."""
    plain = sum(map(len, families(url, ran).values()))
    return tuple(texts[place % (len(texts) // plain) * plain + place] for place in range(plain))


def in_parts(texts: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(texts), size):
        yield texts[start : start + size]


def hostile_report(texts: Sequence[str]) -> Report:
    """A report in which every text that comes from data, from settings or from a person is one of these, each in every kind of place."""
    report, each = sample_report(), (1.0,) * len(texts)
    assert report.form is not None
    paragraphs = tuple(
        Paragraph(f"p{place}", (Run(text, None, place % 3 == 0),), place % 2 == 0, text, place % 5 == 0) for place, text in enumerate(texts)
    )
    headings = tuple(Heading((1, 2, 3)[place % 3], "1.", text) for place, text in enumerate(texts))  # type: ignore[arg-type]
    table = Table("t", texts[0], (Column("x"), Column("y", "count")), tuple((Cell(text), Cell(text)) for text in texts), texts[1])
    heads = tuple(
        Table(f"h{place}", part[0], tuple(Column(text, "count") for text in part), (tuple(Cell(text) for text in part),), part[-1])
        for place, part in enumerate(in_parts(texts, 4))
    )
    chart = Chart("c", "bars", texts[2], texts[3], tuple(texts), (Series(texts[4], each),), note=texts[5])
    charts: tuple[Block, ...] = tuple(
        Chart(f"c{place}", "line", part[0], part[-1], ("a", "b"), tuple(Series(text, (1.0, 2.0)) for text in part), note=part[-1])
        for place, part in enumerate(in_parts(texts, 6))
    )
    slides = tuple(
        Slide(
            part[0],
            (*(Paragraph(f"s{place}.{n}", (Run(text),)) for n, text in enumerate(part)), *charts[place : place + 1]),
            part[-1],
        )
        for place, part in enumerate(in_parts(texts, 3))
    )
    annexes = tuple(Annex("I", part[0], (), place % 2 == 0, part[-1]) for place, part in enumerate(in_parts(texts, 5)))
    figures = tuple(
        replace(report.figures[0], key=f"{place}:{text}", label=text, unit_code=text, text=text, failed_checks=(text,))
        for place, text in enumerate(texts)
    )
    return replace(
        report,
        title=texts[0],
        blocks=(*headings, *paragraphs, table, *heads, chart, *charts),
        annexes=annexes,
        slides=slides,
        figures=figures,
        provenance=replace(report.provenance, parameters=tuple((f"x{place}", text) for place, text in enumerate(texts))),
    )


def hostile_forms(texts: Sequence[str]) -> Iterator[Report]:
    """Reports of a head and a signature alone, their settings made of these texts, each once."""
    report = sample_report()
    assert report.form is not None
    for part in in_parts(texts, 40):
        *single, last = (*part, *texts)[:7]
        form = replace(
            report.form,
            parent_organ=single[0],
            issuing_organ=single[1],
            organ_abbreviation=single[2],
            place=single[3],
            abstract=single[4],
            addressees=tuple(part[7:18]),
            recipients=tuple(part[18:29]),
            signature=replace(report.form.signature, authority_lines=tuple(part[29:]), name=last),
        )
        yield replace(report, title=single[5], form=form, blocks=(), annexes=(), slides=())
