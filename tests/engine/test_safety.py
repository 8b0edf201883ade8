"""Nothing that people draw or send is ever run by Python."""

import builtins

import pytest

from engine import Refused, VersionSet
from tests.engine.draw import draw
from tests.engine.walk import Walk, drawn

ATTACK = "__import__('os').system('id')"
PLACES = {
    "condition of a flow": f"start s\nxor g\nuser a\nuser b\ns > g > a : ${{{ATTACK}}}\ng >> b",
    "duration": f'start s\ncatch x "timer=${{{ATTACK}}}"\ns > x',
    "date": f'start s\ncatch x "date=${{{ATTACK}}}"\ns > x',
    "cycle": f'start s\nuser a\nboundary x on=a "cycle=R/${{{ATTACK}}}" keep\ns > a',
    "conditional event": f'start s\ncatch x "condition=${{{ATTACK}}}"\ns > x',
    "collection": f'start s\nuser x "each=${{{ATTACK}}}"\ns > x',
    "bare collection": f'start s\nuser x "each={ATTACK}"\ns > x',
    "cardinality": f'start s\nuser x "times=${{{ATTACK}}}"\ns > x',
    "bare cardinality": f'start s\nuser x "times={ATTACK}"\ns > x',
    "completion condition": f'start s\nuser x times=2 "until=${{{ATTACK}}}"\ns > x',
    "loop condition": f'start s\nuser x "while=${{{ATTACK}}}"\ns > x',
    "assignee": f'start s\nuser x "assignee=${{{ATTACK}}}"\ns > x',
    "groups": f'start s\nuser x "candidateGroups=a,${{{ATTACK}}}"\ns > x',
    "due date": f'start s\nuser x "dueDate=${{{ATTACK}}}"\ns > x',
    "priority": f'start s\nuser x "priority=${{{ATTACK}}}"\ns > x',
    "input": f'start s\nservice x topic=r.x "in.y=n ${{{ATTACK}}}"\ns > x',
    "output": f'start s\nservice x topic=r.x "out.y=${{{ATTACK}}}"\ns > x',
    "script": f'start s\nscript x "script=y = {ATTACK}"\ns > x',
    "called element": f'start s\ncall x "calls=${{{ATTACK}}}"\ns > x',
    "passed in": f'start s\ncall x calls=p "pass=${{{ATTACK}}}:y"\ns > x',
    "passed out": f'start s\ncall x calls=p "give=${{{ATTACK}}}:y"\ns > x',
    "decision": f'start s\nrule x "decision=${{{ATTACK}}}"\ns > x',
}


@pytest.mark.parametrize("place", PLACES)
def test_an_attack_is_refused_wherever_an_expression_may_stand(place):
    with pytest.raises(Refused) as refused:
        VersionSet.load({"p.bpmn": draw(PLACES[place])})
    assert {f.rule.partition(".")[0] for f in refused.value.findings} <= {"expression", "timer"}


SENT = [
    ATTACK,
    f"${{{ATTACK}}}",
    "#{1+1}",
    {"typename": "BpmnWorkflow"},
    "{{ config }}",
    "'; drop table appeals; --",
    "__class__",
]


@pytest.mark.parametrize("value", SENT)
def test_what_people_send_is_data_and_stays_data(value):
    walk = Walk(
        """
        start s
        user a listener=r.k assignee=${who}
        receive m message=word
        service w topic=r.w in.text='x ${said}'
        user b assignee=${who} dueDate=${none}
        s > a > m > w > b
        """,
        variables={"who": value if isinstance(value, str) else "x", "none": None},
        answers={"r.k": {"kept": value}},
    )
    walk.do("a", answers={"said": value, "__class__": value}, said=value)
    walk.send("word", payload=value, said=str(value))
    assert walk.data["kept"] == value
    assert walk.data["payload"] == value
    assert walk.called[-1][1] == {"text": f"x {value}"}


def test_a_whole_walk_needs_neither_eval_nor_exec(monkeypatch):
    files = drawn(
        """
        start s
        script c script='n = len(list) + 1'
        user a each=${list} as=x assignee=${x} until='${nrOfCompletedInstances > 5}'
        xor g
        service w topic=r.w in.n='${n * 2}'
        catch t timer=${how_long}
        call k calls=p2 pass='${n + 1}:n'
        end e
        s > c > a > g > w : ${n > 1}
        g >> e
        w > t > k > e
        """,
        "start s2\nscript c2 script='m = n % 2'\nend e2\ns2 > c2 > e2",
    )

    def forbidden(*_arguments, **_keywords):
        raise AssertionError("the engine evaluated Python")

    vset = VersionSet.load(files)
    with monkeypatch.context() as patch:
        patch.setattr(builtins, "eval", forbidden)
        patch.setattr(builtins, "exec", forbidden)
        patch.setattr(builtins, "compile", forbidden)
        walk = Walk(start=False, files=files)
        assert walk.vset.key == vset.key
        walk = Walk(files=files, variables={"list": ["i", "p"], "how_long": "P1D"})
        walk.do("a").do("a").wait(days=1)
    assert walk.ended
