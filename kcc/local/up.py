"""bin/up: the whole system on this machine, from nothing to a page in the browser."""

import argparse
import http.client
import os
import shutil
import subprocess
import sys
import time

from kcc.local.console import Console, Tail
from kcc.local.database import Database
from kcc.local.environment import PORT, SMTP_PORT, Choices, environment, manage_command
from kcc.local.keeper import Hold, alive, ensure_keeper, is_free
from kcc.local.lock import Lock
from kcc.local.manage import migrate
from kcc.local.place import ROOT, SPACE_LEFT, Place
from kcc.local.programs import others, web
from kcc.local.statics import collect
from kcc.local.supervisor import Supervisor
from kcc.local.trouble import Trouble
from kcc.local.watch import Watch

STOP_WITHIN = 3.0  # seconds for our own programs; PostgreSQL and Valkey get the rest of five
LOGINS = ROOT / "kcc" / "demo" / "logins.txt"


def main(arguments: list[str]) -> int:
    """Run everything until Ctrl-C."""
    options = parse(arguments)
    place = Place.own()
    mine = Lock(place.run / "up.lock")
    if not mine.take(within=0):
        running = place.noted("up")
        raise Trouble(
            f"It is already running at http://localhost:{running.get('port', PORT)}. "
            f"Stop it there with Ctrl-C, or with: kill {running.get('pid', '?')}"
        )
    if options.reset:
        reset(place, sure=options.yes)
    place.require_space(SPACE_LEFT)
    require_ports(options)
    place.note("up", {"pid": os.getpid(), "port": options.port})
    choices = Choices(options.port, options.smtp_port, demo=Choices.of(place).demo and not options.empty)
    console = Console()
    env, held = environment(place, choices)
    prepare(place, choices, env, console)
    supervisor = Supervisor(console.line)
    supervisor.obey_signals()
    try:
        serve(place, choices, env, supervisor, console, held)
    finally:
        console.say("Stopping ...")
        supervisor.stop(within=STOP_WITHIN)
        let_go(place, held)
        console.say("Stopped; the data stays in " + str(place.var))
    return 0


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/up",
        description="Set up the contact centre on this machine and run it until Ctrl-C. The data stays in var/.",
        epilog="Set DATABASE_URL and REDIS_URL to use servers of your own, SMTP_HOST to really send mail.",
    )
    parser.add_argument("--port", type=port, default=PORT, help="the web pages' port; pushes use the one above it")
    parser.add_argument("--smtp-port", type=port, default=SMTP_PORT, help="where e-mail is taken in")
    parser.add_argument("--empty", action="store_true", help="start without the demo: roles and one administrator only")
    parser.add_argument("--reset", action="store_true", help="throw away all data in var/ first")
    parser.add_argument("--yes", action="store_true", help="do not ask whether --reset is meant")
    return parser.parse_args(arguments)


def port(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 65534:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65534")
    return number


def reset(place: Place, *, sure: bool) -> None:
    """Throw away everything in var/ but the locks, after asking."""
    if not sure:
        if not sys.stdin.isatty():
            raise Trouble("--reset throws away all data in var/. Nobody is here to confirm it: add --yes.")
        if input(f"Throw away all data in {place.var}? Type yes: ").strip().lower() != "yes":
            raise Trouble("Nothing was thrown away.")
    use = Lock(place.run / "use.lock")
    if not use.take(within=10):
        raise Trouble("A bin/manage command is still using the database. End it, and try again.")
    for path in place.var.iterdir():
        if path.name == "run":
            for note in path.glob("*.json"):
                note.unlink()
        elif path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    use.free()


def require_ports(options: argparse.Namespace) -> None:
    spare = options.port + 10
    for number, advice in (
        (options.port, f"bin/up --port {spare}"),
        (options.port + 1, f"bin/up --port {spare}"),
        (options.smtp_port, f"bin/up --smtp-port {options.smtp_port + 10}"),
    ):
        if not is_free(number):
            reason = "may not be used by you" if number < 1024 and os.geteuid() != 0 else "is taken by another program"
            raise Trouble(f"Port {number} {reason}. Take another one: {advice}")


def prepare(place: Place, choices: Choices, env: dict[str, str], console: Console) -> None:
    """Bring tables, static files and the first data up to date, skipping what was done before."""
    database = Database(env["DATABASE_URL"])
    collecting = collect(place, env)
    if not database.up_to_date(place):
        console.say("Bringing the database up to date ...")
        migrate(env)
        database.note_up_to_date(place)
    if database.has_people():
        choices = Choices(choices.port, choices.smtp_port, demo=Choices.of(place).demo)
    else:
        console.say("Filling the database for the first time ...")
        seed(env, choices)
    choices.keep(place)
    if collecting is not None:
        collecting.finish()


def seed(env: dict[str, str], choices: Choices) -> None:
    command = manage_command("seed", *([] if choices.demo else ["--empty"]))
    done = subprocess.run(command, env=env, cwd=ROOT, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise Trouble("The database could not be filled; the lines above say why. Start again with: bin/up --reset")


def serve(
    place: Place, choices: Choices, env: dict[str, str], supervisor: Supervisor, console: Console, held: Hold | None
) -> None:
    """Start the programs, the pages first, and keep them going until asked to stop."""
    tail = Tail(place.log / "services.log")
    supervisor.start(web(choices, env))
    supervisor.wait_for(lambda: answers(choices.port), within=60, name="web")
    for program in others(choices, env):
        supervisor.start(program)
    if not supervisor.stopping:
        announce(choices, console)
    checked = time.monotonic()
    watch = Watch(Database(env["DATABASE_URL"]), supervisor, lambda: held is None or held.valkey.ready())
    while not supervisor.stopping:
        supervisor.turn(1.0)
        watch.look()
        for line in tail.lines():
            tell(line, console)
        if held is not None and time.monotonic() > checked + 2:
            checked = time.monotonic()
            if not alive(place):
                console.line("postgres", "their keeper was killed; starting PostgreSQL and Valkey again")
                ensure_keeper(place)


def answers(number: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", number, timeout=10)
    try:
        connection.request("GET", "/health/live", headers={"Host": "localhost"})
        connection.getresponse().read()
    except OSError:
        return False
    finally:
        connection.close()
    return True


def tell(line: str, console: Console) -> None:
    """Show what PostgreSQL and Valkey complain about, not what they are doing as always."""
    _, name, text = [*line.split(" ", 2), "", ""][:3]
    if "overcommit" not in text and any(word in text for word in ("WARNING", "ERROR", "FATAL", "PANIC", "ended (")):
        console.line(name, text)


def announce(choices: Choices, console: Console) -> None:
    rule = "-" * 72
    console.say(f"\n{rule}\n  The contact centre is at  http://localhost:{choices.port}")
    console.say(f"  E-mail to it goes to      localhost:{choices.smtp_port} (SMTP)")
    if choices.demo and LOGINS.exists():
        console.say("")
        for line in LOGINS.read_text().splitlines():
            console.say(f"  {line}")
    else:
        console.say("  An account for you:       bin/manage createsuperuser")
    console.say(f"\n  Stop with Ctrl-C.\n{rule}\n")


def let_go(place: Place, held: Hold | None) -> None:
    """Let PostgreSQL and Valkey go, and see them end, unless some other command still needs them."""
    if held is None:
        return
    held.free()
    keeper = Lock(place.run / "keeper.lock")
    keeper.take(within=2.0)
    keeper.free()
