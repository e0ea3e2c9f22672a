"""Half-written and misspelt configuration: one plain message with file, key and way out, before anything is fetched."""

from __future__ import annotations

import pytest

from data.errors import ConfigurationError
from data.snapshot import published_snapshot
from etl.run import run_etl
from etl.settings import load_settings
from tests.etl.tiny_system import TinySystem

GOOD_HOME = '[etl]\nsources = ["tiny"]\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[etl]\nsources = ["tiny', "not complete TOML"),
        ("", "etl is missing"),
        ("[etl]\n", "sources is missing"),
        ("[etl]\nsources = []\n", "sources must name folders"),
        ('[etl]\nsources = ["tiny", "tiny"]\n', "each once"),
        ('[etl]\nsources = "tiny"\n', "sources must be a list"),
        ('[etl]\nsources = ["../tiny"]\n', "letters a-z"),
        ('[etl]\nsources = ["nowhere"]\n', "Sources of this home: tiny"),
        (GOOD_HOME + "keep_snapshot = 3\n", "unknown key keep_snapshot. Allowed are: sources, keep_snapshots"),
        (GOOD_HOME + "keep_snapshots = 0\n", "at least 1"),
        (GOOD_HOME + "keep_snapshots = true\n", "keep_snapshots must be a whole number, not true or false"),
        ('time_zone = "Asia/Hanoi"\n' + GOOD_HOME, "no time zone 'Asia/Hanoi'"),
        ('titel = "x"\n' + GOOD_HOME, "unknown key titel"),
    ],
)
def test_a_wrong_home_is_told(tiny: TinySystem, text: str, said: str) -> None:
    tiny.home.config.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_settings(tiny.home)
    assert said in str(caught.value)
    assert caught.value.exit_code == 2


def test_half_a_configuration_leaves_the_old_snapshot(tiny: TinySystem) -> None:
    published = tiny.run().snapshot
    tiny.home.config.write_text('[etl]\nsources = ["ti', encoding="utf-8")
    with pytest.raises(ConfigurationError):
        run_etl(load_settings(tiny.home))
    assert published_snapshot(tiny.home.pointer).stem == published


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('kind = "database"\ntitle = "', "not complete TOML"),
        ('title = "x"\n[entities.document]\n', "Write kind ="),
        ('kind = "oracle"\n', "with one of: database, files"),
        ('kind = "database"\ntitle = "x"\n[entities.document]\n', "url_env is missing"),
        ('kind = "database"\ntitle = "x"\nurl_env = "U"\nurl = "postgresql://a:b@c/d"\n[entities.document]\n', "unknown key url"),
        ('kind = "database"\ntitle = "x"\nurl_env = "U"\ntime_zone = "+07:00"\n[entities.document]\n', "no time zone"),
        ('kind = "database"\ntitle = "x"\nurl_env = "U"\n[entities.documents]\n', "unknown entity documents. The contract knows: org_unit"),
        ('kind = "database"\ntitle = "x"\nurl_env = "U"\n[entities.document]\ncursors = "x"\n', "[entities.document]: unknown key cursors"),
        ('kind = "database"\ntitle = "x"\nurl_env = "U"\n[entities.declared_total]\n', "there is no declared_total.sql beside it"),
        ('kind = "database"\ntitle = "x"\nurl_env = "U"\n[entities.document]\n', "belongs to no entity of source.toml"),
        ('kind = "database"\ntitle = "x"\nurl_env = "U"\nentities = ["document"]\n', "entities must be a table"),
    ],
)
def test_a_wrong_source_is_told(tiny: TinySystem, text: str, said: str) -> None:
    if "url_env is missing" in said:
        text = text.replace('url_env = "U"\n', "")
    (tiny.folder / "source.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_settings(tiny.home)
    assert said in str(caught.value)


def test_what_every_figure_needs_must_come_from_somewhere(tiny: TinySystem) -> None:
    def leave_out(entity: str) -> None:
        (tiny.folder / f"{entity}.sql").unlink()
        text = (tiny.folder / "source.toml").read_text(encoding="utf-8").replace(f"[entities.{entity}]\nmax_rejected = 1\n", "")
        (tiny.folder / "source.toml").write_text(text, encoding="utf-8")

    for entity in ("access_event", "account"):
        leave_out(entity)
        assert load_settings(tiny.home).sources
    leave_out("document")
    with pytest.raises(ConfigurationError, match=r"No source delivers account or document.*Add \[entities\.account\]"):
        load_settings(tiny.home)


def test_the_sql_of_a_dialect_wins(tiny: TinySystem) -> None:
    tiny.write_sql("document.sqlite", "SELECT * FROM document WHERE false")
    tiny.write_sql("document.postgresql", "not for this database")
    query = tiny.settings.source("tiny").query("document", "sqlite")
    assert query.file == "document.sqlite.sql"
    assert tiny.settings.source("tiny").query("delivery", "sqlite").file == "delivery.sql"


def test_settings_print_without_secrets(tiny: TinySystem) -> None:
    assert "0123456789abcdef" not in repr(tiny.settings)


def test_the_key_file_is_made_once_and_for_its_owner_alone(tiny: TinySystem) -> None:
    tiny.home.environment.write_text("TINY_URL=sqlite:///{home}/tiny.sqlite\n", encoding="utf-8")
    first = tiny.run()
    assert tiny.home.account_key_file.stat().st_mode & 0o777 == 0o600
    key = tiny.home.account_key_file.read_text(encoding="ascii")
    assert tiny.run().content_hash == first.content_hash
    assert tiny.home.account_key_file.read_text(encoding="ascii") == key
    tiny.home.account_key_file.chmod(0o644)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        tiny.run()


def test_a_lost_key_does_not_silently_rename_everybody(tiny: TinySystem) -> None:
    tiny.run()
    tiny.home.environment.write_text("TINY_URL=sqlite:///{home}/tiny.sqlite\nVANBAN_ACCOUNT_KEY=" + "another key " * 4 + "\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"account key is not the one.*Restore"):
        tiny.run()
    tiny.home.environment.write_text("TINY_URL=sqlite:///{home}/tiny.sqlite\nVANBAN_ACCOUNT_KEY=short\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="VANBAN_ACCOUNT_KEY has 5 characters") as caught:
        tiny.run()
    assert "short" not in str(caught.value)
