"""Published sets: refused when broken, followed by new instances only, migrated and undone."""

import pytest
from sqlalchemy import delete, select, update

import engine
from app import extensions
from app.database import reading, transaction
from app.errors import Conflict, NotFound
from app.workflow import finality, migrations, shelf, versions
from app.workflow import services as workflow
from app.workflow.models import Instance, StoredSet, Version, VersionFile
from tests.unit import diagrams as draw


def one_task(*names):
    body = draw.start() + "".join(draw.user(name) for name in names) + draw.end()
    return {"one/one.bpmn": draw.bpmn("one", body + draw.line("begin", *names, "finish"))}


def begin(key):
    with transaction() as session:
        return workflow.start(session, "one", {}, key=key, actor="tester")


def elements(key):
    with reading() as session:
        return [one.element for one in workflow.open_items(session, key=key)]


def finish(key):
    with transaction() as session:
        (item,) = workflow.open_items(session, key=key)
        workflow.complete(session, item.id, {}, actor="tester")


def test_a_broken_diagram_is_refused_with_element_and_remedy(either_app):
    before = [one.id for one in versions.versions()]
    body = draw.start() + draw.user("lonely") + draw.end() + draw.line("begin", "finish")
    bad = {"one/one.bpmn": draw.bpmn("one", body)}
    with pytest.raises(engine.Refused) as refusal:
        versions.publish(bad, note="", actor="analyst")
    assert any(one.element == "lonely" and one.message for one in refusal.value.findings)
    assert [one.id for one in versions.versions()] == before


def test_new_instances_follow_the_new_set_running_ones_their_own(either_app):
    first = versions.publish(one_task("write"), note="", actor="analyst")
    begin("test:1")
    second = versions.publish(one_task("write", "check"), note="check", actor="analyst")
    assert second.version != first.version
    begin("test:2")
    finish("test:1")
    finish("test:2")
    assert elements("test:1") == []
    assert elements("test:2") == ["check"]
    assert [one.active for one in versions.versions()[:2]] == [True, False]


def test_the_same_set_is_published_once(either_app):
    first = versions.publish(one_task("write"), note="", actor="analyst")
    again = versions.publish(one_task("write"), note="", actor="analyst")
    assert (again.version, again.changed) == (first.version, False)


def test_an_older_set_can_be_made_active_again(either_app):
    first = versions.publish(one_task("write"), note="", actor="analyst").version
    versions.publish(one_task("write", "check"), note="", actor="analyst")
    versions.activate(first, actor="analyst")
    begin("test:1")
    finish("test:1")
    assert elements("test:1") == []
    with pytest.raises(NotFound):
        versions.activate(10_000, actor="analyst")


def test_an_export_is_what_was_published(app):
    files = one_task("write")
    version = versions.publish(files, note="", actor="analyst").version
    assert versions.export(version) == files


def test_the_shipped_set_is_exported_to_the_byte(app):
    shipped = versions.read_folders(_root() / "processes", _root() / "forms")
    active = next(one for one in versions.versions() if one.active)
    assert versions.export(active.id) == shipped


def _root():
    from app.server import ROOT

    return ROOT


def version_of(instance):
    with reading() as session:
        return session.get(Instance, instance).version_id


def test_a_running_instance_is_migrated_rehearsed_and_undone(either_app):
    old = versions.publish(one_task("write"), note="", actor="analyst").version
    instance = begin("test:1")
    new = versions.publish(one_task("write", "check"), note="", actor="analyst").version
    rehearsal = migrations.migrate(old, new, dry_run=True, actor="analyst")
    assert [line.can for line in rehearsal.lines] == [True]
    assert rehearsal.id is None
    assert version_of(instance) == old
    done = migrations.migrate(old, new, actor="analyst")
    assert version_of(instance) == new
    assert migrations.undo(done.id, actor="analyst").moved == 1
    assert version_of(instance) == old
    finish("test:1")
    assert elements("test:1") == []


def test_a_migrated_instance_goes_on_as_the_new_set_says(either_app):
    old = versions.publish(one_task("write"), note="", actor="analyst").version
    begin("test:1")
    new = versions.publish(one_task("write", "check"), note="", actor="analyst").version
    done = migrations.migrate(old, new, actor="analyst")
    finish("test:1")
    assert elements("test:1") == ["check"]
    with pytest.raises(Conflict):
        migrations.undo(done.id, actor="analyst")


def test_what_stands_on_a_removed_element_stays_where_it_is(either_app):
    old = versions.publish(one_task("write"), note="", actor="analyst").version
    instance = begin("test:1")
    new = versions.publish(one_task("rewrite"), note="", actor="analyst").version
    done = migrations.migrate(old, new, actor="analyst")
    (line,) = done.lines
    assert not line.can
    assert line.reason
    assert version_of(instance) == old


