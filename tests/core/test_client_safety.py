"""Clients are made in threads and after a fork: none waits for another that has nothing to do with it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

if not hasattr(os, "fork"):
    pytest.skip("needs POSIX: it forks, and its credential helper is a named pipe", allow_module_level=True)

# A profile whose credential helper waits until something is written to a named pipe, and one whose helper does not.
CONFIG = """
[profile slow]
credential_process = cat {pipe}
[profile fast]
aws_access_key_id = FAST
aws_secret_access_key = secret
"""
CREDENTIALS = '{"Version": 1, "AccessKeyId": "SLOW", "SecretAccessKey": "secret"}'

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

pipe = sys.argv[1]
"""


def run(script: str, tmp_path: Path, **variables: str) -> list[str]:
    """Run a script in a separate process that must end soon, and return the words that it prints."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    (tmp_path / "config").write_text(CONFIG.format(pipe=pipe))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        **variables,
    }
    # Python 3.12 and newer warn of any fork of a process that has threads.
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", PREAMBLE + script, str(pipe)]
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


def test_a_slow_credential_helper_of_one_session_delays_no_client_of_another(tmp_path: Path) -> None:
    script = """
import boto3
from lightsail_copy import make_client, make_clients
slow, fast = boto3.Session(profile_name="slow"), boto3.Session(profile_name="fast")
finish = begin(lambda: make_client("us-west-2", session=slow), pipe)
print(key_of(make_client("us-west-2", session=fast)), key_of(make_clients(fast)("us-west-2")))
print(key_of(make_client("us-west-2")))
print(key_of(*finish()))
"""
    assert run(script, tmp_path, AWS_PROFILE="fast") == ["FAST", "FAST", "FAST", "SLOW"]


def test_a_slow_credential_helper_delays_no_client_that_is_made_without_a_session(tmp_path: Path) -> None:
    script = """
from lightsail_copy import make_client
finish = begin(lambda: make_client("us-west-2"), pipe)
os.environ["AWS_PROFILE"] = "fast"
print(key_of(make_client("us-west-2")), key_of(*finish()))
"""
    assert run(script, tmp_path, AWS_PROFILE="slow") == ["FAST", "SLOW"]


@pytest.mark.parametrize("make", ["make_client", "make_clients()"])
def test_a_child_makes_clients_though_it_was_forked_while_a_thread_made_one(make: str, tmp_path: Path) -> None:
    script = f"""
from lightsail_copy import make_client, make_clients
make = {make}
finish = begin(lambda: make("us-west-2"), pipe)
os.environ["AWS_PROFILE"] = "fast"
print(child_ends_well(lambda: key_of(make("us-west-2")) == "FAST"))
print(key_of(*finish()))
"""
    assert run(script, tmp_path, AWS_PROFILE="slow") == ["True", "SLOW"]


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


def test_a_child_shares_no_client_and_no_connection_with_its_parent(tmp_path: Path) -> None:
    script = """
from lightsail_copy import make_clients
client_for = make_clients()
client = client_for("us-west-2")
print(client_for("us-west-2") is client)
clients = lambda: [client_for("us-west-2") for _ in range(2)]
print(child_ends_well(lambda: len({id(each) for each in [client, *clients()]}) == 2))
"""
    assert run(script, tmp_path, AWS_PROFILE="fast") == ["True", "True"]


def test_many_threads_make_clients_of_one_session_and_of_none(tmp_path: Path) -> None:
    script = """
import boto3
from concurrent.futures import ThreadPoolExecutor
from lightsail_copy import make_client
session = boto3.Session()
sessions = [None, session] * 6
with ThreadPoolExecutor(12) as pool:
    clients = list(pool.map(lambda each: make_client("us-west-2", session=each), sessions))
print({key_of(client) for client in clients} == {"FAST"}, len(set(map(id, clients))))
"""
    assert run(script, tmp_path, AWS_PROFILE="fast") == ["True", "12"]
