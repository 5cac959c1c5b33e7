#!/usr/bin/env python3
"""The include rule between rooms: an include goes down a floor or stays in its room, never up and never across."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOMAIN = {"dossiers", "procedures", "access", "directory", "store", "http", "base"}
MAY_INCLUDE = {
    "base": set(),
    "store": {"base"},
    "http": {"base"},
    "directory": {"store", "base"},
    "access": {"directory", "store", "http", "base"},
    "procedures": {"access", "directory", "store", "http", "base"},
    "dossiers": {"procedures", "access", "directory", "store", "http", "base"},
    "portal": {"dossiers", "procedures", "access", "directory", "store", "http", "base"},
    "links": {"access", "directory", "store", "http", "base"},
    "ioc/sketches": {"base"},
    "ioc/indicators": {"ioc/sketches", "dossiers", "procedures", "access", "directory", "store", "http", "base"},
    "ioc/index766": {"dossiers", "procedures", "access", "directory", "store", "http", "base"},
    "ioc/directives": {"ioc/indicators", *DOMAIN},
    "ioc/warnings": {"access", "directory", "store", "http", "base"},
    "ioc/forecast": {"ioc/indicators", "ioc/sketches", *DOMAIN},
    "ioc/child": {"ioc/directives", "ioc/index766", "ioc/indicators", *DOMAIN},
    "ioc/briefing": {"ioc/directives", "ioc/index766", "ioc/indicators", *DOMAIN},
    "documents": {"access", "directory", "store", "http", "base"},
    # Every partner stands on the connector's bones and knows no other partner.
    "links/connector": {"access", "directory", "store", "http", "base"},
    **{f"links/{partner}": {"links/connector", *DOMAIN}
       for partner in ("portal", "payment", "post", "power", "registers", "measurement")},
    "links/documents": {"links/connector", "documents", *DOMAIN},
    "notices": {"links/connector", *DOMAIN},
    # One domain in parts, from the ground up.
    "exchange/protocol": {"http", "base"},
    "exchange/trust": {"http", "base"},
    "exchange/log": {"exchange/protocol", "exchange/trust", "store", "http", "base"},
    "exchange/registry": {"exchange/protocol", "exchange/trust", "access", "directory", "store", "http", "base"},
    "exchange/adapters": {"exchange/protocol", "http", "base"},
    "exchange/topics": {"exchange/log", "exchange/protocol", "exchange/trust", "access", "directory", "store", "http",
                        "base"},
    "exchange/gateway": {"exchange/registry", "exchange/log", "exchange/adapters", "exchange/topics", "exchange/trust",
                         "exchange/protocol", "access", "directory", "store", "http", "base"},
}
MAY_INCLUDE["app"] = set(MAY_INCLUDE)
INCLUDE = re.compile(r'^\s*#\s*include\s+"((?:exchange|ioc|links)/[a-z0-9_]+(?=/)|[a-z_]+)/', re.MULTILINE)


def main() -> int:
    wrong, files = [], 0
    for path in sorted((ROOT / "src").rglob("*")):
        if path.suffix not in {".h", ".cpp"}:
            continue
        files += 1
        room = path.relative_to(ROOT / "src").parent.as_posix()
        if room not in MAY_INCLUDE:
            wrong.append(f"{path.relative_to(ROOT)}: room '{room}' is not on the plan (tests/structure/includes.py)")
            continue
        for target in INCLUDE.findall(path.read_text(encoding="utf-8")):
            if target != room and target not in MAY_INCLUDE[room]:
                wrong.append(f"{path.relative_to(ROOT)}: {room} may not include {target}")
    print("\n".join(wrong) if wrong else f"{files} files, every include goes down")
    return 1 if wrong or files == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
