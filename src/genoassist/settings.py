"""One frozen Settings, checked when built: arguments, then the environment, then ``genoassist.toml``, then the defaults."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from platformdirs import user_cache_path, user_data_path
from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from genoassist.errors import SettingsError, expected, reason
from genoassist.types import EngineChoice

PACKAGED = "packaged"
# « ~ » is the home folder, as in a shell.
UserPath = Annotated[Path, AfterValidator(Path.expanduser)]


class Settings(BaseSettings):
    """Every key has a default; ``GENOASSIST_<KEY>`` in the environment or ``<key>`` in ``genoassist.toml`` overrides it."""

    model_config = SettingsConfigDict(
        env_prefix="GENOASSIST_", toml_file="genoassist.toml", frozen=True, extra="forbid"
    )

    corpus: UserPath = Field(Path("corpus"), description="folder of the documents")
    index: UserPath = Field(Path("index"), description="folder of the generated index")
    cache: UserPath = Field(
        default_factory=lambda: user_cache_path("genoassist", appauthor=False),
        description="folder of the model weights, and of what the language model has read",
    )
    data: UserPath = Field(
        default_factory=lambda: user_data_path("genoassist", appauthor=False),
        description="folder of what readers say of answers",
    )
    engine: EngineChoice = Field(
        "auto", description="auto writes with the language model when it is there, else quotes"
    )
    interface_language: Literal["auto", "en", "fr"] = Field(
        "auto", description="language of messages; auto asks the locale"
    )
    embedding_model: str = Field(PACKAGED, description="packaged, or a sentence-transformers name or folder")
    embedding_file: UserPath | None = Field(None, description="the packaged embedding weights, already on this machine")
    language_model_file: UserPath | None = Field(
        None, description="the packaged language model, already on this machine"
    )
    download: bool = Field(True, description="false: never fetch weights, use what is on this machine")
    threads: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, le=256, description="threads of the models")
    host: str = Field("127.0.0.1", description="address the page listens on")
    port: int = Field(7860, ge=1, le=65535, description="port of the page")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments over environment over ``genoassist.toml``; no dotenv, no secrets folder."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load(**given: Any) -> Settings:
    """The settings in force; arguments that are None are left to the environment, the file and the defaults.

    Raises SettingsError naming the first key that is wrong.
    """
    try:
        return Settings(**{key: value for key, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise SettingsError("settings.invalid", key=key, found=first.get("input"), expected=expected(first)) from None
    except (ValueError, OSError) as error:  # a genoassist.toml that is not TOML, or that may not be read
        raise SettingsError("settings.file", reason=reason(error)) from None
