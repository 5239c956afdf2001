"""The vault: personal columns are sealed with AES-256-GCM and looked up through keyed hashes.

A sealed value is `version (1 byte) | key id (4) | nonce (12) | ciphertext and tag`. The name of its column is
authenticated with it, so a value moved into another column does not open. The key file holds one index key and
any number of sealing keys, the last of which seals; older ones still open what they sealed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import logging
import os
import secrets
import threading
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.errors import SealBroken, WrongKey

log = logging.getLogger(__name__)

_FORMAT = b"\x01"
_KEY_BYTES, _ID_BYTES, _NONCE_BYTES, _TAG_BYTES = 32, 4, 12, 16
_HEADER = len(_FORMAT) + _ID_BYTES + _NONCE_BYTES

_KEY_FILE_HEAD = """\
# 守望 Shouwang: the keys that seal personal data in the database.
# Whoever loses this file loses every sealed name, phone number and message for good: keep a copy,
# in another place than the database and its backups. Whoever reads it can read them all: show it to nobody.
# 这是解开个人信息的钥匙。丢了它，库里的姓名、电话和留言就再也打不开；
# 请另外保存一份，不要和数据库放在一起，也不要给任何人看。
"""


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"shouwang sealing key" + key).digest()[:_ID_BYTES]


class Vault:
    """Seals, opens and indexes. Thread-safe. `Vault.open(path)` reads the key file.

    Where there is no key file yet, a key is made, and written (mode 0600) the moment it is first needed; so a
    database that was sealed with a lost key can still be recognised as such (`Database.migrate`).
    """

    def __init__(self, key_file: Path | None, index_key: bytes, keys: list[bytes], *, saved: bool) -> None:
        self.key_file = key_file
        self._lock = threading.Lock()
        self._use(index_key, keys)
        self._saved = saved

    def _use(self, index_key: bytes, keys: list[bytes]) -> None:
        self._index_key, self._keys = index_key, keys
        self._ciphers: Mapping[bytes, AESGCM] = {_key_id(key): AESGCM(key) for key in keys}
        self._active = _key_id(keys[-1])
        self._seal_with = self._ciphers[self._active]
        self._prefix = _FORMAT + self._active

    @classmethod
    def open(cls, key_file: Path) -> Vault:
        """The vault of this key file; raises WrongKey where the file is not a key file."""
        key_file = Path(key_file)
        if key_file.exists():
            index_key, keys = _read_key_file(key_file)
            return cls(key_file, index_key, keys, saved=True)
        return cls(key_file, secrets.token_bytes(_KEY_BYTES), [secrets.token_bytes(_KEY_BYTES)], saved=False)

    @classmethod
    def ephemeral(cls) -> Vault:
        """A vault whose keys live as long as the process: for rehearsals and tests."""
        return cls(None, secrets.token_bytes(_KEY_BYTES), [secrets.token_bytes(_KEY_BYTES)], saved=True)

    @property
    def is_new(self) -> bool:
        """True while the key was made by this process and is not written down yet."""
        return not self._saved

    @property
    def active_key_id(self) -> str:
        return self._active.hex()

    @property
    def key_ids(self) -> frozenset[str]:
        return frozenset(key_id.hex() for key_id in self._ciphers)

    def save(self) -> None:
        """Write a new key down; where another process was faster, take over its key."""
        with self._lock:
            if self._saved or self.key_file is None:
                return
            if not _write_key_file(self.key_file, self._index_key, self._keys, replace=False):
                self._use(*_read_key_file(self.key_file))
            self._saved = True

    def add_key(self) -> str:
        """Seal with a fresh key from now on (rotation); returns its id. Old keys still open what they sealed."""
        self.save()
        with self._lock:
            keys = [*self._keys, secrets.token_bytes(_KEY_BYTES)]
            if self.key_file is not None:
                _write_key_file(self.key_file, self._index_key, keys, replace=True)
            self._use(self._index_key, keys)
        return self.active_key_id

    def seal(self, plain: bytes, context: str) -> bytes:
        """Sealed bytes for `context`, which is `table.column`."""
        if not self._saved:
            self.save()
        nonce = os.urandom(_NONCE_BYTES)
        return self._prefix + nonce + self._seal_with.encrypt(nonce, plain, context.encode())

    def unseal(self, sealed: bytes, context: str) -> bytes:
        """The plain bytes; raises WrongKey or SealBroken."""
        cipher = self._ciphers.get(sealed[1 : 1 + _ID_BYTES]) or self._learned(sealed[1 : 1 + _ID_BYTES])
        if sealed[:1] != _FORMAT or len(sealed) < _HEADER + _TAG_BYTES:
            raise SealBroken(f"What stands in {context} is no sealed value; restore that row from a backup.")
        if cipher is None:
            raise WrongKey(
                f"A value in {context} was sealed with key {key_id_of(sealed)}, but {self.where} holds "
                f"{', '.join(sorted(self.key_ids))}; put the right key file back."
            )
        try:
            return cipher.decrypt(sealed[1 + _ID_BYTES : _HEADER], sealed[_HEADER:], context.encode())
        except InvalidTag:
            raise SealBroken(
                f"A sealed value in {context} was changed or comes from another column; restore that row from a backup."
            ) from None

    def _learned(self, key_id: bytes) -> AESGCM | None:
        """The cipher of a key that another process added to the key file since we read it."""
        if self.key_file is not None and self.key_file.exists():
            with self._lock:
                self._use(*_read_key_file(self.key_file))
                self._saved = True
        return self._ciphers.get(key_id)

    def index(self, value: str) -> str:
        """A keyed hash of `value` (64 hex digits): equal values have equal hashes, and it cannot be turned back."""
        if not self._saved:
            self.save()
        plain = unicodedata.normalize("NFKC", value).strip().encode("utf-8", "ignore")
        return hmac.new(self._index_key, plain, hashlib.sha256).hexdigest()

    @property
    def where(self) -> str:
        return f"the key file {self.key_file}" if self.key_file else "this process"

    def __repr__(self) -> str:
        return f"<Vault {self.active_key_id}>"


def key_id_of(sealed: bytes) -> str:
    """The id of the key that sealed this value."""
    return sealed[1 : 1 + _ID_BYTES].hex()


def _read_key_file(path: Path) -> tuple[bytes, list[bytes]]:
    if os.name == "posix" and path.stat().st_mode & 0o077:
        log.warning("The key file %s can be read by others on this machine; run: chmod 600 %s", path, path)
    index_keys: list[bytes] = []
    keys: list[bytes] = []
    for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        kind, _, written = line.strip().partition(" ")
        try:
            key = base64.b64decode(written, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if kind not in {"index", "seal"} or len(key) != _KEY_BYTES:
            raise WrongKey(
                f"Line {number} of the key file {path} is no key (expected 'index' or 'seal' and 44 base64 characters);"
                " put the file back from your copy."
            )
        (index_keys if kind == "index" else keys).append(key)
    if len(index_keys) != 1 or not keys:
        raise WrongKey(
            f"The key file {path} holds {len(index_keys)} index keys and {len(keys)} sealing keys (expected one and"
            " at least one); put the file back from your copy."
        )
    return index_keys[0], keys


def _write_key_file(path: Path, index_key: bytes, keys: list[bytes], *, replace: bool) -> bool:
    """Write durably, readable by the owner alone. False where the file exists and `replace` is not set."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    lines = [f"index {base64.b64encode(index_key).decode()}"]
    lines += [f"seal {base64.b64encode(key).decode()}" for key in keys]
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(_KEY_FILE_HEAD + "\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        if replace:
            draft.replace(path)
        else:
            path.hardlink_to(draft)  # fails where another process wrote its key first
    except FileExistsError:
        return False
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(path.parent)
    return True


def _sync_folder(folder: Path) -> None:
    """A key that a power cut takes back would take every sealed row with it."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
