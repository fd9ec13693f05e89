"""The `amate` command. Each command says in one line what it does; `amate COMMAND --help` says the rest."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence

Command = Callable[[Sequence[str]], int]


def _demo(argv: Sequence[str]) -> int:
    """the whole product with two invented companies, a PAC without validity and a mailbox"""
    _no_arguments("demo", _demo, argv)
    _django()
    from amate.sandbox.demo import demo

    return demo()


def _serve(argv: Sequence[str]) -> int:
    """keep server, web and worker alive until Ctrl-C (production, one machine)"""
    _no_arguments("serve", _serve, argv)
    _django()
    from amate.running.serve import serve

    return serve()


def _worker(argv: Sequence[str]) -> int:
    """keep promises: seal, stamp, deliver; start as many as you like"""
    _no_arguments("worker", _worker, argv)
    _django()
    from amate.worker.run import main as run

    return run()


def _migrate(argv: Sequence[str]) -> int:
    """bring the database up to date (needs AMATE_OWNER_DATABASE_URL, or the embedded server)"""
    _no_arguments("migrate", _migrate, argv)
    _django()
    from amate.running.prepare import prepare_only

    prepare_only()
    return 0


def _company(argv: Sequence[str]) -> int:
    """`add` a company and its owner, or keep its new `csd`"""
    _django()
    from amate.running.company import main as run

    return run(argv)


def _person(argv: Sequence[str]) -> int:
    """a way back in for a person: `reset-second-step`, or another `password`"""
    _django()
    from amate.running.person import main as run

    return run(argv)


def _backup(argv: Sequence[str]) -> int:
    """everything in one file, but for the keys"""
    _django()
    from amate.running.backup import main as run

    return run(argv)


def _restore(argv: Sequence[str]) -> int:
    """a backup into an empty installation"""
    from amate.running.home import amate_home, whose_home

    owner = whose_home()
    if owner:  # before the settings are read, which already makes keys
        print(
            f"{amate_home()} es de {owner}, y root dejaría ahí llaves que {owner} no puede abrir. Corre esta orden como esa "
            f"persona: runuser -u {owner} -- amate restore … (con los pasos de docs/running basta `sudo amate restore …`).",
            file=sys.stderr,
        )
        return 1
    _django()
    from amate.running.restore import main as run

    return run(argv)


def _audit(argv: Sequence[str]) -> int:
    """`verify` that nobody changed what was noted of every act"""
    _django()
    from amate.running.audit import main as run

    return run(argv)


def _export(argv: Sequence[str]) -> int:
    """every XML of a company and a CSV of everything"""
    _django()
    from amate.running.export import main as run

    return run(argv)


def _watch_folder(argv: Sequence[str]) -> int:
    """files of sales left in a folder become notes, and the answer lies beside them"""
    _django()
    from amate.running.watch_folder import main as run

    return run(argv)


def _catalogs(argv: Sequence[str]) -> int:
    """`show`, `check` or `adopt` newer catalogues of the SAT"""
    _django()
    from amate.running.catalogs import main as run

    return run(argv)


def _doctor(argv: Sequence[str]) -> int:
    """what is wrong with this installation, and what mends it"""
    from amate.sandbox.demo_environment import take_environment

    take_environment()
    _django()
    from amate.running.doctor import main as run

    return run(argv)


def _secrets(argv: Sequence[str]) -> int:
    """`rotate` the master key; `adopt` another key for sessions and links"""
    _django()
    from amate.running.master_key import main as run

    return run(argv)


def _sandbox_pac(argv: Sequence[str]) -> int:
    """the PAC simulator: real checks, real stamps, SIN VALIDEZ FISCAL"""
    from amate.sandbox.pac.run import main as run

    return run(argv)


def _sandbox_payments(argv: Sequence[str]) -> int:
    """a payment provider that takes no money: you play the customer"""
    from amate.sandbox.payments.run import main as run

    return run(argv)


def _sandbox_switch(argv: Sequence[str]) -> int:
    """somebody's system that is told which services to cut, and misbehaves when asked to"""
    from amate.sandbox.switch.run import main as run

    return run(argv)


