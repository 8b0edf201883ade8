"""The desk's own forms; those of tasks are drawn by analysts and compiled by formkit."""

from collections.abc import Sequence
from typing import Any, Self

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, NumberRange, Optional

from app.appeals.cards import RequestView
from app.appeals.policy import REOPENING_GROUNDS
from app.extensions import lazy_gettext as _

CHANNELS = (
    ("post", _("By post")),
    ("in_person", _("Brought in person")),
    ("reception", _("At a personal reception")),
    ("forwarded", _("Forwarded by another body")),
    ("epgu", _("State services portal (EPGU)")),
    ("pos", _("Feedback platform (POS)")),
    ("medo", _("Inter-agency document flow (MEDO)")),
    ("phone", _("By telephone")),
    ("box", _("From the letter box")),
    ("telegram", _("By telegram")),
    ("fax", _("By fax")),
)
KINDS = (
    ("citizen", _("Citizen")),
    ("organisation", _("Organisation")),
    ("representative", _("Representative")),
)
GROUNDS = (
    ("exceptional", _("Exceptional case")),
    ("request", _("Documents were requested from another body")),
)


def _listed(pairs: Sequence[tuple[str, Any]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in pairs]


def stripped(value: str | None) -> str | None:
    return value.strip() if value else value


class DeskForm(FlaskForm):
    def show(self, errors: dict[str, Sequence[Any]]) -> list[str]:
        """Put sentences beside their fields; return those that have no field here."""
        rest = []
        for name, sentences in errors.items():
            if name in self._fields:
                self[name].errors = [str(one) for one in sentences]
            else:
                rest += [str(one) for one in sentences]
        return rest


class IntakeForm(DeskForm):
    """An appeal that did not come through the site; `token` marks the form: it makes one appeal."""

    token = HiddenField()
    channel = RadioField(_("How it came"), choices=_listed(CHANNELS), default="post")
    received_on = DateField(_("Date of receipt"), validators=[Optional()])
    sender = StringField(_("Body that forwarded it"), filters=[stripped])
    sender_number = StringField(_("Number of its letter"), filters=[stripped])
    sender_date = DateField(_("Date of its letter"), validators=[Optional()])
    sender_due_on = DateField(_("Its own term"), validators=[Optional()])
    kind = RadioField(_("Who applies"), choices=_listed(KINDS), default="citizen")
    name = StringField(_("Name of the organisation"), filters=[stripped])
    last_name = StringField(_("Surname"), filters=[stripped])
    first_name = StringField(_("First name"), filters=[stripped])
    middle_name = StringField(_("Patronymic"), filters=[stripped])
    no_middle_name = BooleanField(_("No patronymic"))
    represented = StringField(_("On whose behalf"), filters=[stripped])
    postal_address = TextAreaField(_("Postal address"), filters=[stripped])
    email = StringField(_("E-mail"), filters=[stripped])
    phone = StringField(_("Telephone"), filters=[stripped])
    reply_channel = RadioField(
        _("Reply"),
        choices=_listed((("post", _("By post")), ("email", _("By e-mail")))),
        default="post",
    )
    addressee = StringField(_("Whom it is addressed to"), filters=[stripped])
    text = TextAreaField(_("Text or substance"))
    place = StringField(_("Place of the problem"), filters=[stripped])

    def command(self, uploads: Sequence[str]) -> dict[str, Any]:
        """The shape that `SubmitAppeal.of` reads."""
        return {
            "applicant": {
                name: self[name].data
                for name in (
                    "kind",
                    "name",
                    "last_name",
                    "first_name",
                    "middle_name",
                    "no_middle_name",
                    "represented",
                    "postal_address",
                    "email",
                    "phone",
                )
            },
            "channel": self.channel.data,
            "received_on": self.received_on.data,
            "source": {
                "organisation": self.sender.data,
                "number": self.sender_number.data,
                "date": self.sender_date.data,
                "due_on": self.sender_due_on.data,
            },
            "reply_channel": self.reply_channel.data,
            "addressee": self.addressee.data,
            "text": self.text.data,
            "place": self.place.data,
            "files": list(uploads),
        }


class ExtensionForm(DeskForm):
    """Ask the manager for more time."""

    days = IntegerField(
        _("For how many days"), default=30, validators=[InputRequired(), NumberRange(1, 30)]
    )
    ground = SelectField(_("Ground"), choices=_listed(GROUNDS))
    request = SelectField(
        _("Which request"),
        choices=[SelectChoice("", _("the latest one without an answer"))],
        validate_choice=False,
    )
    reason = TextAreaField(
        _("Reason"),
        filters=[stripped],
        validators=[InputRequired(_("Write the reason: the citizen will be told it."))],
    )

    def offer(self, requests: Sequence[RequestView]) -> Self:
        """Offer the requests that were sent; one without an answer is the likelier ground."""
        sent = [one for one in requests if one.sent_on]
        if not sent:
            del self.request
            return self
        self.request.choices += [
            SelectChoice(str(one.id), f"{one.organisation}, № {one.number or '—'}") for one in sent
        ]
        if not self.is_submitted() and any(one.state == "waiting" for one in sent):
            self.ground.data = "request"
        return self


class HandOverForm(DeskForm):
    """Give the task of one person to another."""

    to = StringField(
        _("To whom"), filters=[stripped], validators=[InputRequired(_("Choose a person."))]
    )
    reason = TextAreaField(
        _("Reason"), filters=[stripped], validators=[InputRequired(_("Write the reason."))]
    )


class BulkAssignForm(DeskForm):
    """Give the selected tasks, or the appeals under review, to one person."""

    executor = StringField(
        _("To whom"), filters=[stripped], validators=[InputRequired(_("Choose a person."))]
    )
    text = TextAreaField(
        _("What to do, or why the tasks change hands"),
        filters=[stripped],
        validators=[InputRequired(_("Write what to do, or why the tasks change hands."))],
    )
    due_on = DateField(_("Term"), validators=[Optional()])


class BulkExtendForm(DeskForm):
    """Ask the manager for more time for the selected appeals."""

    days = IntegerField(
        _("For how many days"), default=30, validators=[InputRequired(), NumberRange(1, 30)]
    )
    ground = SelectField(_("Ground"), choices=_listed(GROUNDS))
    reason = TextAreaField(
        _("Reason"),
        filters=[stripped],
        validators=[InputRequired(_("Write the reason: the citizen will be told it."))],
    )


class BulkSendForm(DeskForm):
    """Sign the selected letters, or note that they were posted."""

    posted_on = DateField(_("Date of posting, for letters on paper"), validators=[Optional()])
    confirmed = BooleanField(_("I have looked through the letters of this list"))


class ReasonForm(DeskForm):
    """What is done needs nothing but a reason."""

    reason = TextAreaField(
        _("Reason"), filters=[stripped], validators=[InputRequired(_("Write the reason."))]
    )


class PublishForm(DeskForm):
    """Put a reply on the site."""

    title = StringField(_("Title"), filters=[stripped])
    question = TextAreaField(_("What was asked"), filters=[stripped])
    answer = TextAreaField(_("What was answered"), filters=[stripped])
    confirmed = BooleanField(
        _("It concerns an indefinite circle of persons, and the text holds no personal data")
    )


class TakeDownForm(DeskForm):
    reason = TextAreaField(_("Reason"), filters=[stripped])


class ReopenForm(DeskForm):
    """Take up again what was over."""

    ground = SelectField(_("Ground"), choices=_listed(tuple(REOPENING_GROUNDS.items())))
    reason = TextAreaField(
        _("Reason"),
        filters=[stripped],
        validators=[InputRequired(_("Write the reason: the citizen will be told it."))],
    )
    due_on = DateField(_("Term"), validators=[Optional()])


class ChangeAssignmentForm(DeskForm):
    """Change an assignment that was given, or cancel it."""

    executor = StringField(_("Executor"), filters=[stripped])
    text = TextAreaField(_("What to do"), filters=[stripped])
    due_on = DateField(_("Term"), validators=[Optional()])
    reason = TextAreaField(
        _("Reason"), filters=[stripped], validators=[InputRequired(_("Write the reason."))]
    )


class SubAssignForm(DeskForm):
    """Pass an assignment on, or a part of it."""

    executor = StringField(
        _("Executor"), filters=[stripped], validators=[InputRequired(_("Name the executor."))]
    )
    text = TextAreaField(
        _("What to do"), filters=[stripped], validators=[InputRequired(_("Write what to do."))]
    )
    due_on = DateField(_("Term"), validators=[Optional()])


class SubstitutionForm(DeskForm):
    """An absence with who stands in."""

    absent = StringField(_("Who is away"), filters=[stripped])
    substitute = StringField(_("Who stands in"), filters=[stripped])
    since = DateField(_("First day"), validators=[Optional()])
    until = DateField(_("Last day"), validators=[Optional()])
