"""What a step for many costs: `python -m bench.repeats.campaign`.

Three hundred letters of one campaign are filed on SQLite, gathered, registered, decided, drafted,
approved and signed by runs, then dispatched: every second applicant wants the reply on paper, which
is posted by a run too. Prints for each step how many were done and the CPU time of one, in
milliseconds, the job's own work included, that of Typst and of the signature too. `letters` has to
show one signed sheet, number and addressee for each; the script fails where one is missing.
"""

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from app import create_app
from app.access.services import load_person
from app.appeals import services
from app.appeals.cards import OutgoingLetter
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
            last_name=f"Жителева{number}",
            first_name="Анна",
            email=f"c{number}@example.org",
            postal_address=f"699000, г. Среднеозёрск, Парковая ул., д. 1, кв. {number + 1}",
        )
        channel = "post" if number % 2 else "email"
        services.submit(
            SubmitAppeal(
                applicant=writer, reply_channel=channel, text=TEXT.format(age=18 + number % 80)
            )
        )


def timed(act: Callable[[], int]) -> dict[str, float]:
    began = spent()
    done = act()
    return {"done": done, "ms": round(1000 * (spent() - began) / max(done, 1), 1)}


def spent() -> float:
    """CPU seconds of this process and of those it started."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def dispatched(app: Flask) -> int:
    """Set in type, sign and mail all that waits for it; how many replies are signed by then."""
    settle_all(app, 3600)
    return len([one for one in letters() if one.number])


def letters() -> list[OutgoingLetter]:
    """The replies of the dispatch register."""
    clerk, found, page = load_person("dispatcher"), [], 1
    while lines := services.outgoing(clerk, page=page, size=200).items:
        found += [one for one in lines if one.kind == "reply"]
        page += 1
    return found


def check(sent: list[OutgoingLetter]) -> None:
    """One letter each: its own number and addressee, all gone."""
    for what in ("number", "addressee"):
        if len({getattr(one, what) for one in sent}) != MEMBERS:
            raise AssertionError(f"{what} is not one for each")
    if any(one.state != "sent" for one in sent):
        raise AssertionError("a letter has not left")


def step(
    campaign: int, login: str, element: str, *, confirmed: bool = False, **answers: object
) -> int:
    person = load_person(login)
    started = runs.begin(person, campaign, element, answers, confirmed=confirmed)
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
                "sign_reply": timed(
                    lambda: step(number, "signatory", "sign_reply", confirmed=True)
                ),
                "set, sign, mail": timed(lambda: dispatched(app)),
                "dispatch": timed(lambda: step(number, "dispatcher", "dispatch")),
            }
            settle_all(app, 3600)
            check(letters())
            print(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    main()
