"""Templates compiled once for each language, with their fixed words in it.

A page has some sixty `_("…")`. Looked up at each rendering they took a third of its time, though
what they say is known when the template is compiled; and so is the answer to `locale()`.
"""

from collections.abc import Callable, Mapping, MutableMapping
from types import FunctionType, MethodType
from typing import Any

from flask.templating import Environment
from jinja2 import Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, Macro
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape
from markupsafe import _escape_inner as _escaped_text  # type: ignore[attr-defined]  # what `escape` itself asks

from app.extensions import gettext, in_language, locale

_PLAIN = frozenset({FunctionType, MethodType})
_GETTEXT = frozenset({"_", "gettext"})
#: Under these Jinja hands the names of a loop or a block to functions that want the context.
_NAMES = frozenset({"_loop_vars", "_block_vars"})


class _Context(Context):
    """Knows a macro and a plain function for what they are; others are asked what they want."""

    def call(self, asked: Callable[..., Any], /, *args: Any, **told: Any) -> Any:
        if type(asked) is Macro:
            return asked(self.eval_ctx, *args, **told)
        if type(asked) in _PLAIN and not hasattr(asked, "jinja_pass_arg"):
            return asked(*args, **told)
        return super().call(asked, *args, **told)


def _shown(value: Any) -> Any:
    """What stands in a page for a value: the text of `escape`, unmarked.

    It goes straight into the page, where nobody asks any more whether it is safe; to mark a text
    took ten times as long as to escape it.
    """
    kind = type(value)
    if kind is Markup:
        return value
    return _escaped_text(value) if kind is str else escape(value)


class _Generator(CodeGenerator):
    """Jinja's own, for pages whose values mostly are texts and safe already."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if finalize.src is not None or frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.shown(")

    def signature(
        self, node: Any, frame: Frame, extra_kwargs: Mapping[str, Any] | None = None
    ) -> None:
        """What is told to whom is called: no function of ours asks for the names of a loop."""
        told = {name: one for name, one in (extra_kwargs or {}).items() if name not in _NAMES}
        super().signature(node, frame, told or None)


class SpokenEnvironment(Environment):
    """Hands out each template in the language of the moment."""

    context_class = _Context
    code_generator_class = _Generator
    shown = staticmethod(_shown)
    #: That of an environment which compiles; None of the one the application has.
    language: str | None = None

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: Mapping[str, Any] | None = None,  # noqa: A002  # the library's name
    ) -> Template:
        if self.language is None:
            return self._speaking(locale()).get_template(name, parent, globals)
        return super().get_template(name, parent, globals)  # type: ignore[arg-type]  # as above

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The words of every template in one piece: each rendering looks through all of them."""
        return {**self.globals, **(d or {})}

    def _speaking(self, language: str) -> "SpokenEnvironment":
        known: dict[str, SpokenEnvironment] = self.__dict__.setdefault("_languages", {})
        if language not in known:
            made: Any = self.overlay()
            made.language = language
            known[language] = made
        return known[language]

    def _generate(self, source: nodes.Template, name: Any, *more: Any, **how: Any) -> str:
        if self.language is not None:
            escaped = self.autoescape(name) if callable(self.autoescape) else self.autoescape
            with in_language(self.language):
                source = _Speaker(self.language, escaped=escaped).visit(source)
        return super()._generate(source, name, *more, **how)


class _Speaker(NodeTransformer):
    """Puts words in the place of calls that ask for them; what is told in them stays to be told."""

    def __init__(self, language: str, *, escaped: bool) -> None:
        self._language = language
        self._safe: Callable[[nodes.Expr], nodes.Expr] = nodes.MarkSafe if escaped else _as_it_is

    def visit_Call(self, call: nodes.Call) -> nodes.Node:  # noqa: N802  # the library's name
        self.generic_visit(call)
        if isinstance(call.node, nodes.Name) and call.node.name == "locale":
            return nodes.Const(self._language, lineno=call.lineno)
        if not _asks_for_words(call):
            return call
        said: Any = call.args[0]
        words = gettext(said.value)
        if not call.kwargs:
            return self._safe(nodes.Const(words % {}, lineno=call.lineno))
        told = [
            nodes.Pair(nodes.Const(one.key), one.value, lineno=call.lineno) for one in call.kwargs
        ]
        known = nodes.Dict(told, lineno=call.lineno)
        return nodes.Mod(self._safe(nodes.Const(words)), known, lineno=call.lineno)


def _asks_for_words(call: nodes.Call) -> bool:
    return (
        isinstance(call.node, nodes.Name)
        and call.node.name in _GETTEXT
        and call.dyn_args is None
        and call.dyn_kwargs is None
        and len(call.args) == 1
        and isinstance(call.args[0], nodes.Const)
        and isinstance(call.args[0].value, str)
    )


def _as_it_is(words: nodes.Expr) -> nodes.Expr:
    return words
