"""Forms that analysts draw (form-js JSON) made into forms that people fill in.

A schema is compiled once into a `Form`. The same rules check what a page posts and what a script
sends; the page gets WTForms fields whose HTML attributes say the same. The room knows nothing of
appeals, people or the database: what has to be looked up is asked through a `Resolver`.
"""

from flask import Blueprint, Flask

from app.formkit.bound import ADD_ROW, BoundField, BoundForm
from app.formkit.errors import FormInvalid, UnsupportedForm
from app.formkit.form import Form, compile_form
from app.formkit.resolver import Resolver
from app.formkit.rules import spelt_out
from engine import Field, Group, Option, Static

__all__ = [
    "ADD_ROW",
    "BoundField",
    "BoundForm",
    "Field",
    "Form",
    "FormInvalid",
    "Group",
    "Option",
    "Resolver",
    "Static",
    "UnsupportedForm",
    "compile_form",
    "init_app",
    "spelt_out",
]


def init_app(app: Flask) -> None:
    """Let every page import the macros of `formkit/field.html`."""
    app.register_blueprint(Blueprint("formkit", __name__, template_folder="templates"))
