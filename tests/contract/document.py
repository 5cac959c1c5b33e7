#!/usr/bin/python3
"""The API document is whole: up to date with its parts, references resolve, operation ids are unique, every schema is
valid JSON Schema, every operation answers something and names its errors."""
import pathlib
import subprocess
import sys

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
METHODS = {"get", "post", "put", "patch", "delete"}


def resolve(document, reference):
    node = document
    for part in reference.removeprefix("#/").split("/"):
        node = node[part.replace("~1", "/").replace("~0", "~")]
    return node


def references(node):
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def main() -> int:
    wrong = []
    if subprocess.run([sys.executable, ROOT / "tools" / "merge-api", "--check"], check=False).returncode:
        wrong.append("api/openapi.yaml is not what tools/merge-api makes")
    document = yaml.safe_load((ROOT / "api" / "openapi.yaml").read_text(encoding="utf-8"))
    for reference in references(document):
        try:
            resolve(document, reference)
        except KeyError:
            wrong.append(f"{reference} leads nowhere")
    ids, operations = set(), 0
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method not in METHODS:
                continue
            operations += 1
            name = operation.get("operationId")
            if not name or name in ids:
                wrong.append(f"{method} {path}: operationId missing or not unique")
            ids.add(name)
            codes = operation.get("responses", {})
            if not any(str(c).startswith(("2", "3")) for c in codes):
                wrong.append(f"{method} {path}: no good answer described")
            if path.startswith("/api/") and "default" not in codes:
                wrong.append(f"{method} {path}: errors not described")
    for name, schema in document["components"]["schemas"].items():
        try:
            jsonschema.Draft202012Validator.check_schema(schema)
        except jsonschema.SchemaError as error:
            wrong.append(f"schema {name}: {error.message}")
    print("\n".join(wrong) if wrong else f"{operations} operations, {len(document['components']['schemas'])} schemas")
    return 1 if wrong or not operations else 0


if __name__ == "__main__":
    sys.exit(main())
