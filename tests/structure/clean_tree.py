#!/usr/bin/env python3
"""What must not stand in the tree: secrets, machine paths, hosts of package registries, large or binary files."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SELF = pathlib.Path(__file__).resolve()
FORBIDDEN = [
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"), "a private key"),
    (re.compile(r"hlk_[0-9a-f]{12}_[A-Za-z0-9_-]{43}"), "an API key"),
    (re.compile(r"(?<![\w.])/(?:work|root|home)/[a-z]"), "a path of one machine"),
    (re.compile(r"registry\.npmjs\.org|deb\.debian\.org"), "a registry's host name"),
]
LARGEST = 2 << 20
PICTURE = 256 << 10  # the README's, one for each face


def is_picture(name: pathlib.Path, data: bytes) -> bool:
    return name.parts[:2] == ("docs", "images") and data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) <= PICTURE


def files():
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        return [ROOT / name.decode() for name in listed.stdout.split(b"\0") if name]
    return [p for p in ROOT.rglob("*") if p.is_file() and "build" not in p.parts]


def main() -> int:
    wrong, count = [], 0
    for path in files():
        if not path.is_file() or path == SELF:
            continue
        count += 1
        name = path.relative_to(ROOT)
        data = path.read_bytes()
        if len(data) > LARGEST:
            wrong.append(f"{name}: {len(data)} bytes; larger than {LARGEST}")
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            if name.parts[0] != "fuzz" and not is_picture(name, data):
                wrong.append(f"{name}: not UTF-8 text")
            continue
        for pattern, what in FORBIDDEN:
            found = pattern.search(text)
            if found:
                line = text.count("\n", 0, found.start()) + 1
                wrong.append(f"{name}:{line}: {what}")
    print("\n".join(wrong) if wrong else f"{count} files are clean")
    return 1 if wrong or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
