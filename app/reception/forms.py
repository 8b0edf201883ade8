"""The citizen's forms.  What is required is the use case's to say; here is how it is asked."""

from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    EmailField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectChoice,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.csrf.core import CSRFTokenField
from wtforms.meta import DefaultMeta
from wtforms.validators import DataRequired, Length

from app.extensions import lazy_gettext as _
from app.extensions import locale

LINE = Length(max=300, message=_("Write at most 300 characters here."))
ADDRESS = Length(max=1000, message=_("Write at most 1000 characters here."))
NUMBER = DataRequired(_("Enter the number of the appeal or of the receipt."))


KINDS = (
    ("citizen", _("A citizen, for themselves")),
    ("representative", _("A representative, for another person")),
    ("organisation", _("An organisation")),
    ("foreigner", _("A foreign citizen or a stateless person")),
)


class _TokenWhenShown(CSRFTokenField):
    """Makes the next token where the form is shown again; who is sent on needs none."""

    def process(self, *given: Any, **told: Any) -> None:
        super(CSRFTokenField, self).process(*given, **told)

    def _value(self) -> str:
        return str(self.csrf_impl.generate_csrf_token(self))


class _Guard(FlaskForm.Meta.csrf_class):
    field_class = _TokenWhenShown


class CitizenForm(FlaskForm):
    """A form of the reception; WTForms' own words are read once, not anew with each request."""

    class Meta(FlaskForm.Meta):
        csrf_class = _Guard
        get_translations = DefaultMeta.get_translations

        @property
        def locales(self) -> list[str]:
            return [locale()]


class CoApplicantForm(Form):
    """One co-author; belongs to the appeal's form, which carries the CSRF token."""

    last_name = StringField(_("Surname"), [LINE])
    first_name = StringField(_("First name"), [LINE])
    middle_name = StringField(_("Patronymic"), [LINE])
    email = EmailField(_("E-mail"), [LINE])
    name = StringField(_("Organisation"), [ADDRESS])


class AppealForm(CitizenForm):
    """An appeal.  `token` marks this instance of the form: one form makes one appeal."""

    token = HiddenField()
    text = TextAreaField(_("Text of the appeal"))
    place = StringField(_("Where it happened"), [ADDRESS])
    addressee = StringField(_("To whom"), [LINE])
    kind = RadioField(
        _("Who is applying?"),
        choices=[SelectChoice(*kind) for kind in KINDS],
        default="citizen",
        validate_choice=False,
    )
    name = StringField(_("Full name of the organisation"), [ADDRESS])
    represented = StringField(_("On whose behalf"), [LINE])
    last_name = StringField(_("Surname"), [LINE])
    first_name = StringField(_("First name"), [LINE])
    middle_name = StringField(_("Patronymic"), [LINE])
    no_middle_name = BooleanField(_("I have no patronymic"))
    reply_channel = RadioField(
        _("How should we send the reply?"),
        choices=[
            SelectChoice("email", _("By e-mail")),
            SelectChoice("post", _("By post, on paper")),
        ],
        default="email",
        validate_choice=False,
    )
    email = EmailField(_("E-mail"), [LINE])
    postal_address = TextAreaField(_("Postal address"), [ADDRESS])
    phone = TelField(_("Telephone"), [LINE])
    co_applicants = FieldList(FormField(CoApplicantForm), max_entries=100)


class DraftForm(CitizenForm):
    code = StringField(_("Code of the draft"))


class StatusForm(CitizenForm):
    number = StringField(_("Number of the appeal or of the receipt"), [NUMBER])
    access_code = StringField(_("Access code"), [DataRequired(_("Enter the access code."))])


class ResendForm(CitizenForm):
    number = StringField(_("Number of the appeal or of the receipt"), [NUMBER])
    email = EmailField(
        _("The e-mail you gave in the appeal"),
        [DataRequired(_("Enter the e-mail address you gave in the appeal."))],
    )


class WithdrawForm(CitizenForm):
    reason = TextAreaField(_("Why you withdraw it"), [ADDRESS])


class ReadingForm(CitizenForm):
    wish = TextAreaField(
        _("Which documents would you like to read"),
        [Length(max=4000, message=_("Write at most 4000 characters here."))],
    )


class ComplaintForm(CitizenForm):
    text = TextAreaField(_("What you do not agree with"))


class AddDocumentsForm(CitizenForm):
    """Only the CSRF token and the mark of the form; the files come beside it."""

    token = HiddenField()


class SurveyForm(CitizenForm):
    """Only the CSRF token: the questions are the analyst's, in forms/survey/."""


class CheckForm(CitizenForm):
    number = StringField(_("Number of the letter"))
    code = StringField(_("Check code"))


class CheckFileForm(CitizenForm):
    file = FileField(_("The letter as a file (PDF)"))
    beside = FileField(_("The signature in a file of its own (.sig, .p7s)"))
