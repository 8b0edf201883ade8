"""What a step for many costs: `python -m bench.repeats.campaign`.

Three hundred letters of one campaign are filed on SQLite, gathered, registered, decided, drafted
and approved by runs; prints for each step how many were done and the CPU time of one, in
milliseconds, the job's own work included.
"""

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from app import create_app
from app.access.services import load_person
from app.appeals import services
from app.appeals.commands import ApplicantData, SubmitAppeal
from app.appeals.services import campaigns, runs
from app.classifier import services as classifier
from app.outbox.cli import settle_all
from app.server import prepare

MEMBERS = 300
TEXT = (
    "Мы против вырубки деревьев в парке «Берёзки» ради строительства торгового центра. Парк — "
    "единственное место отдыха для семей с детьми. Требуем отменить разрешение. Мне {age} лет."
)


def file() -> None:
    for number in range(MEMBERS):
        writer = ApplicantData(
            last_name=f"Жителева{number}", first_name="Анна", email=f"c{number}@example.org"
        )
        services.submit(
            SubmitAppeal(
                applicant=writer, reply_channel="email", text=TEXT.format(age=18 + number % 80)
            )
        )


def timed(act: Callable[[], int]) -> dict[str, float]:
    began = time.process_time()
    done = act()
    return {"done": done, "ms": round(1000 * (time.process_time() - began) / MEMBERS, 1)}


def step(campaign: int, login: str, element: str, **answers: object) -> int:
    person = load_person(login)
    started = runs.begin(person, campaign, element, answers)
    while runs.carry_on(started):
        pass
    return runs.run(person, campaign, started).run.done


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(data_dir=Path(folder))
        prepare(app)
        with app.app_context():
            file()
            settle_all(app, 600)
            registrar = load_person("registrar")
            (group,) = campaigns.groups(registrar)
            number = campaigns.confirm(registrar, group.first.id)
            question = classifier.find("0690", limit=1)[0].code
            said = {"text": "Вырубка по обращению № {номер} отменена."}
            found = {
                "register": timed(
                    lambda: step(number, "registrar", "register", questions=[question])
                ),
                "review": timed(
                    lambda: step(
                        number, "manager", "review", decision="answer", drafter="executor1"
                    )
                ),
                "draft_reply": timed(lambda: step(number, "executor1", "draft_reply", **said)),
                "approve_reply": timed(
                    lambda: step(number, "approver", "approve_reply", decision="accept")
                ),
                "list to sign": timed(
                    lambda: len(runs.step(load_person("signatory"), number, "sign_reply").lines)
                ),
            }
            print(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    main()