# ---- the stored form


@pytest.fixture
def parses(monkeypatch):
    """What is parsed from files while the test runs; every process of its own forgets first."""
    shelf._parsed.clear()
    done, load = [], engine.VersionSet.load

    def counted(files, key=""):
        done.append(sorted(files))
        return load(files, key)

    monkeypatch.setattr(engine.VersionSet, "load", counted)
    yield done
    shelf._parsed.clear()


def forms():
    with reading() as session:
        return dict(session.execute(select(StoredSet.version_id, StoredSet.content)).all())


def test_a_new_process_loads_what_was_stored_at_publication(either_app, parses):
    version = versions.publish(one_task("write"), note="", actor="analyst").version
    assert version in forms()
    parses.clear()
    begin("test:1")
    finish("test:1")
    assert (elements("test:1"), parses) == ([], [])


def garbled(form):
    return form[:-1] + bytes([form[-1] ^ 1])


@pytest.mark.parametrize("spoil", [garbled, lambda form: b"", None])
def test_a_form_that_cannot_be_used_is_made_anew(either_app, parses, spoil, monkeypatch):
    version = versions.publish(one_task("write"), note="", actor="analyst").version
    good = forms()[version]
    with transaction() as session:
        if spoil:
            session.get(StoredSet, version).content = spoil(good)
        else:
            session.delete(session.get(StoredSet, version))
    parses.clear()
    begin("test:1")
    assert len(parses) == 1
    versions.prepare()
    assert forms()[version] == good
    versions.prepare()
    assert len(parses) == 2
    shelf._parsed.clear()
    finish("test:1")
    assert len(parses) == 2


def test_a_newer_program_makes_the_forms_of_what_is_in_use(app, parses, monkeypatch):
    old = versions.publish(one_task("write"), note="", actor="analyst").version
    begin("test:1")
    active = versions.publish(one_task("write", "check"), note="", actor="analyst").version
    before = forms()
    monkeypatch.setattr("engine.packing.fingerprint", lambda: "of a newer program")
    versions.prepare()
    changed = {version for version, form in forms().items() if form != before[version]}
    assert changed == {old, active}


def test_a_version_outlives_a_program_that_counts_keys_otherwise(app, parses):
    version = versions.publish(one_task("write"), note="", actor="analyst").version
    with transaction() as session:
        finality.lift(session.connection())
        session.execute(
            update(Version).where(Version.id == version).values(content_key="as it was counted")
        )
        finality.lay(session.connection())
        session.execute(delete(StoredSet))
    shelf._parsed.clear()
    versions.prepare()
    assert set(forms()) == {version}
    shelf._parsed.clear()
    parses.clear()
    begin("test:1")
    assert parses == []
    assert elements("test:1") == ["write"]


def test_another_installation_cannot_seal_a_form(app, parses, monkeypatch):
    version = versions.publish(one_task("write"), note="", actor="analyst").version
    parses.clear()
    monkeypatch.setattr(
        shelf, "settings", lambda: extensions.settings().model_copy(update={"secret_key": "x" * 40})
    )
    begin("test:1")
    assert len(parses) == 1
    assert version in forms()


def test_a_version_that_cannot_be_read_does_not_stop_a_release(app, parses):
    broken = versions.publish(one_task("write"), note="", actor="analyst").version
    begin("test:1")
    active = versions.publish(one_task("write", "check"), note="", actor="analyst").version
    with transaction() as session:
        finality.lift(session.connection())
        session.execute(
            update(VersionFile).where(VersionFile.version_id == broken).values(content=b"<broken")
        )
        finality.lay(session.connection())
        session.execute(delete(StoredSet))
    versions.prepare()
    assert set(forms()) == {active}


@pytest.mark.parametrize(
    ("table", "old", "new", "rule"),
    [
        ("control/terms.dmn", b'"R05"', b'"R5"', "answer"),
        ("control/terms.dmn", b"<text>3</text>", b'<text>"3 days"</text>', "answer"),
        ("control/terms.dmn", b'<decision id="terms"', b'<decision id="our_terms"', "unasked"),
        ("control/retention.dmn", b'name="years"', b'name="year"', "answer"),
    ],
)
def test_a_table_that_the_house_could_not_ask_is_refused(app, table, old, new, rule):
    (shipped,) = versions.versions()
    files = versions.export(shipped.id)
    broken = files | {table: files[table].replace(old, new)}
    assert broken != files
    with pytest.raises(engine.Refused) as refusal:
        versions.publish(broken, note="", actor="analyst", whole=True)
    assert {(one.rule, one.file) for one in refusal.value.findings if one.severity == "error"} == {
        (f"decision.{rule}", table)
    }
    assert [one.active for one in versions.versions()] == [True]
