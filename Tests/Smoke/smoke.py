#!/usr/bin/env python3
"""`higgs smoke` against a real server: honest, killed in the middle of a hand, behind TLS, lying.

The last line is `N passed, N failed`.
"""

import argparse
import json
import signal
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from proxy import LostEvent, Proxy, RicherWallet, make_certificate
from running.stack import ROOT, Stack

TIMEOUT_SECONDS = 150
PAUSE_MILLISECONDS = 1500
NOTHING_SEATED = ("select count(*) from game_sessions as s join users as u on u.id = s.user_id "
                  "where s.stood_up_at is null and u.account_type = 'guest'")


def main() -> int:
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument("--program", type=Path, default=ROOT / ".build/release/higgs")
  program = parser.parse_args().program.absolute()
  for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, stopped)
  stack = Stack(program, {"HAND_BREAK_MILLISECONDS": "500"})
  count = {True: 0, False: 0}
  try:
    stack.start()
    stack.wait_until_ready()
    for test in TESTS:
      problem = problem_of(test, stack)
      count[not problem] += 1
      print(f"{'FAIL' if problem else 'ok  '} {test.__doc__}", flush=True)
      if problem:
        print(f"     {problem}", flush=True)
  finally:
    stack.stop()
  print(f"{count[True]} passed, {count[False]} failed")
  return 1 if count[False] else 0


def stopped(number, _frame):
  raise SystemExit(128 + number)


def problem_of(test, stack: Stack) -> str:
  try:
    test(stack)
  except (AssertionError, subprocess.TimeoutExpired) as error:
    return str(error) or repr(error)
  return ""


def smoke(stack: Stack, url: str, *options: str, code: int = 0) -> str:
  """Runs it to its end; all that it says."""
  ended = subprocess.run(
    [stack.program, "smoke", url, "--timeout-seconds", "120", *options], text=True,
    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    timeout=TIMEOUT_SECONDS)
  assert ended.returncode == code, f"status {ended.returncode}, not {code}:\n{ended.stdout}"
  return ended.stdout


def demand_nothing_seated(stack: Stack) -> None:
  assert stack.psql(NOTHING_SEATED) == "0", "a guest is still seated"


def honest(stack: Stack) -> None:
  """an honest server plays, and nobody stays seated"""
  report = json.loads(smoke(stack, stack.url, "--json"))
  names = [step["name"] for step in report["steps"]]
  assert report["is_ok"] and names == [
    "server", "guest", "lobby", "seat", "socket", "deal", "hand", "leave", "chips", "fair",
    "wallet", "history", "sign-out"], report
  assert report["reconnections"] == 0, report
  demand_nothing_seated(stack)


def private(stack: Stack) -> None:
  """at a private table one bot is met, and nobody else"""
  report = json.loads(smoke(stack, stack.url, "--private-table", "--json"))
  assert report["is_ok"], report
  (seat,) = (step["detail"] for step in report["steps"] if step["name"] == "seat")
  room = int(seat.split()[4].rstrip(","))
  found = stack.psql("select r.visibility, count(distinct s.user_id) from game_rooms as r join "
                     f"game_sessions as s on s.room_id = r.id where r.id = {room} group by r.id")
  assert found == "private|2", f"room {room}: {found}"
  demand_nothing_seated(stack)


def killed(stack: Stack) -> None:
  """a server that is killed in the middle of the hand and started again plays it to its end"""
  child = subprocess.Popen(
    [stack.program, "smoke", stack.url, "--timeout-seconds", "120",
     "--pause-before-move-milliseconds", str(PAUSE_MILLISECONDS)], text=True,
    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
  words = ""
  try:
    for line in child.stdout:
      words += line
      if " deal " in line:
        stack.kill_server()
        stack.start_server()
    assert child.wait(TIMEOUT_SECONDS) == 0, words
  finally:
    child.kill()
    child.wait()
  assert "over 1 lost connections" in words, words
  demand_nothing_seated(stack)


def behind_tls(stack: Stack) -> None:
  """https works by name and by address with --ca-file, and is refused without it"""
  certificate, key = make_certificate(stack.folder)
  proxy = Proxy(stack.port, certificate=(certificate, key))
  try:
    for host in ("localhost", "127.0.0.1"):
      smoke(stack, f"https://{host}:{proxy.port}", "--ca-file", str(certificate))
    words = smoke(stack, f"https://localhost:{proxy.port}", code=69)
    assert "TLS" in words, words
  finally:
    proxy.close()


def lying_wallet(stack: Stack) -> None:
  """a wallet that does not fit the hand is found, and the step is named"""
  proxy = Proxy(stack.port, RicherWallet())
  try:
    words = smoke(stack, f"http://127.0.0.1:{proxy.port}", code=1)
    assert "The step 'wallet' failed" in words and "the wallet holds" in words, words
  finally:
    proxy.close()
  demand_nothing_seated(stack)


def lost_event(stack: Stack) -> None:
  """an event that is missing is found in the step of the hand"""
  proxy = Proxy(stack.port, LostEvent())
  try:
    words = smoke(stack, f"http://127.0.0.1:{proxy.port}", code=1)
    assert "The step 'hand' failed" in words and "event " in words, words
  finally:
    proxy.close()


def gone(stack: Stack) -> None:
  """a server that is not there is told apart from one that is wrong; one that comes is waited for"""
  stack.kill_server()
  words = smoke(stack, stack.url, code=69)
  assert "Connection refused" in words, words
  child = subprocess.Popen(
    [stack.program, "smoke", stack.url, "--wait-seconds", "60"], text=True,
    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
  stack.start_server()
  words, _ = child.communicate(timeout=TIMEOUT_SECONDS)
  assert child.returncode == 0, words


TESTS = [honest, private, killed, behind_tls, lying_wallet, lost_event, gone]

if __name__ == "__main__":
  sys.exit(main())
