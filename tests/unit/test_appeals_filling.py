"""The demonstration's own appeals."""

import json

from app.appeals import services
from app.appeals.commands import SearchQuery
from app.workflow.incidents import incidents
from tests.unit.office import Office


def texts():
    found = services.search(Office.person("auditor"), SearchQuery(sort="received", size=200))
    return [(hit.appeal.applicant, hit.appeal.summary, hit.stage) for hit in found.items]


def test_equal_seeds_make_equal_appeals_at_many_stages(make_app):
    seen = []
    app = make_app()
    with app.app_context():
        runner = app.test_cli_runner()
        for _time in range(2):
            answer = runner.invoke(args=["demo", "fill", "--appeals", "6", "--seed", "7"])
            assert answer.exit_code == 0, answer.output
            line = json.loads(answer.stdout)
            assert (line["appeals"], line["seed"]) == (6, 7)
            seen.append(texts())
        assert incidents() == []
    first, both = seen
    assert len(first) == 6
    assert both == first + first
    assert len({stage for _name, _text, stage in first}) > 2
