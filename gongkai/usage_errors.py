"""Explains wrong arguments and options in sentences, in the language of the command line.

Typer has a copy of click or uses click itself, and translates neither. Its errors are recognised by
name, because their classes are public in neither case.
"""

import re
from collections.abc import Mapping
from gettext import gettext as _
from typing import Any

import typer
from pydantic import ValidationError

from gongkai.settings_errors import describe_range

UsageError: type[Exception] = typer.BadParameter.__mro__[1]
_EXTRA = re.compile(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", re.DOTALL)


def explain_usage(error: Any) -> str:
    """Returns the mistake and the command that shows the help; "" if the help was just printed."""
    if type(error).__name__ == "NoArgsIsHelpError":
        return ""
    said = _explain(error)
    if error.ctx is None:
        return said
    see = _("See {command} --help.").format(command=error.ctx.command_path)
    return f"{said}\n{see}"


def _explain(error: Any) -> str:
    match type(error).__name__:
        case "MissingParameter":
            return _("{name} is missing.").format(name=_name(error))
        case "NoSuchOption":
            return _explain_unknown(error)
        case "BadOptionUsage":
            needs = _("The option {name} needs a value.")
            takes_none = _("The option {name} takes no value.")
            said = takes_none if "does not take" in error.message else needs
            return said.format(name=error.option_name)
        case "BadParameter":
            return _explain_value(error)
    if extra := _EXTRA.fullmatch(error.message):
        return _("Too many arguments: {words}.").format(words=extra[1])
    return str(error.format_message())


def _explain_unknown(error: Any) -> str:
    said = _("There is no option {name}.").format(name=error.option_name)
    if not error.possibilities:
        return said
    names = ", ".join(sorted(error.possibilities))
    return said + _(" Did you mean {names}?").format(names=names)


def _explain_value(error: Any) -> str:
    """Returns the allowed values for a fault that pydantic found, else the message as it is."""
    cause = error.__cause__
    if not isinstance(cause, ValidationError):
        name = _name(error)
        return f"{name}: {error.message}" if name else str(error.message)
    fault = cause.errors(include_url=False)[0]
    expected = _describe(error.param, fault)
    return _("{place} is {show}; write {expected}.").format(
        place=_name(error), show=fault["input"], expected=expected
    )


def _describe(parameter: Any, fault: Mapping[str, Any]) -> str:
    kind = parameter.type_descriptor
    if kind.is_choice:
        choices = ", ".join(str(getattr(each, "value", each)) for each in kind.choices)
        return _("one of {choices}").format(choices=choices)
    bounds = describe_range({"ge": kind.parameter_info.min, "le": kind.parameter_info.max})
    if fault["type"].startswith("int") or kind.annotation is int:
        return _("a whole number{range}").format(range=bounds)
    return _("a number{range}").format(range=bounds)


def _name(error: Any) -> str:
    """Returns the option or argument as the user writes it."""
    if isinstance(error.param_hint, str):
        return str(error.param_hint)
    if error.param is None:
        return ""
    options = [each for each in error.param.opts if each.startswith("--")]
    return str(options[0] if options else error.param.metavar or error.param.name)
