"""Pages of the administrator: units, posts, right to sign, organisations, the body, settings."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Field, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import Length

from app.access import services as access
from app.access.web import needs
from app.clock import today
from app.directory import policy as rules
from app.directory import services as directory
from app.directory.values import BODY_FIELDS
from app.errors import Invalid, NotFound
from app.extensions import gettext as _
from app.studio.blueprint import PAGE, StudioForm, actor, bp, page_number
from app.studio.forms import AuthorityForm, BodyForm, OrganisationForm, PostForm, UnitForm

administrator = needs("administrator")


# ---- units and posts -------------------------------------------------------------------------


@bp.get("/admin/structure")
@administrator
def structure() -> ResponseReturnValue:
    return render_template(
        "studio/structure.html", units=directory.list_units(), posts=directory.list_posts()
    )


@bp.route("/admin/units/new", methods=["GET", "POST"], defaults={"unit_id": None})
@bp.route("/admin/units/<int:unit_id>", methods=["GET", "POST"])
@administrator
def edit_unit(unit_id: int | None) -> ResponseReturnValue:
    known = _one(directory.list_units(), unit_id)
    form = UnitForm(obj=known).offer()
    return _edit(
        form,
        lambda: directory.save_unit(unit_id, **_fields(form), actor=actor()),
        "studio.structure",
        title=_("The unit") if known else _("New unit"),
        tab="structure",
    )


@bp.route("/admin/posts/new", methods=["GET", "POST"], defaults={"post_id": None})
@bp.route("/admin/posts/<int:post_id>", methods=["GET", "POST"])
@administrator
def edit_post(post_id: int | None) -> ResponseReturnValue:
    known = _one(directory.list_posts(), post_id)
    form = PostForm(obj=known)
    return _edit(
        form,
        lambda: directory.save_post(post_id, **_fields(form), actor=actor()),
        "studio.structure",
        title=_("The post held") if known else _("New post"),
        tab="structure",
    )


# ---- right to sign ---------------------------------------------------------------------------


@bp.get("/admin/signing")
@administrator
def list_authorities() -> ResponseReturnValue:
    people = {one.login: one for one in access.list_people("", None, 1000, left=True)}
    return render_template(
        "studio/authorities.html",
        authorities=directory.list_authorities(),
        people=people,
        day=today(directory.current_body().zone),
    )


@bp.route("/admin/signing/new", methods=["GET", "POST"])
@administrator
def give_authority() -> ResponseReturnValue:
    form = AuthorityForm().offer()
    return _edit(
        form,
        lambda: directory.give_authority(**_fields(form), actor=actor()),
        "studio.list_authorities",
        title=_("Give the right to sign"),
        tab="signing",
    )


@bp.post("/admin/signing/<int:authority_id>/revoke")
@administrator
def revoke_authority(authority_id: int) -> ResponseReturnValue:
    directory.revoke_authority(authority_id, actor=actor())
    flash(_("The right to sign has ended."))
    return redirect(url_for("studio.list_authorities"), 303)


# ---- organisations ---------------------------------------------------------------------------


@bp.get("/admin/organisations")
@administrator
def list_organisations() -> ResponseReturnValue:
    page = page_number()
    found = directory.list_organisations(
        request.args.get("q", ""),
        PAGE + 1,
        offset=PAGE * (page - 1),
        retired=bool(request.args.get("retired")),
    )
    return render_template(
        "studio/organisations.html", organisations=found[:PAGE], page=page, more=len(found) > PAGE
    )


@bp.route("/admin/organisations/new", methods=["GET", "POST"], defaults={"organisation_id": None})
@bp.route("/admin/organisations/<int:organisation_id>", methods=["GET", "POST"])
@administrator
def edit_organisation(organisation_id: int | None) -> ResponseReturnValue:
    known = directory.load_organisation(organisation_id) if organisation_id else None
    form = OrganisationForm(obj=known)
    return _edit(
        form,
        lambda: directory.save_organisation(organisation_id, _fields(form), actor=actor()),
        "studio.list_organisations",
        title=_("The organisation") if known else _("New organisation"),
        tab="organisations",
    )


# ---- the body and settings -------------------------------------------------------------------


@bp.route("/admin/body", methods=["GET", "POST"])
@administrator
def the_body() -> ResponseReturnValue:
    form = BodyForm(obj=directory.current_body())
    if form.is_submitted():
        values = {name: form[name].data for name in BODY_FIELDS if name in form}
        if form.carried_out(lambda: directory.save_body(values, actor=actor())):
            flash(_("Saved."))
            return redirect(url_for("studio.the_body"), 303)
    page = render_template(
        "studio/body.html",
        form=form,
        changes=directory.setting_history("body.", 20),
        labels={
            "body.emblem": _("Emblem"),
            **{f"body.{name}": form[name].label.text for name in BODY_FIELDS if name in form},
        },
    )
    return page, 422 if form.is_submitted() else 200


@bp.route("/admin/settings", methods=["GET", "POST"])
@administrator
def settings() -> ResponseReturnValue:
    present = directory.all_settings()
    form = _settings_form()(data={_name(key): value for key, value in present.items()})
    if form.is_submitted():
        values = {rule.key: form[_name(rule.key)].data for rule in rules.KNOWN}
        # Refusals name settings by their keys, whose dots a field's name cannot hold.
        if form.carried_out(lambda: _save_settings(values)):
            flash(_("Saved."))
            return redirect(url_for("studio.settings"), 303)
    day = today(directory.current_body().zone)
    prefix = directory.current_body().registration_prefix
    examples = {
        _name(rule.key): rules.spell_number(str(present[rule.key]), 123, day, prefix)
        for rule in rules.KNOWN
        if rule.kind == "number_template"
    }
    page = render_template(
        "studio/settings.html",
        form=form,
        hints={_name(rule.key): rule.hint for rule in rules.KNOWN if rule.choices},
        examples=examples,
        labels={rule.key: rule.label for rule in rules.KNOWN},
        changes=[
            one for one in directory.setting_history("", 60) if not one.key.startswith("body.")
        ],
    )
    return page, 422 if form.is_submitted() else 200


def _settings_form() -> type[StudioForm]:
    fields: dict[str, Any] = {}
    for rule in rules.KNOWN:
        made: Field
        if rule.choices:
            made = SelectField(rule.label, choices=[SelectChoice(*one) for one in rule.choices])
        else:
            made = StringField(rule.label, [Length(max=200)])
        fields[_name(rule.key)] = made
    return type("SettingsForm", (StudioForm,), fields)


def _save_settings(values: dict[str, Any]) -> None:
    try:
        directory.save_settings(values, actor=actor())
    except Invalid as refusal:
        refusal.fields = {_name(key): texts for key, texts in refusal.fields.items()}
        raise


def _name(key: str) -> str:
    return key.replace(".", "__")


# ---- shared ----------------------------------------------------------------------------------


def _edit(
    form: StudioForm, use_case: Any, home: str, *, title: str, tab: str
) -> ResponseReturnValue:
    if form.is_submitted():
        if form.carried_out(use_case):
            flash(_("Saved."))
            return redirect(url_for(home), 303)
        return render_template("studio/edit.html", form=form, title=title, tab=tab, home=home), 422
    return render_template("studio/edit.html", form=form, title=title, tab=tab, home=home)


def _fields(form: StudioForm) -> dict[str, Any]:
    """What was filled in, as the use case takes it: texts trimmed, dates as dates."""
    values: dict[str, Any] = {}
    for field in form:
        if field.name == "csrf_token":
            continue
        is_text = isinstance(field, StringField)
        values[field.name] = (field.data or "").strip() if is_text else field.data
    return values


def _one(known: list[Any], wanted: int | None) -> Any:
    if wanted is None:
        return None
    for one in known:
        if one.id == wanted:
            return one
    raise NotFound(_("There is no such page."))
