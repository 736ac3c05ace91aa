"""Settings: what overrides what, and what cannot be set."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from genoassist.errors import SettingsError
from genoassist.settings import PACKAGED, Settings, load


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for key in Settings.model_fields:
        monkeypatch.delenv(f"GENOASSIST_{key.upper()}", raising=False)


def test_defaults():
    settings = load()
    assert (settings.corpus, settings.index) == (Path("corpus"), Path("index"))
    assert (settings.engine, settings.embedding_model, settings.download) == ("auto", PACKAGED, True)
    assert (settings.host, settings.port) == ("127.0.0.1", 7860)
    assert settings.cache.name == "genoassist"
    assert settings.threads >= 1


def test_every_setting_says_what_it_is():
    assert all(field.description for field in Settings.model_fields.values())


def test_arguments_over_environment_over_file_over_defaults(monkeypatch):
    Path("genoassist.toml").write_text('port = 1111\nhost = "0.0.0.0"\nengine = "llm"\n')
    monkeypatch.setenv("GENOASSIST_PORT", "2222")
    monkeypatch.setenv("genoassist_host", "::1")
    settings = load(port=3333, corpus=None)
    assert (settings.port, settings.host, settings.engine, settings.corpus) == (3333, "::1", "llm", Path("corpus"))
    assert load().port == 2222


def test_a_dotenv_file_is_not_read():
    Path(".env").write_text("GENOASSIST_PORT=4444\n")
    assert load().port == 7860


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "http"),
        ("THREADS", "0"),
        ("ENGINE", "gpt"),
        ("INTERFACE_LANGUAGE", "de"),
        ("DOWNLOAD", "perhaps"),
    ],
)
def test_a_value_it_cannot_have_is_named(monkeypatch, key, value):
    monkeypatch.setenv(f"GENOASSIST_{key}", value)
    with pytest.raises(SettingsError) as caught:
        load()
    assert caught.value.key == "settings.invalid"
    assert str(caught.value).startswith(f"The setting “{key.lower()}” cannot be '{value}': ")
    assert "\n" not in str(caught.value)


def test_an_unknown_key_in_the_file_is_named():
    Path("genoassist.toml").write_text('emgine = "llm"\n')
    with pytest.raises(SettingsError, match="“emgine” cannot be 'llm'"):
        load()


@pytest.mark.parametrize("content", [b"port = ", b"port 7", b"\xff\xfe"])
def test_a_file_that_is_not_toml_is_said_so(content):
    Path("genoassist.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=r"^genoassist\.toml cannot be read: "):
        load()


def test_a_file_that_is_a_folder_or_cannot_be_read_is_said_so():
    Path("genoassist.toml").mkdir()
    assert load().port == 7860


def test_settings_cannot_be_changed():
    with pytest.raises(ValidationError):
        load().port = 1


def test_a_path_may_be_in_the_home_folder(monkeypatch):
    Path("genoassist.toml").write_text('data = "~/remarks"\nindex = "~/index"\n')
    monkeypatch.setenv("HOME", "/somewhere")
    assert (load().data, load().index) == (Path("/somewhere/remarks"), Path("/somewhere/index"))


def test_a_file_that_may_not_be_read_is_said_so(monkeypatch):
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    Path("genoassist.toml").write_text("port = 7777\n")
    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(SettingsError, match=r"^genoassist\.toml cannot be read: permission denied"):
        load()
