"""Clients are made in threads and after a fork: none waits for another that has nothing to do with it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

if not hasattr(os, "fork"):
    pytest.skip("needs POSIX: it forks, and its credential helper is a named pipe", allow_module_level=True)

# A profile whose credential helper waits until something is written to a named pipe, one whose helper notes each of its
# runs, and one without a helper.
CONFIG = """
[profile slow]
credential_process = cat {folder}/pipe
[profile noted]
credential_process = sh {folder}/noted {folder}/runs
[profile fast]
aws_access_key_id = FAST
aws_secret_access_key = secret
"""
CREDENTIALS = '{"Version": 1, "AccessKeyId": "SLOW", "SecretAccessKey": "secret"}'
NOTED = f"echo run >> $1; echo '{CREDENTIALS.replace('SLOW', 'NOTED')}'"

# What each script begins with. `begin` makes a client in a thread, and returns once its helper waits.
PREAMBLE = f"""
import os, sys, threading

def begin(make, pipe):
    made = []
    thread = threading.Thread(target=lambda: made.append(make()), daemon=True)
    thread.start()
    writer = open(pipe, "w")  # returns once the helper reads

    def finish():
        writer.write('{CREDENTIALS}')
        writer.close()
        thread.join(60)
        return made

    return finish

def key_of(client):
    keys = []

    def keep(request, **_):
        keys.append(str(request.headers["Authorization"]).partition("Credential=")[2].partition("/")[0])
        raise ConnectionError("not sent")

    client.meta.events.register_first("before-send.lightsail", keep)
    try:
        client.get_regions()
    except Exception:
        return keys[0]
    raise AssertionError("sent")

def child_ends_well(work):
    child = os.fork()
    if not child:
        status = 1
        try:
            status = 0 if work() else 2
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

folder = sys.argv[1]
pipe = folder + "/pipe"
"""


def run(script: str, tmp_path: Path, **variables: str) -> list[str]:
    """Run a script in a separate process that must end soon, and return the words that it prints."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "noted").write_text(NOTED)
    (tmp_path / "config").write_text(CONFIG.format(folder=tmp_path))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        **variables,
    }
    # Python 3.12 and newer warn of any fork of a process that has threads.
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", PREAMBLE + script, str(tmp_path)]
    ended = subprocess.run(
        command,
        env=environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.split()


def test_a_slow_credential_helper_delays_no_client_of_another_session_or_of_none(tmp_path: Path) -> None:
    script = """
import boto3
from lightsail_copy import make_client, make_clients
slow, fast = boto3.Session(profile_name="slow"), boto3.Session(profile_name="fast")
for session in (slow, None):
    os.environ["AWS_PROFILE"] = "slow"
    finish = begin(lambda: make_client("us-west-2", session=session), pipe)
    os.environ["AWS_PROFILE"] = "fast"
    print(key_of(make_client("us-west-2", session=fast)), key_of(make_clients(fast)("us-west-2")))
    print(key_of(make_client("us-west-2")), key_of(*finish()))
"""
    assert run(script, tmp_path) == ["FAST", "FAST", "FAST", "SLOW"] * 2


def test_a_child_makes_its_own_clients_though_it_was_forked_while_a_thread_made_one(tmp_path: Path) -> None:
    script = """
from lightsail_copy import make_client, make_clients
for make in (make_client, make_clients()):
    os.environ["AWS_PROFILE"] = "slow"
    finish = begin(lambda: make("us-west-2"), pipe)
    os.environ["AWS_PROFILE"] = "fast"
    print(child_ends_well(lambda: key_of(make("us-west-2")) == "FAST"))
    (client,) = finish()
    print(key_of(client))
print(make("us-west-2") is client)
print(child_ends_well(lambda: make("us-west-2") is make("us-west-2") is not client))
"""
    assert run(script, tmp_path) == ["True", "SLOW", "True", "SLOW", "True", "True"]


def test_a_session_keeps_its_parsers_though_a_child_was_forked_or_another_wrapper_used_while_it_made_a_client(
    tmp_path: Path,
) -> None:
    script = """
import boto3, botocore.session
from lightsail_copy import make_client
core = botocore.session.Session(profile="slow")
parsers = core.get_component("response_parser_factory")
wrappers = [boto3.Session(botocore_session=core) for _ in range(2)]
finish = begin(lambda: make_client("us-west-2", session=wrappers[0]), pipe)
print(child_ends_well(lambda: core.get_component("response_parser_factory") is parsers))
other = threading.Thread(target=lambda: make_client("us-west-2", session=wrappers[1]))
other.start()
print(key_of(*finish()))
other.join(60)
print(core.get_component("response_parser_factory") is parsers)
"""
    assert run(script, tmp_path) == ["True", "SLOW", "True"]


def test_a_child_makes_clients_though_it_was_forked_while_a_thread_imported_botocore(tmp_path: Path) -> None:
    script = """
import lightsail_copy
importing, forking = threading.Event(), threading.Event()

class Waiting:
    def find_spec(self, name, path=None, target=None):
        if name == "botocore.session" and not importing.is_set():
            importing.set()
            forking.wait(60)

sys.meta_path.insert(0, Waiting())
os.register_at_fork(before=forking.set)
thread = threading.Thread(target=lambda: lightsail_copy.make_client("us-west-2"))
thread.start()
importing.wait(60)
print(child_ends_well(lambda: lightsail_copy.make_client("us-west-2")))
thread.join(60)
"""
    assert run(script, tmp_path, AWS_PROFILE="fast") == ["True"]


def test_a_child_copies_though_it_was_forked_while_a_thread_made_the_first_call_of_a_client(tmp_path: Path) -> None:
    script = """
import signal
from types import SimpleNamespace
from lightsail_copy import ManualSnapshotCopy, copy_snapshot
calling, forking = threading.Event(), threading.Event()

class Events:
    def __init__(self, register):
        self.register_first = register

class Client:
    def __init__(self, register):
        self.meta = SimpleNamespace(events=Events(register), method_to_api_mapping={"copy_snapshot": "CopySnapshot"})

    def copy_snapshot(self, **_):
        return {"operations": [{"id": "1", "createdAt": 1735689600}]}

def register_slowly(*_, **__):
    calling.set()
    forking.wait(60)

def copy(register):
    request = ManualSnapshotCopy(source_region="us-east-1", source_snapshot_name="web-1", target_snapshot_name="copy")
    return copy_snapshot(Client(register), request).operation.id == "1"

def copy_soon():
    signal.alarm(10)
    return copy(lambda *_, **__: None)

os.register_at_fork(before=forking.set)
thread = threading.Thread(target=copy, args=[register_slowly])
thread.start()
calling.wait(60)
print(child_ends_well(copy_soon), copy_soon())
thread.join(60)
"""
    assert run(script, tmp_path) == ["True", "True"]


def test_threads_make_clients_of_none_and_of_one_session_which_signs_in_once(tmp_path: Path) -> None:
    script = """
import boto3
from concurrent.futures import ThreadPoolExecutor
from lightsail_copy import make_client
session = boto3.Session(profile_name="noted")
sessions = [session, session, session, session, None, None]
with ThreadPoolExecutor(6) as pool:
    clients = list(pool.map(lambda each: make_client("us-west-2", session=each), sessions))
print(*map(key_of, clients), len(set(map(id, clients))))
"""
    assert run(script, tmp_path, AWS_PROFILE="fast") == [*["NOTED"] * 4, *["FAST"] * 2, "6"]
    assert (tmp_path / "runs").read_text() == "run\n"
