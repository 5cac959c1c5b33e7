#!/usr/bin/python3
"""Who may publish a procedure. In production one person proposes and another publishes, whatever way is taken: the sheet
itself, a proposal, a data pack; a demonstration and an installation that says so let one person do it. What is published
is in the catalogue at once, and the console's own figures (backup, verification, followers) come from the ledger."""
import contextlib
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from served import PROGRAM, ROOT, call, checked, served

CODE = "1.001612"


def run(folder, *arguments):
    done = subprocess.run([PROGRAM, "--data", folder / "data", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{arguments}: {done.stdout[-500:]} {done.stderr[-500:]}"
    return done.stdout


def sheet(day):
    """The pack's own sheet as it would be from a later day on."""
    text = (ROOT / f"packs/quang-tri/procedures/{CODE}.yaml").read_text(encoding="utf-8")
    assert "valid: {from: " in text
    return re.sub(r"valid: \{from: [0-9-]+", "valid: {from: " + day, text)


def changed(day, copies):
    """With another number of copies: two releases must differ."""
    text = sheet(day)
    assert re.search(r"copies: \d+", text), text[:400]
    return re.sub(r"copies: \d+", f"copies: {copies}", text, count=1)


def until(what, condition):
    for _ in range(100):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError(f"never: {what}")


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        run(folder, "migrate")
        run(folder, "pack", "apply", str(ROOT / "packs/quang-tri"))
        passwords = {}
        for login in ("quan-tri-mot", "quan-tri-hai"):
            printed = run(folder, "user", "add", login, "--name", "Quản trị (mẫu)")
            passwords[login] = re.search(r"once\)\s+(\S+)", printed).group(1)
            run(folder, "user", "grant", login, "administrator")

        @contextlib.contextmanager
        def serving(settings=""):
            (folder / "settings.yaml").write_text(f"data_dir: {folder}/data\npack: {ROOT}/packs/quang-tri\n{settings}", encoding="utf-8")
            with served(folder, "--config", folder / "settings.yaml") as server, checked(server, folder) as base:
                yield base

        def sign_in(base, login):
            status, session = call(base, "POST", "/sessions", body={"login": login, "password": passwords[login]})
            assert status == 201, session
            if session["must_change_password"]:
                own = "mot cau dai de nho " + login[-3:]
                assert call(base, "POST", "/me/password", session["token"], {"old_password": passwords[login], "password": own})[0] == 204
                passwords[login] = own
            return session["token"]

        def releases(base):
            return [r["valid_from"][:10] for r in call(base, "GET", f"/procedures/{CODE}/releases")[1]["items"]]

        with serving() as base:  # production: nothing is said, so two people it takes
            one, two = sign_in(base, "quan-tri-mot"), sign_in(base, "quan-tri-hai")
            before = releases(base)
            first = {"text": changed("2027-01-01", 3)}
            status, refused = call(base, "POST", "/procedures/publish", one, first)
            assert (status, refused["code"]) == (409, "procedure.approver_missing"), refused
            status, proposal = call(base, "POST", "/procedures/proposals", one, first)
            assert status == 201, proposal
            status, refused = call(base, "POST", f"/procedures/proposals/{proposal['id']}/publish", one, {})
            assert (status, refused["code"]) == (409, "procedure.same_person"), refused
            status, done = call(base, "POST", f"/procedures/proposals/{proposal['id']}/publish", two, {})
            assert status == 201, done
            until("the release is in the catalogue", lambda: releases(base) == ["2027-01-01", *before])

            # A pack is no way around it; what is no procedure may be applied by one.
            pack = [{"path": str(p.relative_to(ROOT / "packs/quang-tri")), "text": p.read_text(encoding="utf-8")}
                    for p in (ROOT / "packs/quang-tri").rglob("*") if p.is_file() and p.suffix in {".yaml", ".csv", ".json", ".xsd"}]
            for file in pack:
                if file["path"] == f"procedures/{CODE}.yaml":
                    file["text"] = changed("2027-02-01", 4)
            status, report = call(base, "POST", "/packs/check", one, {"files": pack})
            assert status == 200 and report["procedures"], report
            status, refused = call(base, "POST", "/packs/apply", one, {"files": pack, "digest": report["digest"]})
            assert (status, refused["code"]) == (409, "pack.four_eyes"), refused
            assert releases(base) == ["2027-01-01", *before]
            for file in pack:
                if file["path"] == f"procedures/{CODE}.yaml":
                    file["text"] = changed("2027-01-01", 3)
                if file["path"] == "agencies.csv":
                    file["text"] = file["text"].replace("Sở Tư pháp", "Sở Tư pháp (thử)")
            status, report = call(base, "POST", "/packs/check", one, {"files": pack})
            assert status == 200 and not report["procedures"] and report["organisation"], report
            status, done = call(base, "POST", "/packs/apply", one, {"files": pack, "digest": report["digest"]})
            assert status == 200, done
            # A file cannot be a folder: said, not passed over.
            status, refused = call(base, "POST", "/packs/check", one, {"files": [{"path": "a", "text": "x"}, {"path": "a/b", "text": "y"}]})
            assert (status, refused["errors"][0]["code"]) == (422, "pack.path"), refused

            # What the console shows comes from what was done, by whichever program.
            status, system = call(base, "GET", "/system", one)
            assert status == 200 and system["four_eyes"] and not system["demonstration"], system
            assert system["backup"] is None and system["ledger"]["verified"] is None, system
            assert system["database"]["engine"] == "sqlite" and system["database"]["size_bytes"] > 0, system
            assert {h for d in system["disks"] for h in d["holds"]} == {"database", "files", "data"}, system
            assert sum(d["free_bytes"] for d in system["disks"]) > 0, system
            run(folder, "backup", str(folder / "backup"))
            run(folder, "ledger", "verify")
            status, system = call(base, "GET", "/system", one)
            assert system["backup"]["events"] > 0 and system["backup"]["bytes"] > 0, system
            assert system["ledger"]["verified"]["problems"] == 0, system
            assert system["ledger"]["verified"]["events"] < system["ledger"]["events"], system  # its own record came after
            status, began = call(base, "POST", "/followers/dossiers.statistics/restart", one, {})
            assert status == 202 and began["problem"] is None, began
            until("it has read everything again", lambda: all(f["lag"] == 0 for f in call(base, "GET", "/followers", one)[1]["items"]))

        with serving("four_eyes: false\n") as base:  # an installation that says so
            one = sign_in(base, "quan-tri-mot")
            status, done = call(base, "POST", "/procedures/publish", one, {"text": changed("2027-03-01", 5)})
            assert status == 201, done
            until("the release is in the catalogue", lambda: releases(base) == ["2027-03-01", "2027-01-01", *before])

        (folder / "data/demonstration.json").write_text("[]", encoding="utf-8")
        with serving() as base:  # a demonstration
            one = sign_in(base, "quan-tri-mot")
            status, done = call(base, "POST", "/procedures/publish", one, {"text": changed("2027-04-01", 6)})
            assert status == 201, done
        with serving("four_eyes: true\n") as base:  # a demonstration of two people
            one = sign_in(base, "quan-tri-mot")
            status, refused = call(base, "POST", "/procedures/publish", one, {"text": changed("2027-05-01", 7)})
            assert (status, refused["code"]) == (409, "procedure.approver_missing"), refused
    print("one person publishes only where that is said")
    return 0


if __name__ == "__main__":
    sys.exit(main())
