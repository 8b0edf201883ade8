"""Fill this house with appeals: play some in a house beside it, cast the others.

What is cast can be opened, carried on, searched and verified like what a person filed; only the
bytes of files and letters are those of the played appeal.
"""

import random
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import create_engine

from app.appeals import codes
from app.config import Settings
from app.database import db, transaction
from app.demo import indexes, rehearsal
from app.demo.casting import Caster
from app.demo.casts import unlike
from app.demo.citizens import Citizens
from app.demo.patterns import Pattern, Reader
from app.demo.writing import Writer, writer
from app.documents import blobs, store
from app.extensions import settings

#: So many appeals are played, at most; all others are casts of theirs.
PLAYED = 32
#: So many people and texts differ, at most.
PEOPLE, TEXTS = 20_000, 4_000


def fill(count: int, seed: int, played: int = PLAYED) -> Iterator[int]:
    """Add `count` appeals; yield how many more are there, first none, when all is prepared.

    Equal seeds are alike. `played` of them, at most, are played and the others cast. Raises
    `rehearsal.Failed`.
    """
    write = writer(db.engine.dialect)
    chance = random.Random(seed)  # noqa: S311  # the demonstration has no secrets
    with rehearsal.rehearsed(min(count, played), seed) as house:
        patterns = _patterns(house, write)
        if not patterns:
            raise rehearsal.Failed("nobody could file an appeal")
        _keep_files(house)
    citizens = Citizens.of(chance, min(count, PEOPLE), min(count, TEXTS))
    caster = Caster(chance, citizens, write, patterns)
    yield 0
    with indexes.set_aside(db.engine, count):
        yield from caster.cast(count)


def _patterns(house: Path, write: Writer) -> list[Pattern]:
    key = settings().access_code_key
    # One after the other, with their ids: at random each would go to another page of a large index.
    filling = f"{unlike.getrandbits(64):016x}"
    fresh = {
        ("outbox", "uid"): lambda place: lambda values: f"{filling}{values[place]:016x}",
        ("survey_invitation", "token_hash"): lambda place: (
            lambda values: codes.token_hash(codes.survey_token(key, values[place]))
        ),
    }
    engine = create_engine(rehearsal.database_of(house))
    with engine.connect() as played:
        found = Reader(played, write.binary, fresh).patterns()
    engine.dispose()
    return found


def _keep_files(house: Path) -> None:
    theirs = store.build(Settings(data_dir=house, s3_endpoint=""))
    with transaction() as session:
        for sha256 in theirs.names():
            with theirs.open(sha256) as stream:
                path = Path(stream.name)
                blobs.hold(session, sha256, path.stat().st_size, own=True)
                store.files().put({sha256: path})