def _simulate(argv: Sequence[str]) -> int:
    """months of an invented company in minutes, everything going wrong, and every day judged"""
    from amate.sandbox.simulate import main as run

    return run(argv)


def _sandbox_mail(argv: Sequence[str]) -> int:
    """a mail server that delivers to nobody and shows what it got"""
    from amate.sandbox.mailbox import main as run

    return run(argv)


def _check_cfdi(argv: Sequence[str]) -> int:
    """read CFDI files as the SAT would: schema, catalogues, arithmetic, seals"""
    from amate.fiscal.check import main as run

    return run(argv)


def _conformance(argv: Sequence[str]) -> int:
    """does a server keep the contract of tills? rule by rule, by HTTP alone"""
    from amate.till.conformance import main as run

    return run(argv)


def _poll_sql(argv: Sequence[str]) -> int:
    """sales that a till keeps in a database become notes, without touching the till"""
    from amate.till.poll_sql import main as run

    return run(argv)


def _openapi(argv: Sequence[str]) -> int:
    """the description of the API, for a tool that makes a client of it (docs/program.md)"""
    _no_arguments("openapi", _openapi, argv)
    _django()
    from amate.web.api.describe import main as run

    return run()


COMMANDS: dict[str, Command] = {
    "demo": _demo,
    "serve": _serve,
    "worker": _worker,
    "migrate": _migrate,
    "company": _company,
    "person": _person,
    "secrets": _secrets,
    "backup": _backup,
    "restore": _restore,
    "export": _export,
    "catalogs": _catalogs,
    "watch-folder": _watch_folder,
    "doctor": _doctor,
    "audit": _audit,
    "check-cfdi": _check_cfdi,
    "openapi": _openapi,
    "conformance": _conformance,
    "poll-sql": _poll_sql,
    "simulate": _simulate,
    "sandbox-pac": _sandbox_pac,
    "sandbox-payments": _sandbox_payments,
    "sandbox-switch": _sandbox_switch,
    "sandbox-mail": _sandbox_mail,
}

ENVIRONMENT = """
environment:
  AMATE_HOME                 data folder (keys, embedded database, caches)
  AMATE_PORT                 the web's port (8000); AMATE_PUBLIC_URL its address for the world
  DATABASE_URL               PostgreSQL of the application's role; without it Amate runs its own
  AMATE_OWNER_DATABASE_URL   PostgreSQL of the owning role, for `amate migrate`
  AMATE_PAC (sw_sapien or finkok), AMATE_PAC_URL, AMATE_PAC_USER, AMATE_PAC_PASSWORD_FILE, AMATE_PAC_CERTIFICATES;
    AMATE_PAC_2, AMATE_PAC_2_URL, …: who stamps while the first is away
  AMATE_SMTP_URL, AMATE_MAIL_FROM; AMATE_PRIVATE_MAIL_HOSTS: mail servers of your network that companies may use
  AMATE_METRICS_TOKEN        who sends it as a bearer may read /metrics (Prometheus); without it there is none
"""


def main(argv: Sequence[str] | None = None) -> int:
    said = list(sys.argv[1:] if argv is None else argv)
    if not said or said[0] in ("-h", "--help", "help"):
        print(_help())
        return 0 if said else 2
    if said[0] == "--version":
        from amate import __version__

        print(__version__)
        return 0
    command = COMMANDS.get(said[0])
    if command is None:
        print(f"amate: no command '{said[0]}'. Try: amate --help", file=sys.stderr)
        return 2
    return command(said[1:])


def _help() -> str:
    rows = "\n".join(f"  {name:<17} {command.__doc__}" for name, command in COMMANDS.items())
    return (
        f"usage: amate COMMAND ...\n\nSelf-hosted billing for Mexico on CFDI 4.0.\n\ncommands:\n{rows}\n{ENVIRONMENT}"
    )


def _no_arguments(name: str, command: Command, argv: Sequence[str]) -> None:
    argparse.ArgumentParser(prog=f"amate {name}", description=command.__doc__).parse_args(argv)


def _django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amate.settings")
    import django

    django.setup()


if __name__ == "__main__":
    sys.exit(main())
