"""Certificate authorities made by the tests: RSA and ECDSA by `cryptography`, GOST by `openssl`."""

import subprocess
from datetime import timedelta
from pathlib import Path

from asn1crypto import keys
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    NoEncryption,
    pkcs12,
)
from cryptography.x509.oid import NameOID
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from app import clock
from app.documents.signatures import Trust, gost

PEM = serialization.Encoding.PEM
DER = serialization.Encoding.DER
YEAR = timedelta(days=365)
GOST_MISSING = "needs openssl with the GOST engine: apt install openssl libengine-gost-openssl"


def has_gost():
    return gost.at_hand()


def named(name, **more):
    said = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
    return x509.Name(said + [x509.NameAttribute(getattr(NameOID, k), v) for k, v in more.items()])


class Authority:
    """A root, or an authority under another; makes certificates and lists of revoked ones."""

    def __init__(self, name="Головной удостоверяющий центр", *, parent=None, curve=False, now=None):
        self.now = now or clock.real()
        self.key = new_key(curve)
        self.parent = parent or self
        self.name = named(name)
        self.certificate = self.parent.sign(
            self.name, self.key.public_key(), authority=True, now=self.now
        )

    def sign(self, name, public, *, since=None, until=None, authority=False, number=None, now=None):
        now = now or self.now
        made = (
            x509.CertificateBuilder(self.name, name, public, number or x509.random_serial_number())
            .not_valid_before(since or now - YEAR)
            .not_valid_after(until or now + YEAR)
            .add_extension(x509.BasicConstraints(authority, None), critical=True)
            .add_extension(usage(authority), critical=True)
        )
        return made.sign(self.key, hashes.SHA256())

    def issue(self, name="Петрова Анна Сергеевна", *, curve=False, **how):
        key = new_key(curve)
        return Holder(key, self.sign(named(name), key.public_key(), **how), self)

    def crl(self, *revoked, since=None, until=None):
        now = self.now
        made = x509.CertificateRevocationListBuilder(
            self.name, since or now - timedelta(days=1), until or now + timedelta(days=30)
        )
        for one in revoked:
            made = made.add_revoked_certificate(
                x509.RevokedCertificateBuilder()
                .serial_number(one.certificate.serial_number)
                .revocation_date(now - timedelta(hours=1))
                .build()
            )
        return made.sign(self.key, hashes.SHA256()).public_bytes(DER)

    @property
    def der(self):
        return self.certificate.public_bytes(DER)


class Holder:
    """Who has a key and a certificate of an authority."""

    def __init__(self, key, certificate, authority):
        self.key, self.certificate, self.authority = key, certificate, authority

    def signer(self):
        between = self.authority
        store = SimpleCertificateStore()
        while between.parent is not between:
            store.register(asn1.Certificate.load(between.der))
            between = between.parent
        private = self.key.private_bytes(
            DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return signers.SimpleSigner(
            signing_cert=asn1.Certificate.load(self.certificate.public_bytes(DER)),
            signing_key=keys.PrivateKeyInfo.load(private),
            cert_registry=store,
        )

    def pkcs12(self, password=None):
        locked = BestAvailableEncryption(password) if password else NoEncryption()
        above = [] if self.authority.parent is self.authority else [self.authority.certificate]
        return pkcs12.serialize_key_and_certificates(
            b"own", self.key, self.certificate, above, locked
        )


def new_key(curve):
    if curve:
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def usage(authority):
    names = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
        *("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    wanted = {"key_cert_sign", "crl_sign"} if authority else set(names[:2])
    return x509.KeyUsage(**{name: name in wanted for name in names})


def trust(*roots, crls=()):
    return Trust(tuple(one.der for one in roots), tuple(crls))


class GostAuthority:
    """The same with GOST R 34.10-2012 keys, in a folder of its own, by the commands of openssl."""

    def __init__(self, folder: Path, name="ГОСТ УЦ"):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "index").write_text("")
        (folder / "crlnumber").write_text("01\n")
        (folder / "config").write_text(CONFIG.format(folder=folder))
        self.run(
            *("req", "-x509", "-newkey", "gost2012_256", "-pkeyopt", "paramset:A", "-nodes"),
            *("-config", "config", "-extensions", "authority", "-days", "700", "-utf8"),
            *("-subj", f"/CN={name}", "-keyout", "ca.key", "-out", "ca.pem"),
        )

    def run(self, command, *arguments):
        # The one command of these that takes no engine.
        engine = [] if command == "crl" else ["-engine", "gost"]
        return subprocess.run(
            ["openssl", command, *engine, *arguments],
            cwd=self.folder,
            capture_output=True,
            check=True,
        ).stdout

    @property
    def der(self):
        return self.run("x509", "-in", "ca.pem", "-outform", "DER")

    def issue(self, name="owner", *, bits=256, subject="", days=365):
        subject = subject or "/CN=ООО Ромашка/SN=Петрова/GN=Анна Сергеевна"
        self.run(
            *("req", "-newkey", f"gost2012_{bits}", "-pkeyopt", "paramset:A", "-nodes", "-utf8"),
            *("-config", "config", "-subj", subject, "-keyout", f"{name}.key"),
            *("-out", f"{name}.csr"),
        )
        self.run(
            *("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key"),
            *("-CAcreateserial", "-days", str(days), "-extfile", "config"),
            *("-extensions", "person", "-out", f"{name}.pem"),
        )
        return name

    def sign(self, content, name="owner", *, cades=True):
        options = ["-cades"] if cades else []
        (self.folder / "content").write_bytes(content)
        return self.run(
            *("cms", "-sign", "-binary", "-outform", "DER", *options, "-in", "content"),
            *("-signer", f"{name}.pem", "-inkey", f"{name}.key"),
        )

    def crl(self, *revoked):
        for name in revoked:
            self.run("ca", "-config", "config", "-revoke", f"{name}.pem")
        self.run("ca", "-config", "config", "-gencrl", "-out", "crl.pem")
        return self.run("crl", "-in", "crl.pem", "-outform", "DER")


CONFIG = """
[req]
distinguished_name = name
string_mask = utf8only
[name]
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[person]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature, nonRepudiation
[ca]
default_ca = here
[here]
database = {folder}/index
certificate = {folder}/ca.pem
private_key = {folder}/ca.key
crlnumber = {folder}/crlnumber
default_md = md_gost12_256
default_crl_days = 30
"""
