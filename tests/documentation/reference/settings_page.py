"""The page of settings: every option that is not one of a single command."""

from sitemap_cli.cli.framework.command_outline import CommandOutline, ParameterOutline
from sitemap_cli.settings import Settings
from tests.documentation.reference.markdown_parts import format_code, format_head, format_table, format_text

# As it is in the help.
USER_AGENT = Settings().user_agent
INTRODUCTION = """Every option of every command has three names: a flag, an environment variable and a key of the configuration
file. This page has the settings that commands share; the options of a single command are on
[its page](commands/index.md)."""

PRECEDENCE = """## Which value is used

1. the flag, before or after the name of the command
2. the environment variable
3. the configuration file
4. the default

An option that takes several values has one on each line of its variable, and a list in the file. A flag that is off by default
is turned on by `1` or `true` in a variable, by `true` in the file. A value in a place replaces the values of the places below; lists
are not joined. A variable that begins with `SITEMAP_` and belongs to no option is reported and ignored; an unknown key of the
file is an error.

Durations are in seconds or have a unit (`500ms`, `10m`, `1h30m`, `7d`), sizes are in bytes or have one (`50MB` is
50,000,000 bytes, `50MiB` is 52,428,800), in all three places."""

FILE = """## The configuration file

The nearest `sitemap.toml`, or `pyproject.toml` with a table `[tool.sitemap]`, from the working folder upwards. `--config FILE` or
`SITEMAP_CONFIG` names another one. Only one file is read. `-v` names it.

```toml
# sitemap.toml: settings of all commands are at the top
database = "/var/lib/sitemap/sitemap.db"
user-agent = "example-audit/1.0 (+https://example.com/audit)"
delay = 0.5

[check]              # options of one command are in its table
fail-on = "warning"

[jobs.list]          # those of a command of a group, too
limit = 20
```

```toml
# pyproject.toml
[tool.sitemap]
delay = 0.5

[tool.sitemap.check]
fail-on = "warning"
```

A relative path of a setting on this page is relative to the folder of the file; one in the table of a command to the working folder."""

TRUST = """## Files that were found

A file that was found, not named, may be part of the checkout of another project. So it has less power:

- It is not read if it belongs to another user, or if every user may write to it or to its folder. A note says so.
- It cannot send your secrets elsewhere. Where it sets {redirections} or a database server, while {secrets} come from flags or the
  environment (or the password of the database from `PGPASSWORD`, `PGPASSFILE` or `~/.pgpass`), the command exits with 2 and names the
  key.
- The output files that it names must be below its own folder.

`--config FILE` gives a file full power."""


def build_settings(outline: CommandOutline) -> str:
    """Return the page."""
    from sitemap_cli.configuration_trust import HTTP_SECRETS, REDIRECTIONS

    trust = TRUST.format(
        redirections=", ".join(format_code(each.replace("_", "-")) for each in REDIRECTIONS),
        secrets=", ".join(format_code(f"--{each}") for each in HTTP_SECRETS),
    )
    panels = [_format_panel(name, parameters) for name, parameters in collect_panels(outline).items()]
    return "\n\n".join((format_head("Settings", INTRODUCTION), PRECEDENCE, *panels, FILE, trust))


def collect_panels(outline: CommandOutline) -> dict[str, dict[str, list[ParameterOutline]]]:
    """Return the settings by panel and group, each once."""
    from sitemap_cli import settings

    panels: dict[str, dict[str, list[ParameterOutline]]] = {each: {} for each in settings.PANELS}
    seen = set[str]()
    for command in outline.walk():
        for each in command.options:
            if each.panel in panels and each.variable and each.name not in seen and not _is_renamed(each):
                seen.add(each.name)
                panels[each.panel].setdefault(each.group, []).append(each)
    return panels


def _is_renamed(option: ParameterOutline) -> bool:
    """Return whether a command has another option of the same name, so that this one has another flag here."""
    return f"--{option.name.replace('_', '-')}" not in option.flags


def _format_panel(name: str, groups: dict[str, list[ParameterOutline]]) -> str:
    parts = [f"## {name}"]
    for group, options in groups.items():
        parts.extend([f"### {group}"] if group else [])
        rows = [format_option(each) for each in options]
        parts.append(format_table(("flag", "meaning", "default", "variable", "key"), rows))
    return "\n\n".join(parts)


def format_option(option: ParameterOutline) -> tuple[str, ...]:
    """Return the row of an option."""
    table, _, key = option.key.rpartition(".")
    place = f"{format_code(key)} in {format_code(f'[{table}]')}" if table else format_code(key)
    default = hide_version(option.default)
    if default[:1].isalnum() and " " not in default:
        default = format_code(default)
    return format_code(option.spelling), describe_option(option), default, format_code(option.variable), place


def hide_version(text: str) -> str:
    """Return text without the version of this commit: it is another one in each."""
    return text.replace(USER_AGENT, "sitemap/VERSION")


def describe_option(option: ParameterOutline) -> str:
    """Return what an option is for, its choices and its minimum."""
    parts = [format_text(option.help)]
    if option.minimum is not None and option.minimum > 0 and option.metavar == "N":
        parts.append(f"At least {option.minimum:g}.")
    if (
        option.is_repeatable
        and "epeatable" not in option.help
        and "epeated" not in option.help
        and option.flags
    ):
        parts.append("Repeatable.")
    return " ".join(parts)
