"""The forms of the administrator's pages on the body, its structure and its neighbours."""

from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from app.access import services as access
from app.directory import services as directory
from app.extensions import gettext as _
from app.extensions import lazy_gettext, locale
from app.studio.blueprint import StudioForm
from app.studio.people import number_or_none


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
    competence = TextAreaField(lazy_gettext("What the body considers"), [Length(max=4000)])
    competence_en = TextAreaField(
        lazy_gettext("What the body considers, in English"), [Length(max=4000)]
    )
    data_notice = TextAreaField(lazy_gettext("Notice on personal data"), [Length(max=4000)])
    color = StringField(lazy_gettext("Colour of buttons and links"), [Length(max=7)])
    data_notice_en = TextAreaField(
        lazy_gettext("Notice on personal data in English"), [Length(max=4000)]
    )
