"""The forms of signing in."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, RadioField, SelectChoice, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from app.access.policy import AT_ONCE, REMINDERS
from app.extensions import lazy_gettext as _


class StaffForm(FlaskForm):
    """A form of these pages."""


class SignInForm(StaffForm):
    login = StringField(_("Login"), [InputRequired(_("Enter your login.")), Length(max=100)])
    password = PasswordField(
        _("Password"), [InputRequired(_("Enter your password.")), Length(max=1000)]
    )
    next = HiddenField()


class ForgottenForm(StaffForm):
    who = StringField(
        _("Login or e-mail"), [InputRequired(_("Enter your login or e-mail.")), Length(max=254)]
    )


class NewPasswordForm(StaffForm):
    new = PasswordField(_("New password"), [InputRequired(_("Enter a new password."))])
    again = PasswordField(
        _("New password once more"),
        [
            InputRequired(_("Enter the new password once more.")),
            EqualTo("new", _("The two new passwords differ.")),
        ],
    )


class CodeForm(StaffForm):
    code = StringField(_("Code"), [InputRequired(_("Enter the code.")), Length(max=50)])


class PresentPasswordForm(StaffForm):
    """Asks who is signed in for the password again before a deed."""

    password = PasswordField(
        _("Present password"), [InputRequired(_("Enter your present password."))]
    )
    deed = HiddenField()


class PasswordForm(NewPasswordForm):
    old = PasswordField(_("Present password"), [InputRequired(_("Enter your present password."))])


class RemindersForm(StaffForm):
    reminders = RadioField(
        _("Reminders of terms by e-mail"),
        choices=[SelectChoice(value, label) for value, label in REMINDERS.items()],
        default=AT_ONCE,
    )
