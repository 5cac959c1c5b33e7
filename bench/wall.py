"""What bench/wall measures with: watch (a page before the wall), tell (its figures), push (values handed in).
   Python's own library alone; the machine's processors are shared with the server, as bench/wall says."""
import argparse
import http.client
import json
import os
import sqlite3
import subprocess
import tempfile
import threading
import time

BOARD = "/api/v1/ioc/components/administrative_services"
SETTLE = 0.25  # web/src/wall/api.ts


def connect(port):
    return http.client.HTTPConnection("127.0.0.1", port, timeout=60)


def ask(connection, key, path):
    connection.request("GET", path, headers={"Authorization": "Bearer " + key, "X-Background": "1"})
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 200, (answer.status, body[:300])
    return json.loads(body)


def watch(o):
    told = threading.Event()
    end = time.time() + o.seconds

    def listen():
        connection = connect(o.port)
        connection.request("GET", "/api/v1/ioc/feed", headers={"Authorization": "Bearer " + o.key})
        for line in connection.getresponse():
            if line.startswith(b"event: ioc"):
                told.set()
            if time.time() > end:
                return
    threading.Thread(target=listen, daemon=True).start()
    asks, connection = [], connect(o.port)
    while time.time() < end:
        if not told.wait(0.5):
            continue
        time.sleep(SETTLE)
        told.clear()
        began = time.time()
        position = max(i["position"] or 0 for i in ask(connection, o.key, BOARD)["items"])
        asks.append((began, time.time(), position))
    with open(o.out, "w", encoding="utf-8") as out:
        json.dump(asks, out)


def share(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))] if values else float("nan")


def tell(o):
    with open(o.seen, encoding="utf-8") as file:
        asks = json.load(file)
    assert len(asks) > 2, "the wall was not told of anything"
    # What happened before the first answer, and the tail after the last, was not waited for.
    first, last = asks[0][2], asks[-1][2]
    with sqlite3.connect(f"file:{o.db}?mode=ro", uri=True) as db:
        events = db.execute("SELECT position, at FROM ledger_event WHERE position >= ? AND position < ? ORDER BY position", (first, last)).fetchall()
    waits, n = [], 0
    for position, at in events:
        while asks[n][2] <= position:
            n += 1
        waits.append(asks[n][1] * 1000 - at)
    span = (events[-1][1] - events[0][1]) / 1000
    print(f"| {o.rate} | {len(events) / span:.0f} | {share(waits, .5):.0f} ms | {share(waits, .99):.0f} ms | {max(waits):.0f} ms | {share([(b - a) * 1000 for a, b, _ in asks], .99):.0f} ms |", flush=True)


def values_of(count):
    """Made-up values of monthly indicators by agency-less periods, months and kinds: every row another key."""
    codes = ["KTXH.THU_NS", "KTXH.CHI_NS", "KTXH.DU_KHACH", "KTXH.DN_MOI", "KTXH.XUAT_KHAU"]
    units = [f"vn-{code}" for code in json.loads(os.environ["HL_BENCH_UNITS"])]
    out = []
    for year in range(2021, 2100):
        for month in range(1, 13):
            for unit in units:
                for code in codes:
                    out.append({"indicator": code, "period": f"{year}-{month:02}", "kind": "plan", "unit": unit, "value": str(len(out) % 9973)})
                    if len(out) == count:
                        return out
    raise AssertionError("too many values")


def push(o):
    connection = connect(o.port)
    units = ask(connection, o.key, "/api/v1/units")["items"]
    os.environ["HL_BENCH_UNITS"] = json.dumps([u["code"] for u in units if u["live"] and u["level"] == "commune"])
    values, batch = values_of(o.values), 1000
    # Once as new values, once more with others, so that half of them replace.
    rounds = [values, [v | {"value": v["value"] + "1"} for v in values]]
    bodies = [json.dumps({"source": "bench", "batch": f"{r}-{n}", "values": rows[n:n + batch]}).encode() for r, rows in enumerate(rounds) for n in range(0, len(rows), batch)]
    began = time.time()
    for body in bodies:
        connection.request("POST", "/api/v1/ioc/values", body=body, headers={"Authorization": "Bearer " + o.key, "Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status == 200, (answer.status, text[:400])
    ours = 2 * o.values / (time.time() - began)

    columns = "indicator, period, kind, agency, unit, value, number, supplier, source, batch, at"
    update = "value = EXCLUDED.value, number = EXCLUDED.number, supplier = EXCLUDED.supplier, source = EXCLUDED.source, batch = EXCLUDED.batch, at = EXCLUDED.at"
    text_of = lambda v: f"('{v['indicator']}', '{v['period']}', 1, '', '{v['unit']}', '{v['value']}', {v['value']}, 'machine', 'bench', '1', 1)"
    table = ("DROP TABLE IF EXISTS held; CREATE TABLE held (indicator text, period text, kind bigint, agency text, unit text, value text, number float8, supplier text, "
             "source text, batch text, at bigint, PRIMARY KEY (indicator, period, kind, agency, unit));\n")
    rates = {}
    for name, by_row in (("one statement a row", True), ("one statement a batch", False)):
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
            file.write("SET client_min_messages = warning;\n")
            file.write(table)
            file.write(f"PREPARE up AS INSERT INTO held ({columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (indicator, period, kind, agency, unit) DO UPDATE SET {update};\n")
            for rows in rounds:
                for n in range(0, len(rows), batch):
                    part = rows[n:n + batch]
                    file.write("BEGIN;\n")
                    if by_row:
                        file.writelines(f"EXECUTE up {text_of(v)};\n" for v in part)
                    else:
                        file.write(f"INSERT INTO held ({columns}) VALUES {', '.join(map(text_of, part))} ON CONFLICT (indicator, period, kind, agency, unit) DO UPDATE SET {update};\n")
                    file.write("COMMIT;\n")
            file.flush()
            began = time.time()
            subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-f", file.name, o.postgres], check=True, stdout=subprocess.DEVNULL)
            rates[name] = 2 * o.values / (time.time() - began)
    print(f"\nvalues handed in over REST, {2 * o.values} in batches of {batch}, half of them replacing: {ours:.0f} a second")
    for name, rate in rates.items():
        print(f"PostgreSQL, durable upserts of the same rows, {name}: {rate:.0f} a second; ours {100 * ours / rate:.0f} %")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["watch", "tell", "push"])
    for name, kind in (("port", int), ("key", str), ("seconds", float), ("out", str), ("rate", str), ("seen", str), ("db", str), ("values", int), ("postgres", str)):
        parser.add_argument("--" + name, type=kind)
    o = parser.parse_args()
    {"watch": watch, "tell": tell, "push": push}[o.what](o)


if __name__ == "__main__":
    main()
