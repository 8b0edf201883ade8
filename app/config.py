"""Settings: read once from the environment (and `.env`), checked at the start.

Every field is a setting of the same name in capitals and is described in `.env.example`.
"""

import os
import secrets
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from limits import parse_many
from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError


class Mode(StrEnum):
    DEMO = "demo"
    PRODUCTION = "production"


class SignIn(StrEnum):
    """Whether a citizen signs in before filing the electronic form."""

    REQUIRED = "required"
    OFFERED = "offered"
    OFF = "off"


class MissingSettings(SystemExit):
    """The product cannot start; the message names all that is missing or wrong at once."""


def _address(value: str) -> str:
    if value and not value.startswith(("http://", "https://")):
        raise ValueError("begin it with https:// (or http://)")
    return value


def _database(value: str) -> str:
    try:
        known = not value or make_url(value).get_backend_name() in ("postgresql", "sqlite")
    except (ArgumentError, ValueError):
        known = False
    if not known:
        # Not what the library said: that repeats the address, with the password in it.
        raise ValueError("write postgresql+psycopg://user:password@host/name")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError("write a name like Europe/Moscow") from None
    return value


def _rate(value: str) -> str:
    try:
        if value not in ("", "0"):
            parse_many(value)
    except ValueError:
        raise ValueError("write something like 20/minute;200/day, or 0 for none") from None
    return value


Rate = Annotated[str, AfterValidator(_rate)]
Level = Annotated[
    Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(str.upper)
]


class Settings(BaseSettings):
    """How this installation runs."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    mode: Mode = Mode.DEMO
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: Annotated[str, AfterValidator(_address)] = ""
    data_dir: Path = Path("var")
    secret_key: str = ""
    access_code_key: str = ""
    database_url: Annotated[str, AfterValidator(_database)] = ""
    redis_url: str = ""
    default_language: Literal["ru", "en"] = "ru"
    default_zone: Annotated[str, AfterValidator(_zone)] = "Europe/Moscow"
    log_level: Level = "INFO"
    threads: int = Field(default=8, ge=1)
    trusted_proxies: int = Field(default=0, ge=0)

    mail_server: str = ""
    mail_port: int = 25
    mail_use_tls: bool = False
    mail_use_ssl: bool = False
    mail_username: str = ""
    mail_password: str = ""
    mail_sender: str = ""

    s3_endpoint: str = ""
    s3_bucket: str = ""
    s3_access_key: str = ""
    s3_secret_key: str = ""
    s3_region: str = "us-east-1"

    clamd: str = ""
    pictures_cleaned: bool = False

    signing_pkcs12: Path | None = None
    signing_password: str = ""
    signing_pkcs11_module: Path | None = None
    signing_pkcs11_token: str = ""
    signing_pkcs11_pin: str = ""
    signing_pkcs11_key: str = ""
    signing_keys: Path | None = None
    signing_gost_key: Path | None = None
    signing_gost_certificate: Path | None = None
    signing_gost_password: str = ""
    signing_hook: Path | None = None
    trust_dir: Path | None = None

    filing_sign_in: SignIn | None = None
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    oidc_scope: str = "openid profile email"
    oidc_method: str = "oidc"
    oidc_name: str = ""
    oidc_name_en: str = ""

    staff_oidc_issuer: str = ""
    staff_oidc_client_id: str = ""
    staff_oidc_client_secret: str = ""
    staff_oidc_scope: str = "openid profile email"
    staff_oidc_claim: str = "preferred_username"
    staff_oidc_name: str = ""
    staff_oidc_name_en: str = ""

    upload_max_bytes: int = 100 * 1024 * 1024
    upload_max_files: int = 20
    text_max_characters: int = 1_000_000
    draft_days: int = Field(default=7, ge=1)

    rate_all: str = ""
    rate_appeals: Rate = "100/hour"
    rate_status: Rate = "20/minute;200/day"
    rate_codes: Rate = "10/hour"
    rate_uploads: Rate = "600/hour"
    rate_drafts: Rate = "3000/hour"
    rate_hints: Rate = "1200/hour"
    rate_sign_in: Rate = "20/minute"
    rate_surveys: Rate = "60/hour"
    rate_links: Rate = "10/hour"

    lockout_failures: int = Field(default=5, ge=0)

    outbox_lease_seconds: int = Field(default=300, ge=1)
    outbox_hold_seconds: int = Field(default=30, ge=0)
    outbox_keep_days: int = Field(default=90, ge=1)

    @property
    def demo(self) -> bool:
        return self.mode is Mode.DEMO

    @property
    def address(self) -> str:
        """The public address without a trailing slash: what links in letters begin with."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'priyomnaya.db'}"

    @property
    def trust(self) -> Path:
        """The folder of the roots that are believed and of the lists of revoked certificates."""
        return (self.trust_dir or self.data_dir / "trust").resolve()

    @property
    def sign_in_to_file(self) -> SignIn:
        """Law 59-FZ takes an electronic appeal from an identified citizen; the demo only offers."""
        return self.filing_sign_in or (SignIn.OFFERED if self.demo else SignIn.REQUIRED)

    def rate(self, name: str) -> str | None:
        """The limit for one kind of request, None when it is switched off."""
        text = str(getattr(self, f"rate_{name}"))
        return None if "0" in (text, self.rate_all) or not text else text


