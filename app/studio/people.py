"""Pages of the administrator: people and roles."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput

from app.access import links, outside, policy, second_factor
from app.access import services as access
from app.access.values import Person
from app.access.web import needs
from app.audit import services as audit
from app.directory import services as directory
from app.errors import Invalid
from app.extensions import gettext as _
from app.extensions import lazy_gettext, locale, settings
from app.studio.blueprint import PAGE, StudioForm, actor, bp, page_number

administrator = needs("administrator")


def number_or_none(value: Any) -> int | None:
    """What a select with an empty first choice sends."""
    return int(value) if value not in (None, "", "None") else None


class PersonForm(StudioForm):
    name = StringField(
        lazy_gettext("Full name"),
        [InputRequired(lazy_gettext("Write the person's name.")), Length(max=300)],
    )
    name_en = StringField(lazy_gettext("Name in English"), [Length(max=300)])
    email = StringField(lazy_gettext("E-mail"), [Length(max=254)])
    unit_id = SelectField(lazy_gettext("Unit"), coerce=number_or_none)
    post_id = SelectField(lazy_gettext("Post held"), coerce=number_or_none)
    roles = SelectMultipleField(lazy_gettext("Roles"), option_widget=CheckboxInput())
    active = BooleanField(lazy_gettext("May sign in"), default=True)

    def offer(self) -> "PersonForm":
        """Fill the choices in."""
        language, nothing = locale(), [SelectChoice("", "—")]
        self.unit_id.choices = nothing + [
            SelectChoice(str(one.id), "\N{NO-BREAK SPACE}" * 3 * one.depth + one.said(language))
            for one in directory.list_units()
            if one.active or one.id == self.unit_id.data
        ]
        self.post_id.choices = nothing + [
            SelectChoice(str(one.id), one.said(language))
            for one in directory.list_posts()
            if one.active or one.id == self.post_id.data
        ]
        self.roles.choices = [SelectChoice(*one) for one in policy.ROLES.items()]
        return self

    def values(self) -> dict[str, Any]:
        names = ("name", "name_en", "email", "unit_id", "post_id", "roles", "active")
        return {name: self[name].data for name in names if name in self._fields}


class NewPersonForm(PersonForm):
    active = None
    login = StringField(
        lazy_gettext("Login"), [InputRequired(lazy_gettext("Give a login.")), Length(max=50)]
    )


@bp.get("/admin")
@administrator
def administration() -> ResponseReturnValue:
    return redirect(url_for("studio.list_people"))


@bp.get("/admin/people")
@administrator
def list_people() -> ResponseReturnValue:
    page = page_number()
    asked = request.args
    role = asked.get("role") if asked.get("role") in policy.ROLES else None
    found = access.list_people(
        asked.get("q", ""),
        role,
        PAGE + 1,
        left=bool(asked.get("left")),
        offset=PAGE * (page - 1),
    )
    return render_template(
        "studio/people.html",
        people=found[:PAGE],
        page=page,
        more=len(found) > PAGE,
        role_names=policy.ROLES,
    )


@bp.route("/admin/people/new", methods=["GET", "POST"])
@administrator
def new_person() -> ResponseReturnValue:
    form = NewPersonForm().offer()
    if not form.is_submitted():
        return render_template("studio/person.html", form=form, who=None)
    if form.validate():
        try:
            person = access.create_account(
                form.login.data, form.values(), password=None, actor=actor()
            )
        except Invalid as refusal:
            form.show(refusal)
        else:
            return _link_page(person)
    return render_template("studio/person.html", form=form, who=None), 422


@bp.route("/admin/people/<login>", methods=["GET", "POST"])
@administrator
def edit_person(login: str) -> ResponseReturnValue:
    person = access.load_person(login)
    form = PersonForm(data=_facts(person)).offer()
    if form.is_submitted():
        if form.carried_out(lambda: access.change_account(login, form.values(), actor=actor())):
            flash(_("Saved."))
            return redirect(url_for("studio.edit_person", login=person.login), 303)
        return _person_page(form, person), 422
    return _person_page(form, person)


@bp.post("/admin/people/<login>/password")
@administrator
def reset_password(login: str) -> ResponseReturnValue:
    """Take the password away and show a link to choose another, or mail it."""
    person = access.load_person(login)
    if request.form.get("by") != "mail":
        return _link_page(person)
    links.mail(person.login, locale(), actor=actor())
    flash(_("The link is on its way to %(email)s.", email=person.email))
    return redirect(url_for("studio.edit_person", login=person.login), 303)


@bp.post("/admin/people/<login>/second-factor")
@administrator
def reset_second_factor(login: str) -> ResponseReturnValue:
    second_factor.reset(login, actor=actor())
    flash(_("The second factor is taken away. Sessions of this person have ended."))
    return redirect(url_for("studio.edit_person", login=login), 303)


@bp.post("/admin/people/<login>/outside-name")
@administrator
def tie_person(login: str) -> ResponseReturnValue:
    """Tie the account to a name at the staff's provider of identity."""
    try:
        outside.tie(login, request.form.get("name", ""), actor=actor())
    except Invalid as refusal:
        flash(" ".join(str(one) for one in refusal.fields["name"]), "error")
    else:
        flash(_("Saved."))
    return redirect(url_for("studio.edit_person", login=login), 303)


