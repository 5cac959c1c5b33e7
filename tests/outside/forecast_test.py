#!/usr/bin/python3
"""The forecast from outside: over the demonstration year it tells late dossiers better than the simple ways do; what it
says of open dossiers is in order, adds up and stays within each account's reach; a rebuild ends at the same figures;
arrivals and unusual changes agree with the indicators they rest on. Every answer is held to the API document."""
import json
import pathlib
import subprocess
import sys
import tempfile
import time

from served import PROGRAM, ROOT, call, checked, served

WHERE = "/ioc/forecast"


def told(data, *arguments, expect=0):
    ran = subprocess.run([PROGRAM, "--data", str(data), "--json", "ioc", "forecast", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == expect, ran.stdout + ran.stderr
    return json.loads(ran.stdout) if expect == 0 else ran.stderr


def back_test(data):
    tested = told(data, "--backtest", "--every", "9")
    ours, base, left = tested["forecast"], tested["base_rate"], tested["time_left"]
    assert ours["times"] == base["times"] == left["times"] > 100, tested
    assert ours["brier"] < base["brier"] and ours["log_loss"] < base["log_loss"], (ours["brier"], base["brier"])
    assert ours["brier"] < left["brier"], (ours["brier"], left["brier"])
    assert ours["auc"] > 0.65, ours["auc"]
    return f"{ours['times']} things said, Brier {ours['brier'] / base['brier']:.2f} of the base rate, {ours['brier'] / left['brier']:.2f} of the time left"


def rebuilt(data):
    """Thrown away and made anew, the forecast says the same, down to the calibration."""
    before = told(data, "--calibration")
    subprocess.run([PROGRAM, "--data", str(data), "follower", "rebuild", "ioc.forecast"], cwd=ROOT, capture_output=True, check=True)
    after = told(data, "--calibration")
    # The ledger has one event more: that it was made anew.
    assert after.pop("position") > before.pop("position")
    assert before == after and before["dossiers"] > 20, (before, after)


def risks(base, whole, head, clerk):
    status, page = call(base, "GET", WHERE + "/dossiers?limit=200", whole)
    assert status == 200 and page["position"] > 0 and page["total"] > 0, page
    chances = [i["probability"] for i in page["items"]]
    assert chances == sorted(chances, reverse=True) and all(0 <= c <= 100 for c in chances), chances
    assert all(i["reason"]["vi"] and i["reason"]["en"] and i["left_minutes"] >= 0 for i in page["items"])
    codes, cursor = [], ""
    while True:
        one = call(base, "GET", f"{WHERE}/dossiers?limit=7{cursor and '&cursor=' + cursor}", whole)[1]
        codes += [i["code"] for i in one["items"]]
        cursor = one["next"]
        if not cursor:
            break
    assert len(codes) == len(set(codes)) == page["total"], (len(codes), page["total"])
    # One with its steps: the chances of the steps make up the whole.
    for item in page["items"][:5]:
        one = call(base, "GET", f"{WHERE}/dossiers/{item['code']}", whole)[1]
        assert abs(sum(s["misses"] for s in one["steps"]) - one["raw"]) < 1.0, one
        assert one["steps"][0]["open"] or any(s["open"] for s in one["steps"]), one
    # Nobody is named.
    text = json.dumps(page, ensure_ascii=False)
    assert "dữ liệu mẫu" not in text and "subject" not in text, "a person in an answer"
    # A head sees his ward alone; another agency is refused; a clerk has no operations centre, and asks for his page.
    mine = call(base, "GET", WHERE + "/dossiers?standing=running,waiting,late,unknown&limit=200", head)[1]
    assert {i["agency"] for i in mine["items"]} <= {"ubnd-19333"}, {i["agency"] for i in mine["items"]}
    assert call(base, "GET", WHERE + "/dossiers?agency=so-xay-dung", head)[0] == 403
    assert call(base, "GET", WHERE + "/dossiers", clerk)[0] == 403
    others = next(i["code"] for i in page["items"] if i["agency"] != "ubnd-19333")
    assert call(base, "GET", f"{WHERE}/dossiers/{others}", head)[0] == 404
    own = [i["code"] for i in mine["items"]]
    if own:
        answer = call(base, "GET", f"{WHERE}/codes?codes={','.join([own[0], others])}", clerk)[1]
        assert [i["code"] for i in answer["items"]] == own[:1], answer
    assert call(base, "GET", WHERE + "/codes?codes=", clerk)[0] == 422
    assert call(base, "GET", WHERE + "/dossiers?standing=soon", whole)[0] == 422
    assert call(base, "GET", WHERE + "/dossiers/khong-co", whole)[0] == 404
    agencies = call(base, "GET", WHERE + "/agencies", whole)[1]["items"]
    every = call(base, "GET", WHERE + "/dossiers?standing=running,waiting,late,unknown&limit=1", whole)[1]["total"]
    assert sum(a["open"] for a in agencies) == every, every
    assert call(base, "GET", WHERE + "/calibration", whole)[1]["steps_learned"] > 1000
    return page["total"]


def series(base, whole, head):
    answer = call(base, "GET", WHERE + "/intake?by=procedure&limit=5", whole)[1]
    weeks = answer["forecast"]["weeks"]
    assert answer["forecast"]["method"] == "seasonal" and len(weeks) == 9, answer["forecast"]
    assert all(w["low"] <= w["expected"] <= w["high"] for w in weeks), weeks
    assert 0 < len(answer["items"]) <= 5, answer["items"]
    # The past is the indicator's: the last complete weeks, number by number.
    past = [w for w in answer["past"]][-4:]
    for week in past:
        monday = week["monday"]
        iso = time.strftime("%G-W%V", time.strptime(monday, "%Y-%m-%d"))
        figure = call(base, "GET", f"/ioc/indicators/HCC.TIEP_NHAN/figures?period={iso}", whole)[1]["items"][0]
        assert figure["numerator"] == week["count"], (week, figure)
    assert call(base, "GET", WHERE + "/intake?by=colour", whole)[0] == 422
    assert call(base, "GET", WHERE + "/intake?agency=so-xay-dung", head)[0] == 403
    for grain in ("week", "month"):
        status, changes = call(base, "GET", f"{WHERE}/changes?grain={grain}", whole)
        assert status == 200 and changes["tested"] > 0, changes
        for change in changes["items"]:
            for why in change["why"]:
                total = round(sum(m["contribution"] for m in why["movers"]), 6)
                assert total == why["change"], (total, why)
    assert call(base, "GET", WHERE + "/changes?period=2031-W01", whole)[0] == 422
    assert call(base, "GET", WHERE + "/changes?grain=day", whole)[0] == 422


def main():
    with tempfile.TemporaryDirectory() as folder:
        data = pathlib.Path(folder, "data")
        made = subprocess.run([PROGRAM, "--data", str(data), "demo", "--dossiers", "1200"], cwd=ROOT, capture_output=True, text=True, check=False)
        assert made.returncode == 0, made.stdout + made.stderr
        accounts = {a["login"]: a["password"] for a in json.loads((data / "demonstration.json").read_text(encoding="utf-8"))}
        said = back_test(data)
        with served(folder, "--data", str(data)) as plain, checked(plain, folder) as base:
            def signed_in(login):
                status, session = call(base, "POST", "/sessions", body={"login": login, "password": accounts[login]})
                assert status in (200, 201), session
                return session["token"]

            whole, head, clerk = signed_in("mau-quan-tri"), signed_in("mau-lanh-dao"), signed_in("mau-mot-cua")
            for _ in range(600):
                if call(base, "GET", WHERE + "/calibration", whole)[1]["position"]:
                    break
                time.sleep(0.1)
            total = risks(base, whole, head, clerk)
            series(base, whole, head)
        rebuilt(data)
        assert "no open dossier" in told(data, "--dossier", "khong-co", expect=1)
        assert told(data, "--limit", "3") and told(data, "--agencies") and told(data, "--intake")["weeks"]
    print(f"forecast: {said}; {total} open dossiers in order and within reach; arrivals and changes are the indicators'")


if __name__ == "__main__":
    sys.exit(main())