def load(**given: Any) -> Settings:
    """Read and check the settings; `given` wins over the environment (tests, the command line)."""
    settings = read(**given)
    check(settings)
    return settings


def read(**given: Any) -> Settings:
    """Read the settings without asking whether the product could serve with them."""
    try:
        settings = Settings(**given)
    except ValidationError as error:
        raise MissingSettings(_wrong(error)) from None
    if settings.demo:
        return _with_demo_secrets(settings)
    if not settings.access_code_key:
        return settings.model_copy(update={"access_code_key": settings.secret_key})
    return settings


def _wrong(error: ValidationError) -> str:
    """Each setting with what is wrong with it, without its value: it may be a secret."""
    said = [
        f"{str(one['loc'][0]).upper()}: {one['msg'].removeprefix('Value error, ')}"
        for one in error.errors(include_url=False, include_input=False)
    ]
    return f"Mend these settings (see .env.example). {'; '.join(said)}."


def make_data_dir(settings: Settings) -> None:
    """Make the folder of files and keys where nobody has."""
    try:
        settings.data_dir.mkdir(mode=0o750, parents=True, exist_ok=True)
    except OSError as error:
        raise MissingSettings(_no_folder(settings, error.strerror)) from None


def _no_folder(settings: Settings, reason: str | None) -> str:
    return (
        f"DATA_DIR={settings.data_dir} cannot be used ({reason}): make this folder and give it to "
        "the user who runs the product."
    )


def check(settings: Settings) -> None:
    """Refuse what the product cannot serve with, naming all that is missing at once."""
    missing = [name for name in _needed(settings) if not getattr(settings, name.lower())]
    if missing:
        raise MissingSettings(
            f"MODE={settings.mode} cannot start: set {', '.join(missing)} (see .env.example)."
        )
    if settings.demo:
        return
    if len(settings.secret_key) < 32:
        raise MissingSettings("SECRET_KEY must hold at least 32 characters.")
    if not settings.data_dir.is_dir():
        raise MissingSettings(_no_folder(settings, "it is not there"))
    if not os.access(settings.data_dir, os.W_OK | os.X_OK):
        raise MissingSettings(_no_folder(settings, "it may not be written"))


def _needed(settings: Settings) -> list[str]:
    if settings.demo:
        names = []
    else:
        names = ["SECRET_KEY", "DATABASE_URL", "PUBLIC_URL", "MAIL_SERVER", "MAIL_SENDER"]
    if settings.oidc_issuer or settings.oidc_client_id:
        names += ["OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"]
    if settings.staff_oidc_issuer or settings.staff_oidc_client_id:
        names += ["STAFF_OIDC_ISSUER", "STAFF_OIDC_CLIENT_ID", "STAFF_OIDC_CLIENT_SECRET"]
    if settings.s3_endpoint or settings.s3_bucket:
        names += ["S3_BUCKET", "S3_ACCESS_KEY", "S3_SECRET_KEY"]
    return names


def _with_demo_secrets(settings: Settings) -> Settings:
    keys = settings.data_dir / "keys"
    try:
        keys.mkdir(parents=True, exist_ok=True)
        update = {
            name: getattr(settings, name) or _kept_secret(keys / name)
            for name in ("secret_key", "access_code_key")
        }
    except OSError as error:
        raise MissingSettings(_no_folder(settings, error.strerror)) from None
    update["mail_sender"] = settings.mail_sender or "reception@demo.example"
    return settings.model_copy(update=update)


def _kept_secret(path: Path) -> str:
    # O_EXCL makes two processes that start at once agree on one secret.
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
    return path.read_text(encoding="ascii").strip()
