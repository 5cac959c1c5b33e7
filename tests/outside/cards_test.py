#!/usr/bin/env python3
"""Cards of procedures through a workbook and from the national record, by the command line: a round trip changes
nothing, an edit changes one sheet, rubbish changes none and is explained."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("HL_PROGRAM", str(ROOT / "build/dev/bin/hienluong"))
OLD_NAME = "Thủ tục đăng ký khai sinh"
NEW_NAME = "Thủ tục đăng ký khai sinh (sửa trong bảng tính)"


def edited(source, target, old, new):
    """The workbook with one text replaced in every part that holds it."""
    found = 0
    with zipfile.ZipFile(source) as reading, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as writing:
        for item in reading.infolist():
            part = reading.read(item.filename)
            found += part.count(old.encode())
            writing.writestr(item.filename, part.replace(old.encode(), new.encode()))
    assert found, old


def main():
    with tempfile.TemporaryDirectory(prefix="hienluong-cards-") as folder:
        pack = pathlib.Path(folder, "pack")
        shutil.copytree(ROOT / "packs/quang-tri", pack)

        def run(*words):
            return subprocess.run([PROGRAM, "--data", f"{folder}/data", "--pack", str(pack), "pack", *words], cwd=ROOT,
                                  capture_output=True, text=True, timeout=120, check=False)

        def sheets():
            return {p.name: p.read_bytes() for p in (pack / "procedures").iterdir()}

        first = sheets()
        book = f"{folder}/cards.xlsx"
        done = run("export-cards", book)
        assert done.returncode == 0 and done.stdout.startswith(f"{sum(n.endswith('.yaml') for n in first)} procedures"), done
        done = run("import-cards", book)
        assert done.returncode == 0 and done.stdout.startswith("0 sheets") and sheets() == first, done

        edited(book, f"{folder}/edited.xlsx", f">{OLD_NAME}<", f">{NEW_NAME}<")
        done = run("import-cards", f"{folder}/edited.xlsx", "--dry-run")
        assert done.returncode == 0 and "changed  1.001193" in done.stdout and sheets() == first, done
        done = run("import-cards", f"{folder}/edited.xlsx")
        assert done.returncode == 0, done
        second = sheets()
        assert [n for n in second if second[n] != first[n]] == ["1.001193.yaml"]
        assert NEW_NAME.encode() in second["1.001193.yaml"]
        done = run("import-cards", f"{folder}/edited.xlsx")
        assert done.stdout.startswith("0 sheets"), done

        pathlib.Path(folder, "rubbish.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
        done = run("import-cards", f"{folder}/rubbish.xlsx")
        assert done.returncode == 1 and "[xlsx." in done.stdout + done.stderr and sheets() == second, done
        edited(book, f"{folder}/wrong.xlsx", "<t>commune</t>", "<t>làng</t>")
        done = run("import-cards", f"{folder}/wrong.xlsx")
        assert done.returncode == 1 and "error" in done.stdout and sheets() == second, done

        record = {"result": {"TENTTHC": "Đăng ký thử", "LINHVUCTHUCHIEN": [{"MALINHVUC": "G15-HT", "TENLINHVUC": "Hộ tịch"}],
                             "CACHTHUCTHUCHIEN": [{"KENH": "1", "THOIGIAN": [{"THOIGIANGIAIQUYET": "5", "DONVITINH": "Ngày làm việc"}]}],
                             "COQUANTHUCHIEN": [{"TENCOQUAN": "Ủy ban nhân dân xã"}], "DOITUONGTHUCHIEN": ["Công dân Việt Nam"]}}
        file = pathlib.Path(folder, "record.json")
        file.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
        done = run("import-national", str(file), "--code", "9.000001")
        assert done.returncode == 0 and (pack / "procedures/9.000001.yaml").exists(), done
        done = run("import-national", str(file), "--code", "9.000001")
        assert done.returncode == 1 and "[pack.sheet_exists]" in done.stderr, done
        file.write_text("[1, 2", encoding="utf-8")
        done = run("import-national", str(file), "--code", "9.000002")
        assert done.returncode == 1 and not (pack / "procedures/9.000002.yaml").exists(), done
    print("cards through a workbook and from the national record: ok")
    return 0


if __name__ == "__main__":
    sys.exit(main())
