"""What can go wrong with a form, named for what happened."""

from collections.abc import Mapping, Sequence


class UnsupportedForm(Exception):
    """The schema asks for something that the compiler does not have.

    `form` and `field` say where, `reason` says what and what to do instead.
    """

    def __init__(self, form: str, field: str | None, reason: str) -> None:
        place = f"form {form}, field {field}" if field else f"form {form}"
        super().__init__(f"{place}: {reason}")
        self.form = form
        self.field = field
        self.reason = reason


class FormInvalid(Exception):
    """Answers that cannot be taken; `errors` holds sentences for each field, ready to be shown."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        super().__init__(", ".join(errors))
        self.errors = {key: list(sentences) for key, sentences in errors.items()}
