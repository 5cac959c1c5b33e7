#!/usr/bin/python3
"""Stands between a client and the server and holds every answer to the API document.
   checked_proxy.py UPSTREAM REPORT     prints its own address; wrong answers go to REPORT, one a line."""
import http.client
import http.server
import json
import pathlib
import re
import sys
import urllib.parse

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENT = yaml.safe_load((ROOT / "api" / "openapi.yaml").read_text(encoding="utf-8"))
RESOLVER = jsonschema.RefResolver.from_schema(DOCUMENT)


def patterns():
    out = []
    for path, item in DOCUMENT["paths"].items():
        expression = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path))
        out.append((path.count("{"), re.compile(expression + "$"), path, item))
    return sorted(out, key=lambda p: p[0])


PATTERNS = patterns()
SEEN = set()


def problem_with(method, target, status, content_type, body):
    path = urllib.parse.unquote(urllib.parse.urlsplit(target).path)
    for _, expression, name, item in PATTERNS:
        operation = item.get(method.lower())
        if not expression.match(path) or operation is None:
            continue
        SEEN.add((method, name))
        answers = operation["responses"]
        answer = answers.get(str(status)) or answers.get("default")
        if answer is None:
            return f"{method} {name}: {status} is not described"
        if "$ref" in answer:
            answer = RESOLVER.resolve(answer["$ref"])[1]
        content = answer.get("content", {})
        kind = content_type.split(";")[0].strip()
        if not content:
            return f"{method} {name}: {status} has a body of {len(body)} bytes" if body else None
        if kind not in content:
            return f"{method} {name}: {status} came as {kind!r}"
        if kind.endswith("json"):
            errors = list(jsonschema.Draft202012Validator(content[kind]["schema"], resolver=RESOLVER).iter_errors(json.loads(body)))
            if errors:
                where = "/".join(map(str, errors[0].absolute_path))
                return f"{method} {name}: {status} at /{where}: {errors[0].message[:300]}"
        return None
    return f"{method} {path}: not in the document"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    upstream = report = None

    def relay(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        connection = http.client.HTTPConnection(self.upstream, timeout=60)
        headers = {k: v for k, v in self.headers.items() if k.lower() not in {"host", "connection", "accept-encoding"}}
        connection.request(self.command, self.path, body=body or None, headers=headers)
        answer = connection.getresponse()
        data = answer.read()
        wrong = problem_with(self.command, self.path, answer.status, answer.getheader("Content-Type") or "", data)
        if wrong:
            with open(self.report, "a", encoding="utf-8") as out:
                out.write(wrong + "\n")
        self.send_response(answer.status)
        for key, value in answer.getheaders():
            if key.lower() not in {"connection", "content-length", "transfer-encoding"}:
                self.send_header(key, value)
        if answer.status not in (204, 304):
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        connection.close()

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = relay

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    Handler.upstream = sys.argv[1].removeprefix("http://")
    Handler.report = sys.argv[2]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()
