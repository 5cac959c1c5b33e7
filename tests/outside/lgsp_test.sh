#!/usr/bin/env bash
# docs/lgsp-in-five-minutes.md, run block by block on free ports, and what its commands must have shown.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
program=${HL_PROGRAM:-$root/build/dev/bin/hienluong}
bin=$(mktemp -d)
ln -s "$program" "$bin/hienluong"
cd web && . scripts/node.sh && cd ..
export PATH=$bin:$PATH
read -r REGISTRY A B A_PEERS B_PEERS REST SOAP < <(/usr/bin/python3 - <<'PYTHON'
import socket
held = [socket.socket() for _ in range(7)]
for s in held: s.bind(("127.0.0.1", 0))
print(*[s.getsockname()[1] for s in held])
PYTHON
)
export REGISTRY A B A_PEERS B_PEERS REST SOAP
script=$bin/blocks.sh
{
  echo 'set -euo pipefail; trap '"'"'kill $(jobs -p) 2>/dev/null; wait'"'"' EXIT'
  # All blocks but the last, which cleans up; then what must hold.
  awk '/^```sh$/ { inside = 1; n++; next } /^```$/ { inside = 0; next } inside { block[n] = block[n] $0 "\n" }
       END { for (i = 1; i < n; i++) printf "%s", block[i] }' "$root/docs/lgsp-in-five-minutes.md"
  cat <<'CHECKS'
jq -e '.name == "Công ty TNHH Mẫu Một (dữ liệu mẫu)"' "$work/answer.json" >/dev/null || { echo "FAIL the business"; exit 1; }
jq -e '.type | ascii_downcase | gsub("_"; "") == "server.serverproxy.accessdenied"' "$work/refused.json" >/dev/null || { echo "FAIL the refusal"; exit 1; }
jq -e '.dienTich == 125.5 and .requestHash != null' "$work/parcel.json" >/dev/null || { echo "FAIL the parcel"; exit 1; }
echo "ok    two gateways, a registry and two information systems, as the document says"
printf 'X' | dd of="$work/answer.asice" bs=1 seek=$(($(stat -c %s "$work/answer.asice") / 2)) conv=notrunc status=none
if hienluong exchange verify "$work/answer.asice" --ca "$work/ca.pem" --tsa "$work/ca.pem" >/dev/null 2>&1; then
  echo "FAIL a changed container was believed"; exit 1
fi
echo "ok    a changed container is not believed"
rm -rf "$work"
CHECKS
} >"$script"
status=0
timeout 500 bash "$script" || status=$?
rm -rf "$bin"
exit $status
