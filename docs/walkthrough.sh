#!/usr/bin/env bash
# One real procedure through the API, from filing to a rated result: household business registration (1.001612) at
# phường Đông Hà, with a supplement, an apology with a new date, and the printed slips; at the end the last event is
# proved from the ledger and the proof is checked without the database. The applicant is made up.
#
#   docs/walkthrough.sh              uses build/release/bin/hienluong and a temporary folder
#   HL_PROGRAM=…  HL_DATABASE=postgresql://…  docs/walkthrough.sh
set -euo pipefail
cd "$(dirname "$0")/.."
program=${HL_PROGRAM:-build/release/bin/hienluong}
work=$(mktemp -d)
server=
proxy=
finish() {
  [[ -n $proxy ]] && kill "$proxy" 2>/dev/null && wait "$proxy" 2>/dev/null || true
  [[ -n $server ]] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
hl() { "$program" --data "$work/data" ${HL_DATABASE:+--database "$HL_DATABASE"} "$@"; }

say() { printf '\n# %s\n' "$*"; }

say "An empty installation: database, keys, the province's pack"
hl migrate
hl pack apply packs/quang-tri | tail -1

say "Three officers of the ward, each with one role (one-time passwords)"
account() {  # login role
  local password
  password=$(hl user add "$1" --name "$1 (mẫu)" --officer "$1" | sed -n 's/^one-time password (shown once)  //p')
  hl user grant "$1" "$2" --agency ubnd-19333
  printf '%s' "$password"
}
clerk_password=$(account mau-mot-cua clerk)
handler_password=$(account mau-thu-ly handler)
head_password=$(account mau-lanh-dao head)

say "The server, on a free port of this machine"
# exec: the process to stop at the end is the server itself, not a shell around it
(exec "$program" --data "$work/data" ${HL_DATABASE:+--database "$HL_DATABASE"} serve --port 0) >"$work/serve.out" 2>"$work/serve.log" &
server=$!
for _ in $(seq 100); do
  base=$(grep -o 'http://[0-9.:]*' "$work/serve.out" | head -1) && [[ -n $base ]] && break
  sleep 0.1
done
echo "$base"
if [[ -n ${HL_CHECK:-} ]]; then  # the tests listen in and hold every answer to the API document
  $HL_CHECK "$base" "$HL_CHECK_REPORT" >"$work/proxy.out" &
  proxy=$!
  for _ in $(seq 100); do [[ -s $work/proxy.out ]] && break; sleep 0.1; done
  base=$(cat "$work/proxy.out")
fi

sign_in() {  # login one-time-password → token, after the password was changed for one's own
  local token own
  own="cau dai de nho $(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')"
  token=$(curl -fsS "$base/api/v1/sessions" -H 'Content-Type: application/json' -d "{\"login\":\"$1\",\"password\":\"$2\"}" | jq -r .token)
  curl -fsS "$base/api/v1/me/password" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
    -d "{\"old_password\":\"$2\",\"password\":\"$own\"}" >&2
  printf '%s' "$token"
}
clerk=$(sign_in mau-mot-cua "$clerk_password")
handler=$(sign_in mau-thu-ly "$handler_password")
head=$(sign_in mau-lanh-dao "$head_password")

post() {  # token path body → the dossier's state; a refusal ends the walk with its problem document
  local answer
  answer=$(curl -sS -w '\n%{http_code}' "$base/api/v1/$2" -H "Authorization: Bearer $1" -H 'Content-Type: application/json' \
    -H "Idempotency-Key: $(cat /proc/sys/kernel/random/uuid)" -d "$3")
  if [[ ${answer##*$'\n'} != 2* ]]; then
    echo "$answer" >&2
    exit 1
  fi
  printf '%s' "${answer%$'\n'*}"
}
get() { curl -fsS "$base/api/v1/$2" -H "Authorization: Bearer $1"; }
slip() {  # form
  curl -fsS "$base/api/v1/dossiers/$code/slips/$1?format=pdf" -H "Authorization: Bearer $clerk" -o "$work/$1.pdf"
  printf 'form %s: ' "$1"
  pdftotext "$work/$1.pdf" - | tr '\n' ' ' | grep -o "$2"
}

say "What the procedure needs"
curl -fsS "$base/api/v1/procedures?search=ho%20kinh%20doanh" | jq -r '.items[0:3][] | "\(.code) \(.name)"'

say "The clerk files for the person at the desk, takes the dossier in, hands it on"
filed=$(post "$clerk" dossiers '{
  "procedure": "1.001612", "channel": "desk", "place": "vn-19333",
  "applicant": {"kind": "citizen", "name": "Người Nộp Mẫu", "id_kind": "personal_id", "id_number": "999000000001", "phone": "0900000001",
                "address": "Khu phố Mẫu, phường Đông Hà"},
  "summary": "Đăng ký thành lập hộ kinh doanh (mẫu)",
  "answers": {"business_name": "Hộ mẫu", "address": "Địa chỉ mẫu", "lines": "Bán lẻ", "capital": 50000000, "founded_by": "person", "authorised": false},
  "components": [{"id": "giay-de-nghi", "originals": 1, "digitised": true}, {"id": "can-cuoc", "copies": 1, "digitised": true}]}')
code=$(jq -r .code <<<"$filed")
echo "dossier $code"
post "$clerk" "dossiers/$code/receive" '{}' | jq -r '"\(.state), due \(.due)"'
slip 01 'GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ'
post "$clerk" "dossiers/$code/transfer" '{}' | jq -r .state

say "The head assigns it; the handler finds a paper missing and asks for it (form 02): the clocks pause"
post "$head" "dossiers/$code/complete" '{}' | jq -r .state
post "$handler" "dossiers/$code/claim" '{}' | jq -r .state
post "$handler" "dossiers/$code/supplement" '{"items": ["Bản sao hợp đồng thuê địa điểm"], "reason": "Thành phần hồ sơ chưa đầy đủ", "contact": "Bộ phận một cửa"}' | jq -r .state
slip 02 'PHIẾU YÊU CẦU BỔ SUNG'
post "$clerk" "dossiers/$code/supplement-answer" '{"note": "Đã nộp bản sao hợp đồng"}' | jq -r '"\(.state), due \(.due)"'

say "It will take longer: the head apologises and names a new date (form 04), once"
new_date=$(date -u -d '+14 days' +%F)
while [[ $(curl -fsS "$base/api/v1/calendar?year=${new_date%%-*}" | jq -r --arg d "$new_date" '.days[] | select(.date == $d) | .worked') != true ]]; do
  new_date=$(date -u -d "$new_date +1 day" +%F)
done
post "$head" "dossiers/$code/extend" "{\"date\": \"$new_date\", \"reason\": \"Cần xác minh địa điểm kinh doanh\"}" | jq -r '"due \(.due)"'
slip 04 'PHIẾU XIN LỖI'
second=$(curl -sS "$base/api/v1/dossiers/$code/extend" -H "Authorization: Bearer $head" -H 'Content-Type: application/json' -d "{\"date\": \"$new_date\", \"reason\": \"Lần nữa\"}")
jq -r '"a second time is refused: \(.code) (\(.rule))"' <<<"$second"

say "Work, signature, result, return"
post "$handler" "dossiers/$code/complete" '{"note": "Hồ sơ đủ điều kiện"}' | jq -r .state
post "$head" "dossiers/$code/result" '{"number": "MAU-01", "signature": "digital", "kind": "'"$(jq -r '.card.results[0].id' <(curl -fsS "$base/api/v1/procedures/1.001612"))"'"}' | jq -r .state
unpaid=$(get "$clerk" "dossiers/$code" | jq -r '[.charges[]? | select(.paid_at == null)] | length')
if [[ $unpaid -gt 0 ]]; then
  charge=$(get "$clerk" "dossiers/$code" | jq -r '[.charges[] | select(.paid_at == null)][0].id')
  post "$clerk" "dossiers/$code/charge" "{\"charges\": [{\"id\": \"$charge\", \"amount\": 100000, \"basis\": \"mức thu mẫu\"}]}" | jq -r '"fee declared, \(.state)"'
  post "$clerk" "dossiers/$code/payment" '{"method": "cash", "receipt": "MAU-BL-01"}' | jq -r '"fee paid, \(.state)"'
fi
post "$clerk" "dossiers/$code/deliver" '{"method": "desk"}' | jq -r '"\(.state), national status \(.status)"'
slip 06 'PHIẾU KIỂM SOÁT'

say "The applicant tracks it by code and phone, without an account, and rates it"
curl -fsS "$base/api/v1/tracking?code=$code&phone=0900000001" | jq -r '"status \(.status), \(.history | length) entries"'
curl -fsS "$base/api/v1/dossiers/$code/rating" -H 'Content-Type: application/json' -d '{"overall": 5, "phone": "0900000001"}' | jq -r '.state'

say "Its history, and both clocks"
get "$handler" "dossiers/$code/history" | jq -r '.items[] | "\(.at)  \(.type)"'
get "$handler" "dossiers/$code/clock" | jq -r '.promise.arithmetic[]?' | head -12

kill -TERM "$server"
wait "$server" || true
server=

say "The ledger is whole, and the dossier's last event is in it: proved, and checked without the database"
hl ledger verify
hl ledger prove --dossier "$code" >"$work/proof.json"
"$program" ledger check "$work/proof.json" --verifier "$(hl ledger key)"
jq -r '"event \(.leaf | if type == "string" then fromjson else . end | .type) at position \(.position) of \(.size)"' "$work/proof.json"
