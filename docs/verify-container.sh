#!/usr/bin/env bash
# Verifies an ASiC-E container of the exchange without this program: with unzip, xmlsec1 and openssl. python3 (standard
# library only) takes XML apart and puts the hash chain's bytes together; every digest and every signature is computed by
# xmlsec1 or openssl.
#   docs/verify-container.sh CONTAINER CA.pem TSA.pem
# CA.pem: the trusted certification authorities. TSA.pem: the time-stamper's certificate or its authorities.
# Prints a line for each check; ends with 0 only when all passed.
set -euo pipefail
if [[ $# -ne 3 ]]; then
  echo "Cách dùng / usage: $0 CONTAINER CA.pem TSA.pem" >&2
  exit 2
fi
container=$(realpath -e "$1") authorities=$(realpath -e "$2") stampers=$(realpath -e "$3")
for tool in unzip xmlsec1 openssl python3; do
  command -v "$tool" >/dev/null || { echo "Cần cài / please install: $tool" >&2; exit 2; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

passed() { echo "ĐẠT   / PASSED  $1"; }
failed() {
  echo "HỎNG  / FAILED  $1"
  [[ -s why ]] && sed 's/^/    /' why | head -8
  exit 1
}

# 1. The container: known files only, none twice, none of more than 1 TiB unpacked.
unzip -Z1 "$container" >names 2>why || failed "container: không mở được / cannot be opened"
if [[ -n $(sort names | uniq -d) ]] || grep -qvE '^(mimetype|message\.xml|attachment[1-9][0-9]{0,3}|(sig|ts)-hashchain(result)?\.xml|META-INF/(manifest|ASiCManifest|signatures)\.xml|META-INF/timestamp\.tst)$' names; then
  failed "container: có tệp lạ hoặc trùng tên / foreign or doubled files"
fi
size=$(unzip -Zt "$container" | sed -nE 's/.* ([0-9]+) bytes uncompressed.*/\1/p')
[[ ${size:-0} -le $((1 << 40)) ]] || failed "container: quá lớn / too large"
mkdir c
unzip -q "$container" -d c 2>why </dev/null || failed "container: hỏng / damaged"
[[ $(cat c/mimetype) == application/vnd.etsi.asic-e+zip ]] || failed "container: sai mimetype / wrong mimetype"
passed "container"

# 2. The signature's form, the hash chains, and what the cryptography below needs, taken apart.
cat >parts.py <<'PYTHON'
import base64, re, subprocess, sys, os
import xml.etree.ElementTree as ET
DS, XA = '{http://www.w3.org/2000/09/xmldsig#}', '{http://uri.etsi.org/01903/v1.3.2#}'
ASIC, HC = '{http://uri.etsi.org/02918/v1.2.1#}', '{http://cyber.ee/hashchain}'
SHA512 = 'http://www.w3.org/2001/04/xmlenc#sha512'

def stop(why):
    sys.exit(why)
def need(truth, why):
    if not truth: stop(why)
def tree(path):
    data = open(path, 'rb').read()
    need(b'<!DOCTYPE' not in data and b'\0' not in data and len(data) < 4 << 20, path + ': hostile XML')
    return ET.fromstring(data.decode('utf-8'))
def raw(element):
    need(element is not None and len(element) == 0, 'a value is missing')
    return base64.b64decode(re.sub(r'\s', '', element.text or ''), validate=True)
def sha512(data=None, path=None):
    return subprocess.run(['openssl', 'dgst', '-sha512', '-binary'] + ([path] if path else []), input=data,
                          stdout=subprocess.PIPE, check=True).stdout
def tlv(tag, data):
    n = len(data)
    size = bytes([n]) if n < 128 else (lambda b: bytes([128 | len(b)]) + b)(n.to_bytes((n.bit_length() + 7) // 8, 'big'))
    return bytes([tag]) + size + data

def chain(result_path, chain_path, files):
    """Recomputes the chain: SHA-512 over DER SEQUENCE OF SEQUENCE {OCTET STRING, UTF8String, SEQUENCE {}}."""
    result, top = tree(result_path), tree(chain_path)
    need(result.tag == HC + 'HashChainResult' and top.tag == HC + 'HashChain', 'not a hash chain')
    for method in list(result.iter(DS + 'DigestMethod')) + list(top.iter(DS + 'DigestMethod')) + \
            list(top.iter(HC + 'DefaultDigestMethod')):
        need(method.get('Algorithm') == SHA512, 'a digest that is not SHA-512')
    document, _, first = result.get('URI').partition('#')
    steps, met, busy = {}, set(), set()
    for step in top.findall(HC + 'HashStep'):
        need(step.get('id') not in steps, 'two steps with one name')
        steps[step.get('id')] = step
    def compute(name, depth=0):
        need(name in steps and name not in busy and depth < 64, 'a step that leads nowhere')
        busy.add(name)
        items = b''
        for value in steps[name]:
            if value.tag == HC + 'StepRef':
                uri = value.get('URI')
                need(uri.startswith('#') or uri.startswith(document + '#'), 'a step of another document')
                digest = compute(uri.partition('#')[2], depth + 1)
            else:
                digest = raw(value.find(DS + 'DigestValue'))
                if value.tag == HC + 'DataRef':
                    uri = value.get('URI')
                    need(uri in files, 'the chain covers %s, which is not there' % uri)
                    need(sha512(path=files[uri]) == digest, '%s was changed' % uri)
                    met.add(uri)
                else:
                    need(value.tag == HC + 'HashValue', 'an unknown element')
            items += tlv(0x30, tlv(4, digest) + tlv(12, SHA512.encode()) + tlv(0x30, b''))
        busy.discard(name)
        return sha512(tlv(0x30, items))
    need(compute(first) == raw(result.find(DS + 'DigestValue')), 'the steps do not lead to the result')
    need(met == set(files), 'not covered: ' + ', '.join(sorted(set(files) - met)))

def signature():
    root = tree('c/META-INF/signatures.xml')
    need(root.tag == ASIC + 'XAdESSignatures' and len(root) == 1 and root[0].tag == DS + 'Signature', 'not one signature')
    s = root[0]
    need([e.tag for e in s] == [DS + n for n in ('SignedInfo', 'SignatureValue', 'KeyInfo', 'Object')], 'other elements')
    ids = [e.get('Id') for e in root.iter() if e.get('Id')]
    need(len(ids) == len(set(ids)), 'two elements with one Id')
    need(len(s[3]) == 1 and s[3][0].tag == XA + 'QualifyingProperties', 'other objects')
    qualifying = s[3][0]
    need(qualifying.get('Target') == '#' + s.get('Id', ''), 'properties of another signature')
    properties = qualifying.findall(XA + 'SignedProperties')
    need(len(properties) == 1, 'not one SignedProperties')
    method = s[0].find(DS + 'SignatureMethod').get('Algorithm')
    need(re.fullmatch(r'http://www\.w3\.org/2001/04/xmldsig-more#(rsa|ecdsa)-sha(256|384|512)', method), 'method ' + method)
    references = s[0].findall(DS + 'Reference')
    need(len(references) == 2, 'not two references')
    data = [r for r in references if not r.get('URI').startswith('#')]
    own = [r for r in references if r.get('URI') == '#' + properties[0].get('Id', '')]
    need(len(data) == 1 and len(own) == 1 and data[0].find(DS + 'Transforms') is None, 'references to something else')
    for method in s[0].iter(DS + 'DigestMethod'):
        need(re.search(r'#sha(256|384|512)$', method.get('Algorithm')), 'a weak digest')
    policy = properties[0].find('.//' + XA + 'SigPolicyId/' + XA + 'Identifier')
    need(policy is None or policy.text == 'urn:oid:1.3.6.1.4.1.3516.16.2', 'another policy')
    certificates = s[2].findall(DS + 'X509Data/' + DS + 'X509Certificate')
    need(len(certificates) == 1, 'not one certificate')
    return s, data[0].get('URI'), properties[0], raw(certificates[0])

def main(step):
    s, uri, properties, certificate = signature()
    files = {'/message.xml': 'c/message.xml'}
    for name in os.listdir('c'):
        if name.startswith('attachment'): files['/' + name] = 'c/' + name
    if step == 'form':
        open('signer.der', 'wb').write(certificate)
        open('value', 'wb').write(raw(s.find(DS + 'SignatureValue')))
        open('data-uri', 'w').write(uri)
        open('signed-at', 'w').write(properties.find('.//' + XA + 'SigningTime').text)
        for i, e in enumerate(s.iter(XA + 'EncapsulatedX509Certificate')): open('issuer%d.der' % i, 'wb').write(raw(e))
        for i, e in enumerate(s.iter(XA + 'EncapsulatedOCSPValue')): open('ocsp%d.der' % i, 'wb').write(raw(e))
        for e in s.iter(XA + 'EncapsulatedTimeStamp'): open('inside.tst', 'wb').write(raw(e))
        digest = properties.find('.//' + XA + 'SigningCertificate/' + XA + 'Cert/' + XA + 'CertDigest')
        kind = re.search(r'#sha(\d+)$', digest.find(DS + 'DigestMethod').get('Algorithm')).group(1)
        got = subprocess.run(['openssl', 'dgst', '-sha' + kind, '-binary', 'signer.der'], stdout=subprocess.PIPE, check=True)
        need(got.stdout == raw(digest.find(DS + 'DigestValue')), 'another certificate than the one signed with')
    elif step == 'content':
        if os.path.exists('c/sig-hashchainresult.xml'):
            need(uri == '/sig-hashchainresult.xml', 'the signature does not cover the hash chain')
            chain('c/sig-hashchainresult.xml', 'c/sig-hashchain.xml', files)
        else:
            need(uri == '/message.xml', 'the signature does not cover the message')
            need(len(files) == 1, 'attachments that the signature does not cover')
    elif step == 'stamp':
        if os.path.exists('c/ts-hashchainresult.xml'):
            chain('c/ts-hashchainresult.xml', 'c/ts-hashchain.xml',
                  {'/META-INF/signatures.xml': 'c/META-INF/signatures.xml'})
    elif step == 'times':
        from datetime import datetime, timezone
        def when(text):
            return datetime.fromisoformat(text.strip().replace('Z', '+00:00')).timestamp()
        signed, stamped = when(open('signed-at').read()), int(open('stamped-at').read())
        need(signed <= stamped + 300, 'the stamp is older than the signature')
        need(stamped <= signed + int(os.environ.get('STAMP_DELAY', 14400)), 'the stamp came too late')
        print(int(signed))
        print(datetime.fromtimestamp(signed, timezone.utc).strftime('%Y-%m-%d %H:%M:%S'))

try:
    main(sys.argv[1])
except SystemExit:
    raise
except Exception as e:
    stop('%s: %s' % (type(e).__name__, e))
PYTHON
python3 parts.py form 2>why || failed "signature: sai khuôn dạng / wrong form"
passed "signature"

# 3. The time-stamp: the chain from the signature to what was stamped, then the token itself.
python3 parts.py stamp 2>why || failed "time_stamp: chuỗi băm / hash chain"
token=c/META-INF/timestamp.tst
[[ -s $token ]] || token=inside.tst
[[ -s $token ]] || failed "time_stamp: không có / none"
stamped=value
[[ -f c/ts-hashchainresult.xml ]] && stamped=c/ts-hashchainresult.xml
openssl ts -reply -in "$token" -token_in -text >stamp.txt 2>why || failed "time_stamp: không đọc được / cannot be read"
moment=$(sed -n 's/^Time stamp: //p' stamp.txt)
date -u -d "$moment" +%s >stamped-at 2>why || failed "time_stamp: không có thời điểm / no time"
openssl ts -verify -data "$stamped" -in "$token" -token_in -CAfile "$stampers" -untrusted "$stampers" -partial_chain \
  -attime "$(cat stamped-at)" >why 2>&1 || failed "time_stamp"
passed "time_stamp  $moment"
python3 parts.py times >times 2>why || failed "time_stamp: thời điểm ký / time of signing"
signed=$(sed -n 1p times)
signed_gmt=$(sed -n 2p times)

# 4. The signature's value, its references to the data and to its own properties, and the certificate's chain at the
#    time of signing.
openssl x509 -inform DER -in signer.der -out signer.pem 2>why || failed "certificate: không đọc được / cannot be read"
untrusted=()
cat "$authorities" >issuers.pem
for issuer in issuer*.der; do
  [[ -f $issuer ]] || continue
  openssl x509 -inform DER -in "$issuer" -out "${issuer%.der}.pem" 2>why || failed "certificate: trung gian / intermediate"
  untrusted+=(--untrusted-pem "${issuer%.der}.pem")
  { echo; cat "${issuer%.der}.pem"; } >>issuers.pem
done
csplit -sz -f authority- -b '%03d.pem' "$authorities" '/-----BEGIN CERTIFICATE-----/' '{*}'
trusted=()
for authority in authority-*.pem; do
  if grep -q 'BEGIN CERTIFICATE' "$authority"; then trusted+=(--trusted-pem "$authority"); fi
done
uri=$(cat data-uri)
[[ $uri == /message.xml || $uri == /sig-hashchainresult.xml ]] || failed "signature: $uri"
# xmlsec1 calls every URI "remote" that does not begin with file: — it opens the mapped file, and there is no other.
xmlsec1 --verify --id-attr:Id http://uri.etsi.org/01903/v1.3.2#:SignedProperties \
  --enabled-reference-uris same-doc,local,remote \
  --enabled-key-data x509 --url-map:"$uri" "c$uri" --verification-gmt-time "$signed_gmt" "${trusted[@]}" "${untrusted[@]}" \
  c/META-INF/signatures.xml >why 2>&1 || failed "signature_value"
passed "signature_value"

# 5. Message and attachments against what the signature covers.
python3 parts.py content 2>why || failed "content"
passed "content"

# 6. Certificate and OCSP response at the time of signing.
openssl verify -attime "$signed" -partial_chain -auth_level 2 -CAfile "$authorities" -untrusted issuers.pem signer.pem \
  >why 2>&1 || failed "certificate"
usage=$(openssl x509 -in signer.pem -noout -ext keyUsage 2>/dev/null || true)
[[ -z $usage || $usage == *"Non Repudiation"* ]] || failed "certificate: không dùng để ký thông điệp / not for signing messages"
passed "certificate  $(openssl x509 -in signer.pem -noout -subject -nameopt utf8,sep_comma_plus | sed 's/^subject=//')"
csplit -sz -f issuer-of- -b '%03d.pem' issuers.pem '/-----BEGIN CERTIFICATE-----/' '{*}'
wanted=$(openssl x509 -in signer.pem -noout -issuer_hash)
good=
echo "không có trả lời OCSP hợp lệ / no OCSP response that holds" >why
for response in ocsp*.der; do
  [[ -f $response ]] || continue
  for issuer in issuer-of-*.pem; do
    [[ $(openssl x509 -in "$issuer" -noout -subject_hash 2>/dev/null) == "$wanted" ]] || continue
    openssl ocsp -respin "$response" -issuer "$issuer" -sha1 -cert signer.pem -CAfile "$authorities" -verify_other issuers.pem \
      -partial_chain -attime "$signed" -no_nonce >ocsp.txt 2>&1 || openssl ocsp -respin "$response" -issuer "$issuer" -sha256 \
      -cert signer.pem -CAfile "$authorities" -verify_other issuers.pem -partial_chain -attime "$signed" >ocsp.txt 2>&1 || true
    cat ocsp.txt >>why
    grep -q '^Response verify OK' ocsp.txt && grep -qE '^(signer.pem: )?good$' ocsp.txt || continue
    this=$(date -u -d "$(sed -n 's/^\s*This Update: //p' ocsp.txt)" +%s)
    next=$(sed -n 's/^\s*Next Update: //p' ocsp.txt)
    [[ -z $next || $(date -u -d "$next" +%s) -ge $signed ]] || continue
    [[ $this -le $((signed + 300)) && $((signed - this)) -le ${OCSP_FRESHNESS:-3600} ]] && good=1
  done
done
[[ -n $good ]] || failed "ocsp"
passed "ocsp"
echo "HỢP LỆ / VALID"
