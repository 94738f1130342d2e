"""plugin.toml as values: what a plugin is, offers, needs and asks for. Reading it runs nothing of the plugin.

    [plugin]
    name = "loud-mouth"
    version = "1.0.0"                       # PEP 440
    api_version = 1                         # of the contract that it was written for
    publisher = "Jane Doe"
    summary = "A mouth that opens as far as the voice is loud."
    homepage = "https://example.org/loud-mouth"
    licence = "Apache-2.0"
    entry = "loud_mouth"                    # the module, or "module:object", that implements the hooks
    requirements = ["numpy>=2"]             # PEP 508; the studio itself is not listed
    requires_python = ">=3.11"
    permissions = { network = false, folders = [] }

    [[generator]]                           # the fields of `api.card.ModelCard`
    name = "loud-mouth"
    ...
    [generator.crop]
    [[generator.options]]
    [[generator.weights]]                   # bundled: path inside the package, sha256, size, licence

The file lies in the package that `entry` names: `loud_mouth/plugin.toml` beside `loud_mouth/__init__.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Annotated, Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator

from talkface_studio.api import API_VERSION
from talkface_studio.api.card import ModelCard
from talkface_studio.api.errors import OptionError, PluginError
from talkface_studio.api.plugin_file import card_tables, problems, read_toml

_Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Permissions(_Data):
    """What a plugin asks for beyond its own folder, which it may read, and a temporary one, which it may write."""

    network: bool = False
    folders: tuple[_Line, ...] = ()
    """Folders that it may read and write: absolute, or beginning with "~/"."""

    @field_validator("folders")
    @classmethod
    def _folders_are_whole(cls, folders: tuple[str, ...]) -> tuple[str, ...]:
        for folder in folders:
            parts = PurePosixPath(folder.replace("\\", "/")).parts
            if not (folder.startswith(("/", "~/")) or folder[1:3] in {":\\", ":/"}) or ".." in parts:
                raise ValueError(f"{folder!r} is neither absolute nor below ~/")
        return folders


class PluginManifest(_Data):
    """A plugin.toml."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")
    version: str
    api_version: int
    publisher: _Line = ""
    summary: _Line
    homepage: _Line = ""
    licence: _Line
    entry: str = Field(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(:[A-Za-z_]\w*)?$")
    requirements: tuple[str, ...] = ()
    requires_python: str = ""
    permissions: Permissions = Permissions()
    generators: tuple[ModelCard, ...] = Field(default=(), min_length=1)

    @property
    def package(self) -> str:
        """The importable package that `entry` lies in, which holds plugin.toml."""
        return self.entry.partition(":")[0].partition(".")[0]

    def card(self, name: str) -> ModelCard:
        """The card of one of its models.

        Raises:
            PluginError: it has no such model.
        """
        for card in self.generators:
            if card.name == name:
                return card
        raise PluginError(f"plugin {self.name} {self.version} has no model {name!r}")

    @field_validator("version")
    @classmethod
    def _version_is_ordered(cls, version: str) -> str:
        try:
            return str(Version(version))
        except InvalidVersion as error:
            raise ValueError(f"{version!r} is no version of the form 1.2.3") from error

    @field_validator("requirements")
    @classmethod
    def _requirements_are_packages(cls, requirements: tuple[str, ...]) -> tuple[str, ...]:
        for text in requirements:
            try:
                requirement = Requirement(text)
            except InvalidRequirement as error:
                raise ValueError(f"{text!r} is no requirement of the form package>=1.2") from error
            if requirement.url:
                raise ValueError(f"{text!r}: a requirement names a package and its versions, not an address")
        return requirements

    @field_validator("requires_python")
    @classmethod
    def _python_is_a_range(cls, specifier: str) -> str:
        try:
            SpecifierSet(specifier)
        except InvalidSpecifier as error:
            raise ValueError(f"{specifier!r} is no range of the form >=3.11") from error
        return specifier

    @model_validator(mode="after")
    def _models_are_whole(self) -> PluginManifest:
        names = [card.name for card in self.generators]
        if len(set(names)) < len(names):
            raise ValueError(f"two models have the same name: {', '.join(sorted(names))}")
        for card in self.generators:
            if card.api_version != self.api_version:
                raise ValueError(f"model {card.name} has api_version {card.api_version}, its plugin {self.api_version}")
            for weight in card.weights:
                _check_weight_path(f"weights {weight.name} of model {card.name}", weight.path)
                if weight.bundled and (weight.sha256 is None or weight.size is None):
                    raise ValueError(f"bundled weights {weight.name} of model {card.name} need sha256 and size")
        return self

    @classmethod
    def load(cls, path: Path) -> PluginManifest:
        """Read a plugin.toml.

        Raises:
            PluginError: the file is missing or not valid, or was written for another version of the contract.
        """
        document = read_toml(path, "plugin.toml")
        if unknown := ", ".join(sorted(document.keys() - {"plugin", "generator"})):
            raise PluginError(f"{path}: not a valid plugin.toml: it knows [plugin] and [[generator]], not {unknown}")
        plugin = document.get("plugin")
        if not isinstance(plugin, Mapping):
            raise PluginError(f"{path}: not a valid plugin.toml: the table [plugin] is missing")
        # First of all: what a later version of the contract added is unknown here, and that is not the plugin's fault.
        check_api_version(f"{path}: the plugin", plugin.get("api_version"))
        return cls._validated(path, {**plugin, "generators": card_tables(document)})

    @classmethod
    def _validated(cls, path: Path, values: dict[str, Any]) -> PluginManifest:
        try:
            return cls.model_validate(values)
        except OptionError as error:
            raise PluginError(f"{path}: not a valid plugin.toml: {error}") from error
        except ValidationError as error:
            raise PluginError(f"{path}: not a valid plugin.toml: {problems(error)}") from error


def check_api_version(what: str, version: object) -> None:
    """Refuse what was written for another version of the contract; other values than numbers pass.

    Raises:
        PluginError: it is another version; the message begins with `what`.
    """
    if isinstance(version, int) and version != API_VERSION:
        remedy = "the plugin" if version < API_VERSION else "talkface-studio"
        raise PluginError(
            f"{what} was written for version {version} of the plugin contract, this is version {API_VERSION}; "
            f"update {remedy}"
        )


def _check_weight_path(what: str, path: str) -> None:
    pure = PurePosixPath(path)
    if pure.is_absolute() or "\\" in path or ".." in pure.parts:
        raise ValueError(f"{what}: {path!r} leaves its folder")
    if pure.suffix != ".safetensors":
        raise ValueError(f"{what}: {path!r} is not a safetensors file; nothing else is loaded")
