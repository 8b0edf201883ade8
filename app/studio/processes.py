"""Pages of the analyst: published sets, their diagrams, upload, check, publish."""

import io

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField, FileRequired
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

import engine
from app.access import policy
from app.access.web import current_person, needs
from app.errors import Invalid
from app.extensions import gettext as _
from app.extensions import lazy_gettext
from app.studio import services
from app.studio.blueprint import StudioForm, actor, bp, page_number
from app.studio.moves import Page
from app.workflow import migration_records, versions

see_processes = needs("analyst", "administrator")
change_processes = needs("analyst")


class UploadForm(StudioForm):
    archive = FileField(
        lazy_gettext("Archive (.zip)"), [FileRequired(lazy_gettext("Choose an archive."))]
    )


class PublishForm(StudioForm):
    digest = StringField()
    note = TextAreaField(
        lazy_gettext("What changed"),
        [DataRequired(lazy_gettext("Say in a sentence what changed.")), Length(max=500)],
        filters=[lambda text: text.strip() if text else text],
    )


@bp.get("/")
@see_processes
def list_versions() -> ResponseReturnValue:
    person = current_person()
    may_change = policy.may(person, "processes.change")
    return render_template(
        "studio/versions.html",
        versions=versions.versions(),
        standing=versions.where(),
        migrations=migration_records.latest(),
        draft=services.own_draft(actor()) if may_change else None,
    )


@bp.get("/versions/<int:version_id>")
@see_processes
def show_version(version_id: int) -> ResponseReturnValue:
    known = services.version(version_id)
    held = services.contents(version_id)
    asked = request.args.get("process")
    chosen = next(
        (one for one in held.processes if one.id == asked), next(iter(held.processes), None)
    )
    at = held.step(chosen.id, request.args.get("element", "")) if chosen else None
    page = Page(page_number(), held.count(at.process, at.id) if at else 0)
    stays = services.stays(version_id, at, limit=page.size, offset=page.first) if at else []
    return render_template(
        "studio/version.html",
        version=known,
        held=held,
        chosen=chosen,
        at=at,
        stays=stays,
        page=page,
    )


@bp.get("/versions/<int:version_id>/files/<path:path>")
@see_processes
def version_file(version_id: int, path: str) -> ResponseReturnValue:
    return _plain_file(services.file(version_id, path), path)


@bp.get("/versions/<int:version_id>/set.zip")
@see_processes
def download_version(version_id: int) -> ResponseReturnValue:
    return send_file(
        io.BytesIO(services.export(version_id)),
        "application/zip",
        as_attachment=True,
        download_name=f"processes-v{version_id}.zip",
    )


@bp.post("/versions/<int:version_id>/activate")
@change_processes
def activate(version_id: int) -> ResponseReturnValue:
    versions.activate(version_id, actor=actor())
    flash(_("New appeals now follow version %(n)s.", n=version_id))
    return redirect(url_for("studio.list_versions"), 303)


@bp.route("/upload", methods=["GET", "POST"])
@change_processes
def upload() -> ResponseReturnValue:
    form = UploadForm()
    if not form.is_submitted():
        return render_template("studio/upload.html", form=form)
    if form.validate():
        given = form.archive.data
        try:
            draft_id = services.upload(given.filename or "", given.read(), actor=actor())
        except Invalid as refusal:
            form.show(refusal)
        else:
            return redirect(url_for("studio.show_draft", draft_id=draft_id), 303)
    return render_template("studio/upload.html", form=form), 422


@bp.route("/drafts/<int:draft_id>", methods=["GET", "POST"])
@change_processes
def show_draft(draft_id: int) -> ResponseReturnValue:
    form = PublishForm()
    if form.is_submitted() and form.validate():
        try:
            published = services.publish(
                draft_id, form.digest.data or "", note=form.note.data, actor=actor()
            )
        except engine.Refused:
            # The page below shows the findings that stand in the way.
            flash(_("The set was not published: correct the errors first."), "error")
        else:
            flash(_said(published))
            return redirect(url_for("studio.show_version", version_id=published.version), 303)
    page = render_template(
        "studio/draft.html", form=form, draft=services.draft(draft_id, actor=actor())
    )
    return page, 422 if form.is_submitted() else 200


@bp.get("/drafts/<int:draft_id>/files/<path:path>")
@change_processes
def draft_file(draft_id: int, path: str) -> ResponseReturnValue:
    return _plain_file(services.draft_file(draft_id, path, actor=actor()), path)


@bp.post("/drafts/<int:draft_id>/discard")
@change_processes
def discard(draft_id: int) -> ResponseReturnValue:
    services.discard(draft_id, actor=actor())
    flash(_("The upload is forgotten."))
    return redirect(url_for("studio.list_versions"), 303)


def _said(published: versions.Published) -> str:
    if published.changed:
        text = _(
            "Published as version %(n)s: new appeals follow it, running ones finish on theirs."
        )
    else:
        text = _("This set was published before, as version %(n)s; new appeals follow it now.")
    return str(text) % {"n": published.version}


def _plain_file(content: bytes, path: str) -> Response:
    # What an analyst uploaded is never a page of ours: a browser must not draw or run it.
    answer = Response(
        content,
        mimetype="application/xml" if path.endswith(("bpmn", "dmn")) else "application/json",
    )
    name = path.rsplit("/", 1)[-1]
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
