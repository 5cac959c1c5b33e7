"""The program under test, serving on a free port of this machine while a `with` lasts."""
import contextlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("HL_PROGRAM", str(ROOT / "build/dev/bin/hienluong"))


@contextlib.contextmanager
def checked(base, folder):
    """The same server, every answer held to the API document on its way."""
    report = pathlib.Path(folder, "answers")
    report.touch()
    proxy = subprocess.Popen([sys.executable, ROOT / "tests/contract/checked_proxy.py", base, report], stdout=subprocess.PIPE, text=True)
    try:
        yield proxy.stdout.readline().strip()
    finally:
        proxy.terminate()
        proxy.wait(timeout=30)
    wrong = sorted(set(report.read_text(encoding="utf-8").splitlines()))
    assert not wrong, "answers that are not what the document says:\n" + "\n".join(wrong)


@contextlib.contextmanager
def served(folder, *settings):
    """Gives the address once it listens; its log is folder/log. It must end well when told to."""
    out, log = pathlib.Path(folder, "out"), pathlib.Path(folder, "log")
    with out.open("w", encoding="utf-8") as printed, log.open("w", encoding="utf-8") as logged:
        server = subprocess.Popen([PROGRAM, *settings, "serve", "--port", "0"], cwd=ROOT, stdout=printed, stderr=logged)
    try:
        while not (found := re.search(r"https?://[0-9.:]+", out.read_text(encoding="utf-8"))):
            assert server.poll() is None, log.read_text(encoding="utf-8")
            time.sleep(0.02)
        yield found.group(0)
    finally:
        server.terminate()
        server.wait(timeout=60)
    assert server.returncode == 0, server.returncode


def call(base, method, path, token=None, body=None):
    """(status, answer) of one call of the API, refusals too."""
    request = urllib.request.Request(base + "/api/v1" + path, method=method, data=None if body is None else json.dumps(body).encode())
    if token:
        request.add_header("Authorization", "Bearer " + token)
    if body is not None:
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())
