"""Signatures of publishers: Ed25519 over the SHA-256 of a plugin's files, in `plugin.sig` beside its plugin.toml.

    publisher = "Jane Doe"
    key = "..."              # base64 of the 32 bytes of the public key
    signature = "..."        # base64, of the text "talkface-plugin NAME VERSION SHA256"

Known publishers are those of `publishers.toml` beside this module and in the user's folder of settings, a name and a
key each: `"Jane Doe" = "base64"`. A signature by any other key says nothing; a wrong one is a refusal.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path

from talkface_studio.api.errors import PluginError
from talkface_studio.api.plugin_file import read_toml
from talkface_studio.plugin_host.manifest import PluginManifest
from talkface_studio.plugin_host.trust import Trust

FILE_NAME = "plugin.sig"
PUBLISHERS = "publishers.toml"
_SHIPPED = Path(__file__).with_name(PUBLISHERS)


def known_publishers(config: Path) -> Mapping[str, str]:
    """Keys by the names of their publishers: those of the studio, and those that the user added in `config`.

    Raises:
        PluginError: a list is damaged.
    """
    users = config / PUBLISHERS
    lists = [_SHIPPED, users] if users.exists() else [_SHIPPED]
    return {name: str(key) for path in reversed(lists) for name, key in read_toml(path, "list of publishers").items()}


def check_signature(package: Path, manifest: PluginManifest, sha256: str, publishers: Mapping[str, str]) -> Trust:
    """How far the files of a plugin are trusted.

    Args:
        package: the folder with its plugin.toml.
        manifest: that file.
        sha256: of its files, see `store.content`.
        publishers: from `known_publishers`.

    Raises:
        PluginError: there is a signature, and it is damaged or not one of these files.
    """
    path = package / FILE_NAME
    if not path.is_file():
        return Trust.UNKNOWN
    values = read_toml(path, "signature")
    publisher, key, signature = (str(values.get(name, "")) for name in ("publisher", "key", "signature"))
    _verify(path, key, signature, _signed_text(manifest, sha256))
    if publisher != manifest.publisher or publishers.get(publisher) != key:
        return Trust.UNKNOWN
    return Trust.KNOWN


def sign(package: Path, manifest: PluginManifest, sha256: str, key_file: Path) -> str:
    """Write `plugin.sig`; gives the public key, in base64, that others may add to their lists.

    Raises:
        PluginError: the key cannot be read.
        OSError: the signature cannot be written.
    """
    import tomli_w
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    advice = f"make one with: openssl genpkey -algorithm ed25519 -out {key_file}"
    try:
        key = load_pem_private_key(key_file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise PluginError(f"{key_file}: no key can be read: {error}; {advice}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise PluginError(f"{key_file}: is no Ed25519 key; {advice}")
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    signature = base64.b64encode(key.sign(_signed_text(manifest, sha256))).decode()
    values = {"publisher": manifest.publisher, "key": public, "signature": signature}
    (package / FILE_NAME).write_text(tomli_w.dumps(values), encoding="utf-8")
    return public


def _signed_text(manifest: PluginManifest, sha256: str) -> bytes:
    return f"talkface-plugin {manifest.name} {manifest.version} {sha256}".encode()


def _verify(path: Path, key: str, signature: str, text: bytes) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True))
        public.verify(base64.b64decode(signature, validate=True), text)
    except (InvalidSignature, ValueError, binascii.Error):
        raise PluginError(
            f"{path}: the signature does not fit these files; they were changed after they were signed: refused"
        ) from None
