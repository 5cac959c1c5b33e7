#!/usr/bin/python3
"""The demonstration year is reproducible: the same seed and day give the same dossiers and the same events; another seed
gives others. Everything in it is marked as made up, and its ledger verifies."""
import datetime
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

from served import PROGRAM, ROOT

UNTIL = "2026-10-30"
END = int(datetime.datetime.fromisoformat(UNTIL + "T00:00:00+07:00").timestamp() * 1000) + 86_400_000


def made(folder, seed):
    base = [PROGRAM, "--data", folder]
    subprocess.run([*base, "demo", "--dossiers", "120", "--seed", str(seed), "--until", UNTIL], cwd=ROOT, capture_output=True, text=True, check=True)
    verified = subprocess.run([*base, "ledger", "verify"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    with sqlite3.connect(f"file:{folder}/hienluong.db?mode=ro", uri=True) as db:
        # What the made-up citizen files comes after the year, on the day that the command is run.
        dossiers = db.execute("SELECT code, procedure, release, agency, channel, state, filed_at, due FROM dossier WHERE filed_at < ? ORDER BY code", [END]).fetchall()
        events = db.execute("SELECT type, at FROM ledger_event WHERE type LIKE 'dossier.%' AND at < ? ORDER BY position", [END]).fetchall()
    assert len(dossiers) >= 120 and len(events) > 3 * len(dossiers), (len(dossiers), len(events))
    return dossiers, events


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="hienluong-demo-") as name:
        folder = pathlib.Path(name)
        one, again, other = made(folder / "1", 7), made(folder / "2", 7), made(folder / "3", 8)
        assert one[0] == again[0], [x for x in zip(one[0], again[0]) if x[0] != x[1]][:3]
        assert one[1] == again[1], [x for x in zip(one[1], again[1]) if x[0] != x[1]][:3]
        assert one[0] != other[0]
    print(f"{len(one[0])} dossiers and {len(one[1])} events, twice the same")
    return 0


if __name__ == "__main__":
    sys.exit(main())
