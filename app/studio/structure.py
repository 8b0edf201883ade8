"""Pages of the administrator: units, posts, right to sign, organisations, the body, settings."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, DateField, Field, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from app.access import services as access
from app.access.web import needs
from app.clock import today
from app.directory import policy as rules
from app.directory import services as directory
from app.directory.values import BODY_FIELDS
from app.errors import Invalid, NotFound
from app.extensions import gettext as _
from app.extensions import lazy_gettext, locale
from app.studio.blueprint import PAGE, StudioForm, actor, bp, page_number
from app.studio.people import number_or_none

administrator = needs("administrator")


class UnitForm(StudioForm):
    name = StringField(
        lazy_gettext("Official name"),
        [InputRequired(lazy_gettext("Name the unit.")), Length(max=300)],
    )
    name_en = StringField(lazy_gettext("Name in English"), [Length(max=300)])
    parent_id = SelectField(lazy_gettext("Part of"), coerce=number_or_none)
    active = BooleanField(lazy_gettext("In use"), default=True)

    def offer(self) -> "UnitForm":
        self.parent_id.choices = [
            SelectChoice("", _("nothing: it stands at the top")),
            *(
                SelectChoice(str(one.id), "\N{NO-BREAK SPACE}" * 3 * one.depth + one.said(locale()))
                for one in directory.list_units()
            ),
        ]
        return self


class PostForm(StudioForm):
    name = StringField(
        lazy_gettext("Official name"),
        [InputRequired(lazy_gettext("Name the post.")), Length(max=300)],
    )
    name_en = StringField(lazy_gettext("Name in English"), [Length(max=300)])
    active = BooleanField(lazy_gettext("In use"), default=True)


class AuthorityForm(StudioForm):
    login = SelectField(lazy_gettext("Who"), [InputRequired(lazy_gettext("Choose a person."))])
    basis = StringField(
        lazy_gettext("By what act"),
        [
            InputRequired(lazy_gettext("Name the act that gives the right to sign.")),
            Length(max=500),
        ],
    )
    since = DateField(
        lazy_gettext("From the day"), [InputRequired(lazy_gettext("Give the first day."))]
    )
    until = DateField(lazy_gettext("Until (the last day)"), [Optional()])

    def offer(self) -> "AuthorityForm":
        self.login.choices = [
            SelectChoice(one.login, f"{one.said('name', locale())} ({one.login})")
            for one in access.list_people("", "signatory", 500)
        ]
        return self


class OrganisationForm(StudioForm):
    name = StringField(
        lazy_gettext("Official name"),
        [InputRequired(lazy_gettext("Name the organisation.")), Length(max=500)],
    )
    short_name = StringField(lazy_gettext("Short name"), [Length(max=200)])
    email = StringField(lazy_gettext("E-mail"), [Length(max=254)])
    address = TextAreaField(lazy_gettext("Postal address"), [Length(max=500)])
    phone = StringField(lazy_gettext("Telephone"), [Length(max=100)])
    active = BooleanField(lazy_gettext("In use"), default=True)


class BodyForm(StudioForm):
    name = StringField(lazy_gettext("Full official name"), [Length(max=500)])
    name_en = StringField(lazy_gettext("Full name in English"), [Length(max=500)])
    short_name = StringField(lazy_gettext("Short name"), [Length(max=200)])
    short_name_en = StringField(lazy_gettext("Short name in English"), [Length(max=200)])
    address = StringField(lazy_gettext("Postal address"), [Length(max=500)])
    address_en = StringField(lazy_gettext("Postal address in English"), [Length(max=500)])
    phone = StringField(lazy_gettext("Telephone"), [Length(max=100)])
    email = StringField(lazy_gettext("E-mail"), [Length(max=254)])
    site = StringField(lazy_gettext("Site"), [Length(max=300)])
    zone = StringField(lazy_gettext("Time zone"), [Length(max=60)])
    inn = StringField(lazy_gettext("Taxpayer number (INN)"), [Length(max=12)])
    ogrn = StringField(lazy_gettext("Registration number (OGRN)"), [Length(max=15)])
    head_name = StringField(lazy_gettext("Head of the body"), [Length(max=300)])
    head_name_en = StringField(lazy_gettext("Head of the body in English"), [Length(max=300)])
    head_post = StringField(lazy_gettext("Post of the head"), [Length(max=300)])
    head_post_en = StringField(lazy_gettext("Post of the head in English"), [Length(max=300)])
    registration_prefix = StringField(
        lazy_gettext("Prefix of registration numbers"), [Length(max=20)]
    )
    letterhead = TextAreaField(lazy_gettext("Letterhead"), [Length(max=2000)])
    reception_hours = TextAreaField(lazy_gettext("Reception hours"), [Length(max=2000)])
    reception_hours_en = TextAreaField(
        lazy_gettext("Reception hours in English"), [Length(max=2000)]
    )
    about = TextAreaField(lazy_gettext("Text of the first page"), [Length(max=4000)])
    about_en = TextAreaField(lazy_gettext("Text of the first page in English"), [Length(max=4000)])
    data_notice = TextAreaField(lazy_gettext("Notice on personal data"), [Length(max=4000)])
    data_notice_en = TextAreaField(
        lazy_gettext("Notice on personal data in English"), [Length(max=4000)]
    )


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
        values = {name: form[name].data for name in BODY_FIELDS}
        if form.carried_out(lambda: directory.save_body(values, actor=actor())):
            flash(_("Saved."))
            return redirect(url_for("studio.the_body"), 303)
    page = render_template(
        "studio/body.html",
        form=form,
        changes=directory.setting_history("body.", 20),
        labels={f"body.{name}": form[name].label.text for name in BODY_FIELDS},
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
