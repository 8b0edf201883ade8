"""The citizen's forms.  What is required is the use case's to say; here is how it is asked."""

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    FieldList,
    FileField,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectChoice,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import Length

from app.extensions import lazy_gettext as _

LINE = Length(max=300, message=_("Write at most 300 characters here."))
ADDRESS = Length(max=1000, message=_("Write at most 1000 characters here."))


KINDS = (
    ("citizen", _("A citizen, for themselves")),
    ("representative", _("A representative, for another person")),
    ("organisation", _("An organisation")),
    ("foreigner", _("A foreign citizen or a stateless person")),
)


class CoApplicantForm(Form):
    """One co-author; belongs to the appeal's form, which carries the CSRF token."""

    last_name = StringField(_("Surname"), [LINE])
    first_name = StringField(_("First name"), [LINE])
    middle_name = StringField(_("Patronymic"), [LINE])
    email = EmailField(_("E-mail"), [LINE])
    name = StringField(_("Organisation"), [ADDRESS])


class AppealForm(FlaskForm):
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


class DraftForm(FlaskForm):
    code = StringField(_("Code of the draft"))


class StatusForm(FlaskForm):
    number = StringField(_("Number of the appeal or of the receipt"))
    access_code = StringField(_("Access code"))


class ResendForm(FlaskForm):
    number = StringField(_("Number of the appeal or of the receipt"))
    email = EmailField(_("The e-mail you gave in the appeal"))


class WithdrawForm(FlaskForm):
    reason = TextAreaField(_("Why you withdraw it"), [ADDRESS])


class ReadingForm(FlaskForm):
    wish = TextAreaField(
        _("Which documents would you like to read"),
        [Length(max=4000, message=_("Write at most 4000 characters here."))],
    )


class ComplaintForm(FlaskForm):
    text = TextAreaField(_("What you do not agree with"))


class AddDocumentsForm(FlaskForm):
    """Only the CSRF token and the mark of the form; the files come beside it."""

    token = HiddenField()


class SurveyForm(FlaskForm):
    """Only the CSRF token: the questions are the analyst's, in forms/survey/."""


class CheckForm(FlaskForm):
    number = StringField(_("Number of the letter"))
    code = StringField(_("Check code"))


class CheckFileForm(FlaskForm):
    file = FileField(_("The letter as a file (PDF)"))
    beside = FileField(_("The signature in a file of its own (.sig, .p7s)"))
