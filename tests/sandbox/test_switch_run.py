"""`amate sandbox-switch` as the process it is."""

import asyncio
import signal
import subprocess
import sys
from datetime import UTC, datetime

import httpx

from amate.adapters.switch import Command, State, SwitchAccount, open_switch

KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_it_is_told_over_http_and_shows_what_it_was_told() -> None:
    command = [sys.executable, "-m", "amate.cli", "sandbox-switch", "--port", "0", "--key", KEY]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    url = process.stdout.readline().split(": ", 1)[1].split("/services")[0]
    try:
        driver = open_switch(SwitchAccount("webhook", f"{url}/services", (KEY,), private=frozenset({"127.0.0.1"})))
        now = datetime.now(UTC)
        cut = Command("svc-1", "C-1", State.SUSPENDED, 3, "nonpayment", now)
        assert asyncio.run(driver.apply(cut, now=now)).status == 200
        shown = httpx.get(f"{url}/_sim/services", trust_env=False).json()
        assert shown["services"] == {"svc-1": {"state": "suspended", "gen": 3}}
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