@bp.post("/admin/roles/second-factor")
@administrator
def demand_second_factor() -> ResponseReturnValue:
    """Say which roles need a second factor."""
    second_factor.demand(request.form.getlist("roles"), actor=actor())
    flash(_("Saved."))
    return redirect(url_for("studio.roles"), 303)


@bp.post("/admin/people/<login>/unlock")
@administrator
def unlock_person(login: str) -> ResponseReturnValue:
    access.unlock(login, actor=actor())
    flash(_("This person may try to sign in again at once."))
    return redirect(url_for("studio.edit_person", login=login), 303)


@bp.post("/admin/people/<login>/revoke")
@administrator
def revoke_sessions(login: str) -> ResponseReturnValue:
    access.revoke_tokens(login, actor=actor())
    flash(_("All sessions and tokens of this person have ended."))
    return redirect(url_for("studio.edit_person", login=login), 303)


@bp.get("/admin/roles")
@administrator
def roles() -> ResponseReturnValue:
    held = {role: access.list_people("", role, 500) for role in policy.ROLES}
    rights = {
        role: sorted(right for right, roles in policy.RIGHTS.items() if role in roles)
        for role in policy.ROLES
    }
    return render_template(
        "studio/roles.html",
        role_names=policy.ROLES,
        about=policy.ABOUT,
        held=held,
        rights=rights,
        right_names=policy.RIGHT_NAMES,
        personal=policy.PERSONAL,
        personal_names=policy.PERSONAL_NAMES,
        revealers=policy.REVEALERS,
        second_factor=second_factor.demanded_roles(),
    )


def _facts(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "name_en": person.name_en,
        "email": person.email,
        "unit_id": person.unit_id,
        "post_id": person.post_id,
        "roles": sorted(person.roles),
        "active": person.active,
    }


def _person_page(form: PersonForm, person: Person) -> str:
    lines = audit.journal(audit.Filter(subject=f"account:{person.login}"), limit=20).entries
    return render_template(
        "studio/person.html",
        form=form,
        who=person,
        lines=lines,
        blocked_until=access.blocked_until(person.login),
        factor=second_factor.of(person.login),
        outside_offered=outside.provider.offered(),
        outside_name=outside.name_of(person.login),
    )


def _link_page(person: Person) -> str:
    # Shown in the answer itself and kept nowhere: asking again makes another link.
    link = links.make(person.login, actor=actor())
    address = settings().address + url_for("access.follow_link", secret=link.secret)
    return render_template("studio/link.html", who=person, address=address, until=link.expires_at)
