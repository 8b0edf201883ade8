"""Pages of the analyst: the texts of letters and the templates they are set in type by."""

import base64
import io

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length

from app.access.web import needs
from app.correspondence import blocks, editing
from app.correspondence.shapes import Fault
from app.errors import Invalid
from app.extensions import gettext as _
from app.extensions import lazy_gettext, locale
from app.studio import letter_words
from app.studio.blueprint import StudioForm, actor, bp

see_layouts = needs("analyst", "administrator")
change_layouts = needs("analyst")
#: What is tried is shown to who may change it and to who may only look, and nothing is kept.
try_layouts = needs("analyst", "administrator", changes=False)


class LayoutForm(StudioForm):
    """`since` is the version that was in force when the page was opened."""

    text = TextAreaField(lazy_gettext("Template"))
    kind = SelectField(lazy_gettext("Show as"))
    language = SelectField(lazy_gettext("In the language"))
    since = IntegerField(default=0)

    def offer(self, found: editing.Template) -> "LayoutForm":
        called = [(one, letter_words.kind_name(one, found.kinds)) for one in found.kinds]
        self.kind.choices = [SelectChoice(*one) for one in called]
        self.language.choices = [
            SelectChoice(one, str(name)) for one, name in letter_words.LANGUAGES.items()
        ]
        if editing.is_text(found.file):
            del self.language  # a text has its own
        return self


class SaveForm(LayoutForm):
    note = StringField(
        lazy_gettext("What changed"),
        [DataRequired(lazy_gettext("Say in a sentence what changed.")), Length(max=500)],
        filters=[lambda text: text.strip() if text else text],
    )


@bp.get("/layouts")
@see_layouts
def list_layouts() -> ResponseReturnValue:
    return render_template(
        "studio/layouts.html", layouts=editing.templates(), letters=editing.letters()
    )


@bp.get("/layouts/<file>")
@see_layouts
def edit_layout(file: str) -> ResponseReturnValue:
    """The template in force, or the version asked for, ready to be changed."""
    found = editing.template(file)
    return _page(SaveForm().offer(found), found, asked=_asked())


@bp.post("/layouts/<file>")
@change_layouts
def save_layout(file: str) -> ResponseReturnValue:
    """Put the text that was sent in force, or show what is wrong with it."""
    found = editing.template(file)
    form = SaveForm().offer(found)
    faults: tuple[Fault, ...] = ()
    if form.validate():
        try:
            editing.put_in_force(
                file, form.text.data or "", note=form.note.data or "",
                since=form.since.data or 0, actor=actor(),
            )  # fmt: skip
        except Invalid as refusal:
            form.show(refusal)
            faults = refusal.faults if isinstance(refusal, editing.Faulty) else ()
        else:
            flash(_told(file))
            return redirect(url_for("studio.edit_layout", file=file), 303)
    return _page(form, found, trial=_trial(form, file), faults=faults), 422


@bp.post("/layouts/<file>/try")
@try_layouts
def try_layout(file: str) -> ResponseReturnValue:
    """A made-up sheet set by the text that was sent: a part of the page, or all of it."""
    found = editing.template(file)
    form = LayoutForm().offer(found)
    trial = _trial(form, file)
    if request.headers.get("X-Part"):
        lines = (form.text.data or "").splitlines()
        return render_template(
            "studio/_trial.html",
            trial=trial,
            file=file,
            lines=lines,
            pictures=_pictures(trial),
            blocks=_blocks(trial),
        )
    return _page(SaveForm().offer(found), found, trial=trial)


@bp.post("/layouts/<file>/sheet.pdf")
@try_layouts
def layout_pdf(file: str) -> ResponseReturnValue:
    """The same as a PDF; a template with errors leads back to them."""
    found = editing.template(file)
    form = LayoutForm().offer(found)
    trial = _trial(form, file)
    if not trial.made.pdf:
        return _page(SaveForm().offer(found), found, trial=trial), 422
    return send_file(io.BytesIO(trial.made.pdf), "application/pdf", download_name=f"{file}.pdf")


@bp.post("/layouts/<file>/letter.html")
@try_layouts
def layout_mail(file: str) -> ResponseReturnValue:
    """A letter as mail programs show it; a text with errors leads back to them."""
    found = editing.template(file)
    form = LayoutForm().offer(found)
    trial = _trial(form, file)
    if trial.said is None:
        return _page(SaveForm().offer(found), found, trial=trial), 422
    answer = Response(editing.page_of(trial.said, file), mimetype="text/html")
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
    )
    return answer


def _told(file: str) -> str:
    if editing.is_text(file):
        return str(_("In force: letters are written in these words from now on."))
    return str(_("In force: sheets are set by this template from now on."))


def _asked() -> int | None:
    """The version asked for; nonsense means the one in force."""
    asked = request.args.get("version", "")
    return int(asked) if asked.isdecimal() and len(asked) < 10 else None


def _trial(form: LayoutForm, file: str) -> editing.Trial:
    language = form.language.data if form.language else ""
    spoken = language if language in letter_words.LANGUAGES else "ru"
    return editing.tried(file, form.text.data or "", form.kind.data or "", spoken)


def _page(
    form: LayoutForm,
    found: editing.Template,
    *,
    asked: int | None = None,
    trial: editing.Trial | None = None,
    faults: tuple[Fault, ...] = (),
) -> str:
    if not form.is_submitted():
        form.text.data = editing.text_of(found.file, asked)
        form.since.data = found.at
        form.kind.data = found.kinds[0]
        if form.language:
            form.language.data = locale()
        trial = _trial(form, found.file)
    return render_template(
        "studio/layout.html",
        form=form,
        layout=found,
        asked=asked,
        trial=trial,
        faults=faults,
        pictures=_pictures(trial),
        blocks=_blocks(trial),
        is_text=editing.is_text(found.file),
    )


def _blocks(trial: editing.Trial | None) -> tuple[blocks.Block, ...]:
    return blocks.parse(trial.said.text) if trial and trial.said else ()


def _pictures(trial: editing.Trial | None) -> list[str]:
    pages = trial.made.pages if trial else ()
    return [base64.b64encode(page).decode("ascii") for page in pages]
