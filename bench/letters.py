"""Letters and signatures: `python -m bench.letters`, CPU milliseconds of each, JSON a line.

A letter of two pages with everything a letter may have is set by Typst, signed as PAdES, signed
beside, and judged; GOST by `openssl` where its engine is there. CPU of child processes counts; as
that of the workshop is told in hundredths of a second, each is measured ten in a row. `per_second`
is by the clock, one after the other.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from app import clock, database, extensions
from app.config import load
from app.correspondence import layouts, rendering, typesetting
from app.database import db
from app.documents import judged, scans, signing
from app.documents.signatures import Trust, examine, gost
from bench import spent
from tests.unit.certificate_kit import GostAuthority

IN_A_ROW = 10
PARAGRAPH = "По Вашему обращению проведена проверка с выездом на место. " * 6
SHEET: dict[str, Any] = {
    "language": "ru",
    "draft": False,
    "letterhead": {
        "emblem": [],
        "name": "АДМИНИСТРАЦИЯ ГОРОДА",
        "lines": ["ул. Озёрная, д. 1", "8 (000) 1"],
    },
    "number": "ОГ-12/26",
    "date": "23.11.2026",
    "reference": {"number": "И-12-ОГ/26", "date": "02.11.2026"},
    "addressee": {"name": "Иванову Ивану Петровичу", "lines": ["ул. Садовая, д. 5", "101000"]},
    "title": "О рассмотрении обращения",
    "salutation": "Уважаемый Иван Петрович!",
    "blocks": [{"kind": "text", "lines": [PARAGRAPH], "rows": []}] * 9,
    "enclosures": ["акт осмотра на 2 л. в 1 экз."],
    "appendix": None,
    "signatory": {"post": "Глава города", "name": "П. А. Вершинин"},
    "body": "Администрация города",
    "stamp": {"number": "AB" * 16, "owner": "Вершинин", "since": "1.1.26", "until": "1.1.27"},
    "executor": {"name": "А. С. Петрова", "phone": "8 (000) 1"},
    "check": {"url": "https://priem.example/documents/check", "code": "AAAA-BBBB-CCCC"},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=60, help="how often each is done")
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory() as folder:
        app = Flask("letters", root_path=folder)
        app.extensions["settings"] = load(mode="demo", data_dir=Path(folder))
        app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{folder}/letters.db"
        database.init_app(app)
        extensions.babel.init_app(app)
        clock.bind(Path(folder), movable=False)
        with app.app_context():
            db.metadata.create_all(db.engine)
            for name, work in _works(Path(folder)).items():
                print(json.dumps({"what": name, **_measured(work, times)}))


def _works(folder: Path) -> dict[str, Callable[[], object]]:
    sheet = {**SHEET, "kind": "reply"}
    address = f"{SHEET['check']['url']}?number=1&code=1"
    sheet["check"] = {**SHEET["check"], "qr": scans.drawn(address)}
    pdf = rendering.render(sheet, moment=clock.now())
    signed = signing.sign_pdf(pdf)
    beside = signing.sign_beside(signed)
    (folder / "letter.pdf").write_bytes(signed)
    return {
        "set a letter": lambda: rendering.render(sheet, moment=clock.now()),
        "set a letter by a changed template": lambda: typesetting.typeset(
            [("reply.typ", sheet)], layouts.shipped(), moment=clock.now()
        ),
        "draw its QR code": lambda: scans.drawn(address),
        "sign inside (PAdES, RSA 2048)": lambda: signing.sign_pdf(pdf),
        "sign beside (CAdES, RSA 2048)": lambda: signing.sign_beside(signed),
        "judge a PDF": lambda: examine(signed, None, Trust(), clock.now()),
        "judge a detached signature": lambda: examine(signed, beside, Trust(), clock.now()),
        "judge in the workshop": lambda: judged.judged(folder / "letter.pdf"),
        **_gost(folder, signed),
    }


def _gost(folder: Path, content: bytes) -> dict[str, Callable[[], object]]:
    if not gost.at_hand():
        return {}
    made = GostAuthority(folder / "gost")
    made.issue()
    key, certificate = made.folder / "owner.key", made.folder / "owner.pem"
    signature = gost.sign(content, key=key, certificate=certificate, password="")
    trust, later = Trust((made.der,)), clock.now() + timedelta(minutes=1)
    return {
        "sign by GOST (openssl)": lambda: gost.sign(
            content, key=key, certificate=certificate, password=""
        ),
        "judge a GOST signature (openssl)": lambda: examine(content, signature, trust, later),
    }


def _measured(work: Callable[[], object], times: int) -> dict[str, float]:
    work()
    taken, began = [], time.perf_counter()
    for _time in range(times // IN_A_ROW):
        before = spent.cpu()
        for _one in range(IN_A_ROW):
            work()
        taken.append((spent.cpu() - before) * 1000 / IN_A_ROW)
    elapsed = time.perf_counter() - began
    median = statistics.median(taken)
    return {
        "cpu_ms": round(median, 2),
        "most_ms": round(max(taken), 2),
        "per_second": round(len(taken) * IN_A_ROW / elapsed, 1),
    }


if __name__ == "__main__":
    main()
