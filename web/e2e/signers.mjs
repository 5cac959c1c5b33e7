// Document signers in a real browser: a letter of a certificate that nobody knows is marked at the desk, registered only
// with a reason; one administrator binds it, another approves; the list of revoked certificates shows its age; empty
// states, both languages, axe at 1280 and 390 px.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBrowser, suite, until } from './browser.mjs';
import { simulate } from './lib/simulator.mjs';
import { root, start } from './server.mjs';

const keys = mkdtempSync(join(tmpdir(), 'hl-signers-'));
const file = (...parts) => join(keys, ...parts);
const shell = (command, ...args) => {
  const done = spawnSync(command, args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${done.stderr}`);
  return done.stdout;
};
/** An authority made for this test, a signer under it, and its list of revoked certificates. */
function makeKeys() {
  for (const folder of ['trust', 'revocation', 'made']) mkdirSync(file('documents', folder), { recursive: true });
  const made = (name) => file('documents', 'made', name);
  for (const [name, usage] of [['root', 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign'], ['there', 'basicConstraints=critical,CA:FALSE\nkeyUsage=digitalSignature']]) {
    shell('openssl', 'req', '-newkey', 'rsa:2048', '-nodes', '-keyout', made(`${name}.key`), '-out', made(`${name}.csr`), '-subj', `/CN=${name === 'root' ? 'Goc mau' : 'Co quan mau'}`);
    writeFileSync(made('ext'), `${usage}\n`);
    shell('openssl', 'x509', '-req', '-in', made(`${name}.csr`), '-out', made(`${name}.crt`), '-days', '60', '-extfile', made('ext'), ...(name === 'root' ? ['-signkey', made('root.key')] : ['-CA', made('root.crt'), '-CAkey', made('root.key'), '-CAcreateserial']));
  }
  writeFileSync(made('index.txt'), '');
  writeFileSync(made('ca.cnf'), `[ca]\ndefault_ca=own\n[own]\ndatabase=${made('index.txt')}\ndefault_md=sha256\ndefault_crl_days=7\n`);
  shell('openssl', 'ca', '-gencrl', '-config', made('ca.cnf'), '-keyfile', made('root.key'), '-cert', made('root.crt'), '-out', file('documents', 'revocation', 'mau.crl'));
  writeFileSync(file('documents', 'trust', 'mau.pem'), readFileSync(made('root.crt')));
  return made;
}
const made = makeKeys();

const space = 'xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016" xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016"';
const signature = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo><CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/><SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><Reference URI=""><Transforms><Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/></Transforms><DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue/></Reference></SignedInfo><SignatureValue/><KeyInfo><X509Data><X509Certificate/></X509Data></KeyInfo></Signature>';
function letter(number) {
  const e = (name, value) => `<edXML:${name}>${value}</edXML:${name}>`;
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<edXML ${space}><edXML:edXMLEnvelope><edXML:edXMLHeader><edXML:MessageHeader><edXML:From>${e('OrganId', 'G22')}${e('OrganName', 'Cơ quan mẫu')}</edXML:From><edXML:To>${e('OrganId', 'H50.02')}</edXML:To>${e('DocumentId', `G22,2026/11/20,${number}/VPCP-TH`)}`
    + `<edXML:Code>${e('CodeNumber', number)}${e('CodeNotation', 'VPCP-TH')}</edXML:Code><edXML:PromulgationInfo>${e('PromulgationDate', '2026/11/20')}</edXML:PromulgationInfo>${e('Subject', `V/v mẫu số ${number}`)}<edXML:OtherInfo>${e('Priority', 0)}</edXML:OtherInfo></edXML:MessageHeader>`
    + `<edXML:TraceHeaderList><edXML:TraceHeader>${e('OrganId', 'G22')}${e('Timestamp', '2026/11/20 08:00:00')}</edXML:TraceHeader><edXML:Bussiness>${e('BussinessDocType', 0)}</edXML:Bussiness></edXML:TraceHeaderList>${signature}</edXML:edXMLHeader><edXML:edXMLBody><edXML:edXMLManifest version="1.0"></edXML:edXMLManifest></edXML:edXMLBody></edXML:edXMLEnvelope><AttachmentEncoded></AttachmentEncoded></edXML>`;
  writeFileSync(made('plain.edxml'), xml);
  shell('xmlsec1', '--sign', '--privkey-pem', `${made('there.key')},${made('there.crt')}`, '--output', made('signed.edxml'), made('plain.edxml'));
  return readFileSync(made('signed.edxml'), 'utf8');
}

const simulator = await simulate(['vxp'], ['--set', `vxp.schema=${root}packs/quang-tri/documents/edxml.xsd`]);
const server = await start({ dossiers: 10, more: `keys: ${keys}\nfour_eyes: true\nlinks: {documents: {url: "${simulator.url}/vxp", user: quangtri, secret_file: "${simulator.secret}", first_retry_seconds: 0.1, longest_retry_seconds: 1, breaker_rest_seconds: 0.2}}\n` });
const browser = await openBrowser();
const { look, open, person, test, end } = suite(browser, server);
const { admin } = server.tokens;
const go = async (page) => { await page.goto(`${server.base}/app/console?section=signers`); await page.getByRole('heading', { level: 1 }).waitFor(); };

try {
  await person('quan-tri-hai', 'Quản trị viên hai (mẫu)', 'administrator', null);
  await person('van-thu-so', 'Văn thư sở (mẫu)', 'registrar', 'so-noi-vu');
  const page = await open('admin');

  await test('where nothing waits the page says so; the lists show from when they are', async () => {
    await go(page);
    await page.getByText('Không có văn bản nào như vậy').waitFor();
    await page.getByText('Chưa có dòng nào').waitFor();
    const row = page.getByRole('row', { name: /mau\.crl/ });
    await row.getByText('Còn hạn').waitFor();
    await page.getByRole('button', { name: 'Lấy ngay' }).click();
    await page.getByText(/0 văn bản được xét lại/).waitFor();
    await look(page, 'signers-empty-1280');
  });

  let key;
  await test('a letter of a certificate that nobody knows is marked, and says what to do', async () => {
    await simulator.tell('vxp/do/deliver', { system: 'quangtri', from: 'G22', kind: 'edoc', edxml: letter(1) });
    await until('it arrives', async () => { await server.call(admin, 'links/documents/tasks/receive', {}); key = (await server.call(server.tokens['van-thu-so'], 'documents?agency=so-noi-vu')).items[0]?.key; return key; });
    const clerk = await open('van-thu-so');
    await clerk.waitForURL(/desk\/documents/);
    await clerk.getByText('Không chắc của bên gửi').waitFor();
    await look(clerk, 'signers-desk-list-1280');
    await clerk.getByRole('button', { name: '1/VPCP-TH' }).click();
    await clerk.getByText(/chưa được gắn với cơ quan nào/).waitFor();
    await clerk.getByRole('button', { name: 'Vào sổ' }).click();
    await clerk.getByLabel('Vì sao vẫn vào sổ').waitFor();
    await look(clerk, 'signers-desk-one-1280');
    await clerk.getByRole('button', { name: 'Bỏ qua' }).click();
    await clerk.context().close();
  });

  await test('one administrator binds it, may not approve it himself, and another does', async () => {
    await go(page);
    await page.getByRole('button', { name: /^Gắn với cơ quan: CN=Co quan mau/ }).click();
    const dialog = page.getByRole('dialog');
    assert.equal(await dialog.getByLabel('Mã cơ quan').inputValue(), 'G22');
    await dialog.getByLabel('Căn cứ').fill('Danh sách chứng thư (mẫu)');
    await look(page, 'signers-propose-1280');
    await dialog.getByRole('button', { name: 'Đề nghị' }).click();
    await page.getByText('Bạn đề nghị dòng này; người khác duyệt.').waitFor();
    await look(page, 'signers-proposed-1280');
    const other = await open('quan-tri-hai', { width: 1280, height: 900 });
    await go(other);
    await other.getByRole('button', { name: 'Duyệt G22', exact: true }).click();
    await other.getByRole('dialog').getByText(/sẽ được coi là của G22/).waitFor();
    await other.getByRole('dialog').getByRole('button', { name: 'Duyệt' }).click();
    await other.getByText(/1 văn bản được xét lại/).waitFor();
    await other.getByText('Không có văn bản nào như vậy').waitFor();
    await look(other, 'signers-approved-1280');
    assert.equal((await server.call(server.tokens['van-thu-so'], `documents/${key}`)).signature, 'valid');
    await other.context().close();
  });

  await test('a pasted file that is no certificate is refused with what to do', async () => {
    await go(page);
    await page.getByRole('button', { name: 'Thêm chứng thư' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Chứng thư (PEM)').fill('khong phai');
    await dialog.getByLabel('Mã cơ quan').fill('H49');
    await dialog.getByLabel('Căn cứ').fill('Danh sách (mẫu)');
    await dialog.getByRole('button', { name: 'Đề nghị' }).click();
    await dialog.getByText(/không phải chứng thư số dạng PEM/).first().waitFor();
    await dialog.getByLabel('Chứng thư (PEM)').fill(readFileSync(made('there.crt'), 'utf8'));
    await dialog.getByLabel('Nhận biết theo').selectOption('subject');
    await dialog.getByLabel(/^Chủ thể/).fill('CN=Co quan mau');
    await dialog.getByRole('button', { name: 'Đề nghị' }).click();
    await page.getByRole('cell', { name: 'H49', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Không duyệt H49' }).click();
    await page.getByRole('dialog').getByLabel('Lý do').fill('Thử (mẫu)');
    await page.getByRole('dialog').getByRole('button', { name: 'Không duyệt' }).click();
    await page.locator('[data-signer=H49]').getByText('Không duyệt').waitFor();
  });

  await test('ended from today on, what comes is marked again', async () => {
    await page.getByRole('button', { name: 'Thôi hiệu lực G22' }).click();
    await page.getByRole('dialog').getByLabel('Lý do').fill('Mất thiết bị ký (mẫu)');
    await look(page, 'signers-end-1280');
    await page.getByRole('dialog').getByRole('button', { name: 'Thôi hiệu lực' }).click();
    await page.locator('[data-signer=G22]').getByText('Hết hiệu lực').waitFor();
    assert.equal((await server.call(server.tokens['van-thu-so'], `documents/${key}`)).signature, 'unbound');
  });

  await test('every page at 390 px, in both languages: nothing runs out of the screen', async () => {
    for (const language of ['vi', 'en']) {
      const phone = await open('quan-tri-hai', { width: 390, height: 780 }, language);
      await go(phone);
      await look(phone, `signers-390-${language}`, language === 'vi' ? 'vi' : 'en');
      await phone.context().close();
      const clerk = await open('van-thu-so', { width: 390, height: 780 }, language);
      await clerk.goto(`${server.base}/app/desk/documents?open=${key}`);
      await clerk.locator('[data-signature=unbound]').waitFor();
      await look(clerk, `signers-desk-390-${language}`, 'en');
      await clerk.context().close();
    }
  });
} finally {
  await browser.close();
  await server.stop();
  simulator.stop();
  rmSync(keys, { recursive: true, force: true });
}
end();
