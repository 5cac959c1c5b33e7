#!/usr/bin/env bash
# docs/walkthrough.sh does what it says, on both engines, and ends with a proof that holds.
set -euo pipefail
cd "$(dirname "$0")/../.."
run() {
  local out
  out=$(timeout 120 bash docs/walkthrough.sh 2>&1) || { echo "$out"; exit 1; }
  for wanted in 'form 01: GIẤY TIẾP NHẬN' 'form 02: PHIẾU YÊU CẦU' 'form 04: PHIẾU XIN LỖI' 'form 06: PHIẾU KIỂM SOÁT' \
    'a second time is refused: extension.used' 'returned, national status 10' 'dossier.rated' 'the ledger is whole' 'the proof holds'; do
    grep -qF "$wanted" <<<"$out" || { echo "$out"; echo "missing: $wanted"; exit 1; }
  done
}
run
echo "walkthrough on SQLite: ok"
if [[ -n ${HL_TEST_PG:-} ]]; then
  name=walk_$$
  psql -qX "$HL_TEST_PG" -c "CREATE DATABASE $name" >/dev/null
  trap 'psql -qX "$HL_TEST_PG" -c "DROP DATABASE IF EXISTS $name WITH (FORCE)" >/dev/null 2>&1' EXIT
  HL_DATABASE=$(sed -E "s#/[^/?]+(\?|\$)#/$name\1#" <<<"$HL_TEST_PG") run
  echo "walkthrough on PostgreSQL: ok"
fi
