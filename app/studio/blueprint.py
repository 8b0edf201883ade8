"""The blueprint of the studio and what its pages share."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, request
from flask_wtf import FlaskForm

from app.access import policy
from app.access.web import acting_person, current_person
from app.errors import Invalid
from app.extensions import gettext as _
from app.outbox.services import list_parked
from app.studio import failures, letter_words, words
from app.workflow.incidents import incidents

bp = Blueprint("studio", __name__, url_prefix="/studio", template_folder="templates")

PAGE = 50


class StudioForm(FlaskForm):
    """A form whose refusals by a use case are shown beside its fields."""

    def show(self, refusal: Invalid) -> None:
        """Put sentences beside their fields; what has no field here is said above the page."""
        if not refusal.fields:
            flash(str(refusal), "error")
        for name, sentences in refusal.fields.items():
            if name in self._fields:
                self[name].errors = [str(one) for one in sentences]
            else:
                flash(" ".join(str(one) for one in sentences), "error")

    def carried_out(self, use_case: Callable[[], Any]) -> bool:
        """Whether the form is in order and the use case took it."""
        if not self.validate():
            return False
        try:
            use_case()
        except Invalid as refusal:
            self.show(refusal)
            return False
        return True

    @property
    def errors_by_id(self) -> list[tuple[str, str]]:
        """What is wrong, for the summary above a form: (id of the field, sentence)."""
        return [(field.id, str(sentence)) for field in self for sentence in field.errors]


def actor() -> str:
    return acting_person().login


def page_number() -> int:
    """The page asked for, from 1; nonsense means the first."""
    asked = request.args.get("page", "1")
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 7 else 1


@bp.context_processor
def _words() -> dict[str, Any]:
    return {
        "admin_tabs": admin_tabs,
        "is_code": words.is_code,
        "key_name": words.key_name,
        "element_kind": words.element_kind,
        "actor_name": words.actor_name,
        "failure": failures.told,
        "fault_text": letter_words.fault_text,
        "job_name": words.job_name,
        "layout_name": letter_words.layout_name,
        "note_text": words.note_text,
        "part_name": letter_words.part_name,
        "rule_text": words.rule_text,
        "sheet_name": letter_words.sheet_name,
        "text_audience": letter_words.AUDIENCES.get,
        "text_facts": letter_words.facts,
        "text_name": letter_words.text_name,
        "value_name": words.value_name,
    }


def admin_tabs() -> list[tuple[str, str, str, int | None]]:
    """Tabs of the administrator's pages: key, endpoint, text, count of what waits."""
    if not policy.may(current_person(), "people.read"):
        return []
    return [
        ("people", "studio.list_people", _("People"), None),
        ("roles", "studio.roles", _("Roles"), None),
        ("structure", "studio.structure", _("Structure"), None),
        ("signing", "studio.list_authorities", _("Right to sign"), None),
        ("trust", "studio.trust", _("Trust in signatures"), None),
        ("organisations", "studio.list_organisations", _("Organisations"), None),
        ("body", "studio.the_body", _("The body"), None),
        ("settings", "studio.settings", _("Settings"), None),
        ("deliveries", "studio.deliveries", _("Deliveries"), len(list_parked()) or None),
        ("incidents", "studio.list_incidents", _("Incidents"), len(incidents()) or None),
        ("journal", "studio.journal", _("Journal"), None),
    ]
