"""Where the value of an option came from: the command line, a variable, or the configuration file."""

import os
from typing import Any

from sitemap_cli import configuration
from sitemap_cli.cli.framework.config_defaults import FILE, list_ancestors, name_key, name_variable
from sitemap_cli.errors import SitemapError


def find_source(context: Any, name: str) -> str:
    """Return where a value comes from: COMMANDLINE, ENVIRONMENT, DEFAULT_MAP (the file) or DEFAULT."""
    found = context.get_parameter_source(name)
    return "DEFAULT" if found is None else str(found.name)


def describe_origin(context: Any, parameter: Any) -> str:
    """Return the option, its variable, or the file with the key, whichever has set the value."""
    name = str(max(parameter.opts, key=len))
    source = find_source(context, parameter.name)
    if source == "COMMANDLINE":
        return name
    # Typer does not know the variables of options that take several values.
    if os.environ.get(variable := name_variable(parameter.name)):
        return variable
    path = context.meta.get(FILE)
    if path is not None and source == "DEFAULT_MAP":
        trail = [str(each.info_name) for each in list_ancestors(context)]
        return f"{path}: {'.'.join([*trail, name_key(parameter)])}"
    if path is not None and parameter.name in configuration.list_settings_in(path):
        return f"{path}: {name_key(parameter)}"
    return name


def relocate_error(error: SitemapError, context: Any) -> None:
    """Change an error about an option to name what has set its value, if that is not the command line."""
    flag, blank, value = (error.where or "").partition(" ")
    for each in context.command.params if flag.startswith("--") else ():
        if flag in each.opts:
            error.where = f"{describe_origin(context, each)}{blank}{value}"
