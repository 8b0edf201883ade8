"""CMS containers taken apart into their signers, with nothing let pass that need not be there."""

import base64
import binascii
import re
from dataclasses import dataclass

from asn1crypto import algos, cms, core, pem, x509

#: The arc of the Russian algorithms: digests, keys, signatures.
GOST = "1.2.643."
_SIGNED_DATA = "signed_data"
_SLOT = re.compile(rb"<(?:[0-9a-f]*|[0-9A-F]*)>")
#: Digests take none: nothing at all, or NULL.
_NO_PARAMETERS = (b"", b"\x05\x00")
_ATTRIBUTES_BY_CERTIFICATE = ("signing_certificate", "signing_certificate_v2")


class NoSignature(ValueError):
    """What was given is no CMS with signers."""


@dataclass(frozen=True)
class Signer:
    """One signer alone in a container of its own, `der`.

    `sound` is whether all that the signature does not protect is as it has to be; `others` are the
    further certificates of the container; `attached` the content that lies inside it, if any.
    """

    der: bytes
    signed_data: cms.SignedData
    info: cms.SignerInfo
    certificate: x509.Certificate | None
    others: tuple[x509.Certificate, ...]
    sound: bool
    attached: bytes | None

    @property
    def gost(self) -> bool:
        names = (self.info[name]["algorithm"].dotted for name in _ALGORITHMS)
        return any(name.startswith(GOST) for name in names)

    @property
    def names_certificate(self) -> bool:
        """Whether the signature itself says by which certificate it was made (CAdES)."""
        return any(one["type"].native in _ATTRIBUTES_BY_CERTIFICATE for one in _signed(self.info))

    def attribute(self, name: str) -> object:
        """The value of a signed attribute, None where it is not there."""
        for one in _signed(self.info):
            if one["type"].native == name:
                return one["values"][0].native
        return None


_ALGORITHMS = ("digest_algorithm", "signature_algorithm")


def opened(content: bytes) -> bytes:
    """DER of a signature file, be it DER, PEM or bare base64, as people's tools make them."""
    if pem.detect(content):
        return bytes(pem.unarmor(content)[2])
    if content[:1] == b"\x30":
        return content
    try:
        return base64.b64decode(b"".join(content.split()), validate=True)
    except binascii.Error as error:
        raise NoSignature from error


def signers(der: bytes, *, strict: bool) -> list[Signer]:
    """The signers of a container; `strict` refuses anything behind it.

    Raises `NoSignature`, and what asn1crypto raises at broken DER.
    """
    found = cms.ContentInfo.load(der, strict=strict)
    if found["content_type"].native != _SIGNED_DATA:
        raise NoSignature
    data = found["content"]
    infos = list(data["signer_infos"])
    if not infos:
        raise NoSignature
    certificates = [one.chosen for one in data["certificates"] if one.name == "certificate"]
    inside = data["encap_content_info"]["content"]
    attached = None if inside is None or isinstance(inside, core.Void) else bytes(inside.native)
    return [_signer(data, one, certificates, attached) for one in infos]


def is_slot(written: bytes) -> bool:
    """Whether the gap in the signed bytes of a PDF holds one signature and nothing but zeros.

    No signature protects its own place: letters of one case, and a container to its end, leave no
    byte there that could be changed and not be found.
    """
    if not _SLOT.fullmatch(written) or len(written) % 2:
        return False
    inside = bytes.fromhex(written[1:-1].decode("ascii"))
    size = len(cms.ContentInfo.load(inside).dump())
    return not inside[size:].strip(b"\0")


def _signer(
    data: cms.SignedData,
    info: cms.SignerInfo,
    certificates: list[x509.Certificate],
    attached: bytes | None,
) -> Signer:
    own = next((one for one in certificates if _is_of(info, one)), None)
    alone = cms.SignedData(
        {
            "version": data["version"],
            "digest_algorithms": [info["digest_algorithm"]],
            # What lies inside is judged like what lies beside: by its bytes.
            "encap_content_info": {
                "content_type": data["encap_content_info"]["content_type"].native
            },
            "certificates": data["certificates"],
            "signer_infos": [info],
        }
    )
    return Signer(
        der=cms.ContentInfo({"content_type": _SIGNED_DATA, "content": alone}).dump(),
        signed_data=alone,
        info=info,
        certificate=own,
        others=tuple(one for one in certificates if one is not own),
        sound=_sound(data, info),
        attached=attached,
    )


def _is_of(info: cms.SignerInfo, certificate: x509.Certificate) -> bool:
    sid = info["sid"].chosen
    if info["sid"].name == "issuer_and_serial_number":
        return bool(
            sid["issuer"].dump() == certificate.issuer.dump()
            and sid["serial_number"].native == certificate.serial_number
        )
    return bool(certificate.key_identifier == sid.native)


def _sound(data: cms.SignedData, info: cms.SignerInfo) -> bool:
    """Versions and algorithms that no signature protects are those that the standard demands."""
    by_number = info["sid"].name == "issuer_and_serial_number"
    plain = data["encap_content_info"]["content_type"].native == "data"
    versions = (data["version"].native, info["version"].native)
    wanted = ("v1" if by_number and plain else "v3", "v1" if by_number else "v3")
    digests = list(data["digest_algorithms"])
    named = [one["digest_algorithm"] for one in data["signer_infos"]]
    announced = sorted(one["algorithm"].dotted for one in digests)
    used = sorted({one["algorithm"].dotted for one in named})
    bare = all(_parameters(one) in _NO_PARAMETERS for one in (*digests, *named))
    return versions == wanted and announced == used and bare and _in_whole_bytes(data)


def _in_whole_bytes(data: cms.SignedData) -> bool:
    """Whether no certificate says that some last bits of the signature on it do not count."""
    certificates = [one.chosen for one in data["certificates"] if one.name == "certificate"]
    return all(one["signature_value"].contents[:1] == b"\0" for one in certificates)


def _parameters(algorithm: algos.DigestAlgorithm) -> bytes:
    return bytes(algorithm.contents[len(algorithm["algorithm"].dump()) :])


def _signed(info: cms.SignerInfo) -> list[cms.CMSAttribute]:
    found = info["signed_attrs"]
    return [] if isinstance(found, core.Void) else list(found)
