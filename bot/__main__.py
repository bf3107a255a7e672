"""The command line: arguments to a command, errors to a sentence. ``postwise`` and ``python -m bot`` are the same."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from knowledge.errors import PostwiseError

DONE, FAILED, WRONG_USE = 0, 1, 2
"""Exit statuses. Source: the contract of the command line."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns
    -------
    int
        0 done, 1 the work failed with the reason on standard error, 2 wrong use.
    """
    parsed = _parser().parse_args(arguments)
    try:
        return int(_run(parsed))
    except PostwiseError as error:
        from bot.commands.problems import sentence

        print(sentence(error), file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return DONE
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            # Whoever read our output has seen enough; Python would complain again while closing it.
            sys.stderr.close()
            return DONE
        return _fail(error)
    except Exception as error:  # noqa: BLE001 - nobody at a shell should have to read a traceback
        return _fail(error)


def _fail(error: Exception) -> int:
    from bot.commands.problems import unforeseen

    print(unforeseen(error), file=sys.stderr)
    return FAILED


def _run(parsed: argparse.Namespace) -> int:  # noqa: PLR0911 - one return for each command
    """Import only what the command needs: a question from the shell should not wait for a web server."""
    match parsed.command:
        case "ask":
            from bot.commands import ask

            return ask.run(
                district_id=parsed.district,
                text=parsed.text,
                as_json=parsed.json,
                as_lines=parsed.jsonl,
            )
        case "guidelines":
            from bot.commands import guidelines

            return guidelines.run(parsed)
        case "serve":
            from bot.commands import serve

            return serve.run(
                host=parsed.host,
                port=parsed.port,
                i_know=parsed.i_know,
                delivers=not parsed.no_deliver,
                local=parsed.local,
            )
        case "deliver":
            from bot.commands import deliver

            return deliver.run()
        case "migrate":
            from bot.commands import migrate

            return migrate.run()
        case "slack":
            from bot.commands import slack

            return slack.run(parsed)
        case "doctor":
            from bot.commands import doctor

            return doctor.run()
        case "teams":
            from bot.commands import teams

            return teams.package(website=parsed.website, developer=parsed.developer, to=parsed.to)
        case _:
            return WRONG_USE


def _port(text: str) -> int:
    """Read a port number."""
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return number


def _version(text: str) -> int:
    """Read the number of a guideline version."""
    number = int(text)
    if not 1 <= number <= 1_000_000:
        raise argparse.ArgumentTypeError("a version is a number from 1")
    return number


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="postwise", description="Answers school-district staff from their own district's social-media guidelines."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    ask = commands.add_parser("ask", help="answer one question, or one JSON object a line with --jsonl")
    ask.add_argument("text", nargs="?", metavar="TEXT", help="the question")
    ask.add_argument("--district", metavar="ID", help="whose guidelines to answer from")
    ask.add_argument("--json", action="store_true", help="print the JSON object of the contract")
    ask.add_argument("--jsonl", action="store_true", help="read one JSON object a line, write one a line")

    serve = commands.add_parser("serve", help="start the server with the local chat page")
    serve.add_argument("--local", action="store_true", help="serve the local chat page beside Slack")
    serve.add_argument("--host", help="address to listen on (POSTWISE_HOST, default 127.0.0.1)")
    serve.add_argument("--port", type=_port, help="port to listen on (POSTWISE_PORT, default 3978)")
    serve.add_argument("--i-know", action="store_true", help="let the local chat page listen on a public address")

    serve.add_argument("--no-deliver", action="store_true", help="leave what is promised to 'postwise deliver'")

    commands.add_parser("deliver", help="deliver what 'serve --no-deliver' promised; any number beside each other")
    commands.add_parser("migrate", help="bring the database up to date")
    commands.add_parser("doctor", help="check settings, database and model, and say how to fix what is wrong")

    teams = commands.add_parser("teams", help="make what Microsoft Teams needs")
    made = teams.add_subparsers(dest="action", required=True, metavar="ACTION")
    packing = made.add_parser("package", help="write the app package to upload: manifest and icons")
    packing.add_argument("--website", required=True, metavar="URL", help="an https address of your district")
    packing.add_argument(
        "--developer", default="Your school district", metavar="NAME", help="who runs this installation"
    )
    packing.add_argument("--to", type=Path, default=Path("postwise-teams.zip"), metavar="FILE")

    slack = commands.add_parser("slack", help="say which workspace is which district's, where many install Postwise")
    workspaces = slack.add_subparsers(dest="action", required=True, metavar="ACTION")
    workspaces.add_parser("list", help="list the workspaces that Postwise is installed in")
    tie = workspaces.add_parser("tie", help="say whose district a workspace is")
    tie.add_argument("team", metavar="TEAM", help="id of the workspace, like T0123ABCD")
    tie.add_argument("--district", required=True, metavar="ID")
    tie.add_argument("--channel", default="", metavar="CHANNEL", help="id of its specialist channel, like C0123ABCD")
    untie = workspaces.add_parser("untie", help="say that a workspace is no district's any more")
    untie.add_argument("team", metavar="TEAM")

    guidelines = commands.add_parser("guidelines", help="import, list and publish guideline documents")
    actions = guidelines.add_subparsers(dest="action", required=True, metavar="ACTION")
    load = actions.add_parser("import", help="read a document into clauses as a new draft version")
    load.add_argument("file", type=Path, metavar="FILE", help=".txt .md .html .docx or .pdf")
    load.add_argument("--district", required=True, metavar="ID")
    load.add_argument("--dry-run", action="store_true", help="store nothing")
    load.add_argument("--json", action="store_true", help="print the clauses as JSON")
    publish = actions.add_parser("publish", help="put an imported version in force")
    publish.add_argument("--district", required=True, metavar="ID")
    publish.add_argument("--version", required=True, type=_version)
    listing = actions.add_parser("list", help="list a district's versions")
    listing.add_argument("--district", required=True, metavar="ID")
    return parser


if __name__ == "__main__":
    sys.exit(main())
