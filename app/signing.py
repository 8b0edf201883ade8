"""What signs cookies and forms: the library's own, with what is always the same made once.

itsdangerous derives a key for each signature, and Flask-WTF makes all that signs anew for each
page. Keys, salts and signatures are those of the libraries: either reads what the other wrote.
"""

import hmac
from functools import lru_cache
from typing import Any

from itsdangerous import HMACAlgorithm, TimestampSigner, URLSafeTimedSerializer
from itsdangerous.encoding import base64_encode
from itsdangerous.url_safe import URLSafeSerializerMixin

#: Tokens of forms and most sessions are shorter than so many bytes.
SHORT = 512


class _AtOnce(HMACAlgorithm):
    """The library's, by one call of OpenSSL: for a digest it does not know Python does it all."""

    def __init__(self, digest_method: Any) -> None:
        super().__init__(digest_method)
        self._name = digest_method().name

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return hmac.digest(key, value, self._name)


class _Signer(TimestampSigner):
    """Derives each of its keys once; they follow from secrets and salt alone, which stay."""

    def __init__(self, *given: Any, **told: Any) -> None:
        super().__init__(*given, **told)
        self.algorithm = _AtOnce(self.digest_method)
        self._derived: dict[str | bytes | None, bytes] = {}

    def derive_key(self, secret_key: str | bytes | None = None) -> bytes:
        if secret_key not in self._derived:
            self._derived[secret_key] = super().derive_key(secret_key)
        return self._derived[secret_key]


class Serializer(URLSafeTimedSerializer):
    """Has one signer for each salt; a signer remembers nothing of what it signed."""

    def __init__(self, *given: Any, **told: Any) -> None:
        super().__init__(*given, signer=_Signer, **told)
        self._signers: dict[str | bytes | None, Any] = {}

    def dump_payload(self, obj: Any) -> bytes:
        """What is short is not squeezed: that takes as long as all the rest, and gains little."""
        plain = super(URLSafeSerializerMixin, self).dump_payload(obj)
        return base64_encode(plain) if len(plain) < SHORT else super().dump_payload(obj)

    def make_signer(self, salt: str | bytes | None = None) -> Any:
        if salt not in self._signers:
            self._signers[salt] = super().make_signer(salt)
        return self._signers[salt]


@lru_cache(maxsize=8)
def serializer(secret_key: str | bytes, salt: str) -> Serializer:
    """The one of a secret and a salt, in place of a new one."""
    return Serializer(secret_key, salt=salt)
