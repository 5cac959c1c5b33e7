// The exchange's pages in a real browser against the real program with its own gateway: health, a right asked for by one
// person and granted by another, why a call is refused, a call tried out, its record and container, a gateway that
// joins while the page watches, a topic with its readers; every page at 320 and 1280 px, axe.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { axe, openBrowser, quiet, suite } from './browser.mjs';
import { root, start } from './server.mjs';

const program = process.env.HL_PROGRAM ?? join(root, 'build/release/bin/hienluong');
const server = await start({ dossiers: 20 });
const browser = await openBrowser();
const { look, open, person, test, end } = suite(browser, server);
const admin = server.tokens.admin;
const asks = 'QUANGTRI/GOV/H50.06/DAT-DAI', desk = 'QUANGTRI/GOV/H50.20/MOT-CUA', firms = 'QUANGTRI/GOV/H50.04/DKKD/doanh-nghiep';

const go = async (page, section, at) => {
  await page.goto(`${server.base}/app/console?section=${section}${at ? `&at=${encodeURIComponent(at)}` : ''}`);
  await page.locator('main h1').waitFor();
};
/** The same without loading the application anew. */
const goOn = async (page, section, at) => {
  await page.evaluate(([s, a]) => window.history.pushState({}, '', `/app/console?section=${s}${a ? `&at=${encodeURIComponent(a)}` : ''}`), [section, at]);
  await page.waitForFunction((s) => document.querySelector(`.rail a[aria-current=page][href$="section=${s}"]`) && document.querySelector('main h1'), section);
};
/** A choice in a list that is searched by typing. */
async function choose(page, where, label, words) {
  const field = where.getByRole('combobox', { name: label }).first();
  await field.fill(words);
  await page.getByRole('option', { name: words }).first().click();
}
const freePort = () => new Promise((done) => { const s = createServer().listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => done(port)); }); });

const folder = mkdtempSync(join(tmpdir(), 'hl-gateway-'));
try {
  await person('quan-tri-hai', 'Quản trị hai (mẫu)', 'administrator');
  await person('ket-noi', 'Kết nối (mẫu)', 'integrator');
  await person('kiem-toan', 'Kiểm toán (mẫu)', 'auditor');
  const page = await open('admin');

  await test('overview: the gateway is well, its certificates and its log are shown', async () => {
    await go(page, 'exchange');
    await page.getByRole('status').getByText('Bình thường').waitFor();
    await page.getByText('cong-tinh').first().waitFor();
    await page.getByText('Trung tâm Phục vụ hành chính công', { exact: false }).first().waitFor();
    assert.equal(await page.getByRole('alert').count(), 0);
    await look(page, 'exchange-overview-1280');
  });

  await test('registry: members, systems, services; a member is registered, a mistake stays at its field', async () => {
    await go(page, 'exchange-registry');
    await page.getByRole('button', { name: 'Đăng ký thành viên' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Đăng ký thành viên' }).click();
    await dialog.locator('.mantine-InputWrapper-error').first().waitFor();
    await dialog.getByLabel('Mã', { exact: true }).fill('BENH-VIEN-MAU');
    await dialog.getByLabel(/^Tên/).fill('Bệnh viện mẫu');
    await dialog.getByRole('button', { name: 'Đăng ký thành viên' }).click();
    await page.getByRole('cell', { name: 'Bệnh viện mẫu' }).first().waitFor();
    await page.getByRole('link', { name: 'Dịch vụ', exact: true }).click();
    await page.getByRole('link', { name: 'Tra cứu doanh nghiệp (mẫu)' }).waitFor();
    await look(page, 'exchange-services-1280');
  });

  await test('try: without a right the call is refused, with what to do; why it is refused leads to asking for the right', async () => {
    await go(page, 'exchange-catalogue');
    await page.getByLabel('Tìm dịch vụ').fill('doanh nghiệp');
    await page.getByRole('link', { name: 'Tra cứu doanh nghiệp (mẫu)' }).click();
    const form = page.getByRole('region', { name: 'Gọi thử' });
    await choose(page, form, 'Gọi với tư cách', 'Thông tin đất đai');
    await form.getByRole('button', { name: 'Gọi', exact: true }).click();
    await form.locator('.mantine-InputWrapper-error').first().waitFor();
    await form.getByLabel('code', { exact: true }).fill('0100000001');
    await form.getByLabel('Mục đích gọi').fill('thử kết nối');
    await form.getByRole('button', { name: 'Gọi', exact: true }).click();
    await page.getByTestId('answer').getByText('Server.ServerProxy.AccessDenied').first().waitFor();
    await look(page, 'exchange-try-refused-1280');
    await page.getByRole('link', { name: 'Vì sao bị từ chối?' }).last().click();
    const verdict = page.getByTestId('verdict');
    await verdict.getByText('Bị từ chối', { exact: true }).waitFor();
    await verdict.getByText('Hệ thống một cửa điện tử').waitFor(); // the right that was looked at is another's
    await page.getByLabel(/^Giả sử có quyền này/).fill('/*');
    await page.getByRole('button', { name: 'Kiểm tra' }).click();
    await verdict.getByText('Được phép', { exact: true }).waitFor();
    await look(page, 'exchange-check-1280');
  });

  await test('rights: one person asks, another approves, and only then the call passes', async () => {
    await go(page, 'exchange-rights', `ask?${new URLSearchParams({ client: asks, service: firms, method: 'GET', path: '/*' })}`);
    await page.getByRole('button', { name: 'Gửi yêu cầu cấp quyền' }).click();
    await page.locator('.mantine-InputWrapper-error').first().waitFor();
    await page.getByLabel('Căn cứ pháp lý').fill('Quyết định mẫu số 1, Điều 2');
    await page.getByRole('button', { name: 'Gửi yêu cầu cấp quyền' }).click();
    await page.getByText('Bạn là người gửi').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Phê duyệt' }).count(), 0);
    await look(page, 'exchange-request-own-1280');
    const second = await open('quan-tri-hai');
    await go(second, 'exchange-requests');
    await second.getByText('Quyết định mẫu số 1, Điều 2').waitFor();
    await second.getByRole('button', { name: 'Phê duyệt' }).click();
    await second.getByRole('dialog').getByRole('button', { name: 'Phê duyệt' }).click();
    await second.getByText('Không có yêu cầu nào').waitFor();
    const form = page.getByRole('region', { name: 'Gọi thử' });
    await go(page, 'exchange-catalogue', firms);
    await choose(page, form, 'Gọi với tư cách', 'Thông tin đất đai');
    await form.getByLabel('code', { exact: true }).fill('0100000001');
    await form.getByLabel('Mục đích gọi').fill('thử kết nối');
    await form.getByRole('button', { name: 'Gọi', exact: true }).click();
    await page.getByTestId('answer').getByText('Công ty TNHH Mẫu Một').waitFor();
    await look(page, 'exchange-try-1280');
  });

  await test('log: the call is found by its id, what it says takes a purpose, its container is a container', async () => {
    await page.getByRole('link', { name: 'Xem trong nhật ký thông điệp' }).click();
    const records = page.getByRole('link', { name: /^Xem \d+: Trả lời/ });
    await records.first().waitFor();
    await page.getByText('***').first().waitFor(); // who called is masked
    await look(page, 'exchange-log-1280');
    await records.first().click();
    await page.getByText('SHA-512').first().waitFor();
    await page.getByRole('button', { name: 'Xem nội dung' }).click();
    await page.getByText('Mục đích gồm 5 đến 300 ký tự.').waitFor();
    await page.getByLabel('Mục đích', { exact: false }).fill('kiểm tra lượt gọi thử');
    await page.getByRole('button', { name: 'Xem nội dung' }).click();
    await page.getByTestId('contents').getByText(/account:/).waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Tải gói chứng cứ' }).click();
    const file = readFileSync(await (await download).path());
    assert.ok(file.subarray(0, 2).equals(Buffer.from('PK')) && file.includes('application/vnd.etsi.asic-e+zip'));
    await look(page, 'exchange-message-1280');
    const reads = (await server.call((await server.call(null, 'sessions', { login: 'kiem-toan', password: server.passwords['kiem-toan'] })).token, 'personal-reads')).items.map((r) => r.what);
    for (const what of ['exchange_try', 'exchange_message', 'exchange_container']) assert.ok(reads.includes(what), what);
  });

  await test('requests: an integrator asks for a service by its description, an administrator refuses with a reason', async () => {
    const integrator = await open('ket-noi');
    await go(integrator, 'exchange-requests');
    assert.equal(await integrator.getByRole('link', { name: 'Gia nhập', exact: true }).count(), 0);
    await integrator.getByRole('button', { name: 'Gửi yêu cầu' }).click();
    const dialog = integrator.getByRole('dialog');
    await choose(integrator, dialog, 'Hệ thống con cung cấp', 'Hộ tịch');
    await dialog.getByLabel('Mã dịch vụ').fill('ket-hon');
    await dialog.getByLabel('Bản mô tả').fill('không phải OpenAPI');
    await dialog.getByRole('button', { name: 'Gửi yêu cầu' }).click();
    await dialog.getByRole('alert').waitFor();
    integrator.faults.splice(0); // the browser's own line about the refusal
    await look(integrator, 'exchange-request-form-1280');
    await dialog.getByLabel('Bản mô tả').fill("openapi: 3.0.3\ninfo: {title: Tra cứu kết hôn, version: '1'}\npaths:\n  /{so}:\n    get: {summary: Một bản ghi, responses: {'200': {description: Có}}}\n");
    await dialog.getByRole('button', { name: 'Gửi yêu cầu' }).click();
    await integrator.locator('[data-request]').getByText('ket-hon').first().waitFor();
    await go(page, 'exchange-requests');
    await page.getByRole('button', { name: 'Từ chối' }).click();
    await page.getByLabel('Lý do từ chối').fill('Thiếu tên cơ quan quản lý');
    await page.getByRole('dialog').getByRole('button', { name: 'Từ chối' }).click();
    await page.getByText('Không có yêu cầu nào').waitFor();
    await integrator.getByRole('combobox', { name: 'Hiện' }).click();
    await integrator.getByRole('option', { name: 'Đã từ chối' }).click();
    await integrator.getByText('Thiếu tên cơ quan quản lý').waitFor();
    await integrator.context().close();
  });

  await test('join: the command made here is run, and the page sees every step until the round trip', async () => {
    await go(page, 'exchange-join');
    await page.getByRole('button', { name: 'Tạo mã gia nhập' }).click();
    await page.locator('.mantine-InputWrapper-error').first().waitFor();
    await choose(page, page, 'Cơ quan sở hữu cổng', 'Trung tâm Phục vụ hành chính công');
    await page.getByLabel('Mã cổng').fill('cong-mot-cua');
    await look(page, 'exchange-join-form-1280');
    await page.getByRole('button', { name: 'Tạo mã gia nhập' }).click();
    await page.getByLabel('Địa chỉ để cổng khác gọi đến').fill(`127.0.0.1:${await freePort()}`);
    const command = (await page.getByTestId('command').innerText()).split(' ');
    assert.deepEqual(command.slice(0, 3), ['hienluong', 'gateway', 'join']);
    const step = (name, state) => page.locator(`[data-step=${name}][data-state=${state}]`);
    await step('used', 'now').waitFor();
    await look(page, 'exchange-join-code-1280');
    const run = spawn(program, ['--data', folder, ...command.slice(1), '--listen', '127.0.0.1', '--http-port', String(await freePort()), '--https-port', '-1'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [run.stdout, run.stderr]) stream.on('data', (chunk) => { said += chunk; });
    const code = await new Promise((done) => run.on('exit', done));
    assert.equal(code, 0, said);
    await step('round', 'done').waitFor();
    assert.equal(await page.locator('[data-step][data-state=done]').count(), 5);
    await look(page, 'exchange-join-1280');
    // Its key became known to others: nobody believes its certificate any more.
    await go(page, 'exchange-registry', 'servers');
    const row = page.getByRole('row').filter({ hasText: 'cong-mot-cua' });
    await row.locator('summary').click();
    await look(page, 'exchange-servers-1280');
    await row.getByRole('button', { name: 'Thu hồi chứng thư: Kết nối giữa các cổng' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Thu hồi chứng thư' }).click();
    await row.getByText('Đã thu hồi').waitFor();
  });

  await test('topics: made, a reader admitted on a basis, subscribed, replayed, closed', async () => {
    await go(page, 'exchange-topics');
    await page.getByText('Chưa có chủ đề nào').waitFor();
    await page.getByRole('button', { name: 'Tạo chủ đề' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Tên chủ đề').fill('Thay đổi doanh nghiệp (mẫu)');
    await dialog.getByLabel('Mã chủ đề').fill('doanh-nghiep-thay-doi');
    await choose(page, dialog, 'Hệ thống phát', 'Đăng ký kinh doanh');
    await dialog.getByRole('button', { name: 'Tạo chủ đề' }).click();
    await page.getByRole('link', { name: 'Thay đổi doanh nghiệp (mẫu)' }).click();
    await choose(page, page, 'Hệ thống con', 'Hệ thống một cửa');
    await page.getByLabel('Căn cứ', { exact: true }).fill('Quyết định mẫu số 2');
    await page.getByRole('button', { name: 'Cho phép nhận' }).click();
    await page.getByRole('cell', { name: 'Quyết định mẫu số 2' }).waitFor();
    await page.getByRole('button', { name: 'Đăng ký nhận' }).click();
    await choose(page, dialog, 'Hệ thống nhận', 'Hệ thống một cửa');
    await dialog.getByRole('button', { name: 'Đăng ký nhận' }).click();
    const subscription = page.locator('[data-subscription]');
    await subscription.getByRole('button', { name: 'Tạm dừng' }).click();
    await subscription.getByText('Tạm dừng', { exact: true }).first().waitFor();
    await subscription.getByRole('button', { name: 'Nhận tiếp' }).click();
    await subscription.getByText('Đang nhận').waitFor();
    await subscription.getByRole('button', { name: 'Nhận lại' }).click();
    await dialog.getByRole('button', { name: 'Nhận lại' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await subscription.getByRole('button', { name: 'Tin không giao được' }).click();
    await dialog.getByText('Không có tin nào không giao được').waitFor();
    await page.keyboard.press('Escape');
    await look(page, 'exchange-topic-1280');
    await page.getByRole('button', { name: 'Đóng chủ đề' }).click();
    await dialog.getByRole('button', { name: 'Đóng chủ đề' }).click();
    await page.getByText('Đã đóng').waitFor();
  });

  await test('rarely done: a group made and filled, an authority believed and no longer, an end, limits of a topic, contents erased', async () => {
    const dialog = page.getByRole('dialog');
    await go(page, 'exchange-registry', 'groups');
    await page.getByText('Chưa có nhóm nào').waitFor();
    await page.getByRole('button', { name: 'Tạo nhóm' }).click();
    await dialog.getByLabel('Tên nhóm').fill('Hệ thống cấp xã (mẫu)');
    await dialog.getByLabel('Mã nhóm').fill('cấp xã');
    await dialog.getByRole('button', { name: 'Tạo nhóm' }).click();
    await dialog.locator('.mantine-InputWrapper-error').waitFor(); // no accents in a code
    await dialog.getByLabel('Mã nhóm').fill('cap-xa');
    await dialog.getByRole('button', { name: 'Tạo nhóm' }).click();
    const group = page.locator('[data-group=cap-xa]');
    await choose(page, group, 'Hệ thống con', 'Thông tin đất đai');
    await group.getByRole('button', { name: 'Thêm', exact: true }).click();
    await group.getByText(/^từ \d/).waitFor();
    await look(page, 'exchange-groups-1280');
    await group.getByRole('button', { name: 'Đưa ra khỏi nhóm: Thông tin đất đai' }).click();
    await dialog.getByRole('button', { name: 'Đưa ra khỏi nhóm' }).click();
    await group.getByText('Chưa có hệ thống con nào').waitFor();

    const pem = join(folder, 'authority.pem');
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', join(folder, 'authority.key'), '-out', pem, '-days', '30', '-subj', '/CN=Trial authority', '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'], { stdio: 'ignore' });
    await go(page, 'exchange-registry', 'trust');
    await page.getByRole('button', { name: 'Thêm dịch vụ tin cậy' }).click();
    await dialog.getByLabel('Tên').fill('Cơ quan chứng thực mẫu');
    await dialog.getByLabel('Chứng thư (PEM)').fill('không phải PEM');
    await dialog.getByRole('button', { name: 'Thêm dịch vụ tin cậy' }).click();
    await dialog.getByText('Cần văn bản PEM', { exact: false }).waitFor();
    await dialog.getByLabel('Chứng thư (PEM)').fill(readFileSync(pem, 'utf8'));
    await look(page, 'exchange-trust-form-1280');
    await dialog.getByRole('button', { name: 'Thêm dịch vụ tin cậy' }).click();
    const row = page.getByRole('row').filter({ hasText: 'Cơ quan chứng thực mẫu' });
    await row.getByRole('button', { name: /^Thôi tin/ }).click();
    await dialog.getByRole('button', { name: 'Thôi tin' }).click();
    await row.getByText(/^Đã ngừng/).waitFor();
    assert.equal(await row.getByRole('button').count(), 0);

    await go(page, 'exchange-registry', 'key');
    const { fingerprint } = await (await fetch(`${server.base}/api/v1/exchange/key`)).json();
    assert.equal((await page.getByTestId('fingerprint').textContent()).replaceAll(' ', ''), fingerprint);
    await page.getByText('Chưa đổi lần nào').waitFor();
    const rotated = JSON.parse(server.run('--json', 'exchange', 'configuration-key', 'rotate', '--overlap', '1'));
    assert.equal(rotated.statements.length, 1);
    await page.reload();
    await page.getByRole('row').filter({ hasText: 'theo kế hoạch' }).getByText('Đã công bố').waitFor();
    assert.equal((await page.getByTestId('fingerprint').textContent()).replaceAll(' ', ''), fingerprint);
    await look(page, 'exchange-key-1280');

    await go(page, 'exchange-registry', 'members');
    const left = page.getByRole('row').filter({ hasText: 'Bệnh viện mẫu' });
    await left.getByRole('button', { name: 'Cho kết thúc: Bệnh viện mẫu' }).click();
    await dialog.getByLabel('Ngày đầu tiên không còn hiệu lực').fill('32/13/2026');
    await dialog.getByRole('button', { name: 'Cho kết thúc' }).click();
    await dialog.getByText('Ngày chưa đúng', { exact: false }).waitFor();
    await look(page, 'exchange-ending-1280');
    await dialog.getByLabel('Ngày đầu tiên không còn hiệu lực').fill('');
    await dialog.getByRole('button', { name: 'Cho kết thúc' }).click();
    await left.getByText(/^Đã kết thúc từ/).waitFor();
    assert.equal(await left.getByRole('button').count(), 0);

    await go(page, 'exchange-topics');
    await page.getByRole('button', { name: 'Tạo chủ đề' }).click();
    await dialog.getByLabel('Tên chủ đề').fill('Chủ đề thứ hai (mẫu)');
    await dialog.getByLabel('Mã chủ đề').fill('thu-hai');
    await choose(page, dialog, 'Hệ thống phát', 'Đăng ký kinh doanh');
    await dialog.getByRole('button', { name: 'Tạo chủ đề' }).click();
    await page.getByRole('link', { name: 'Chủ đề thứ hai (mẫu)' }).click();
    await page.getByRole('button', { name: 'Sửa tên và giới hạn' }).click();
    await dialog.getByLabel('Số lần giao lại').fill('không');
    await dialog.getByRole('button', { name: 'Lưu' }).click();
    await dialog.getByText('Số nguyên từ 1 đến 1.000', { exact: false }).waitFor();
    await dialog.getByLabel('Số lần giao lại').fill('7');
    await dialog.getByLabel('Tin lớn nhất (KiB)').fill('64');
    await dialog.getByRole('button', { name: 'Lưu' }).click();
    await dialog.waitFor({ state: 'hidden' });
    const topic = await server.call(admin, 'exchange/topics/thu-hai');
    assert.deepEqual([topic.attempts, topic.largest_message], [7, 65536]);

    const { items } = await server.call(admin, 'exchange/messages?limit=1');
    await go(page, 'exchange-log', `record/${items[0].number}`);
    await page.getByRole('button', { name: 'Xóa nội dung' }).click();
    await dialog.getByRole('button', { name: 'Xóa nội dung' }).click();
    await dialog.getByText('Lý do gồm 5 đến 500 ký tự.').waitFor();
    await dialog.getByLabel('Lý do và căn cứ').fill('Yêu cầu xóa mẫu, theo quy định');
    await dialog.getByLabel('Xóa cả người dùng', { exact: false }).check();
    await look(page, 'exchange-erasure-1280');
    await dialog.getByRole('button', { name: 'Xóa nội dung' }).click();
    await page.getByText('Nội dung đã được xóa', { exact: false }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Xóa nội dung' }).count(), 0);
  });

  await test('each role: an auditor and an integrator meet no refusal on the pages that they are offered', async () => {
    for (const [login, offered] of [['kiem-toan', ['exchange', 'exchange-registry', 'exchange-rights', 'exchange-catalogue', 'exchange-log', 'exchange-topics']], ['ket-noi', ['exchange', 'exchange-registry', 'exchange-requests', 'exchange-rights', 'exchange-catalogue', 'exchange-log', 'exchange-topics']]]) {
      const one = await open(login);
      await go(one, 'exchange');
      assert.deepEqual(await one.evaluate(() => [...document.querySelectorAll('.rail a')].map((a) => new URL(a.href).searchParams.get('section')).filter((s) => s.startsWith('exchange'))), offered, login);
      one.refusals.length = 0;
      for (const section of offered) {
        await goOn(one, section);
        await quiet(one);
        assert.equal(await one.getByRole('alert').count(), 0, `${login} ${section}`);
      }
      assert.deepEqual(one.refusals, [], login);
      await one.context().close();
    }
  });

  await test('every page at 320 px in English: nothing runs out of the screen', async () => {
    const phone = await open('admin', { width: 320, height: 640 });
    await phone.evaluate(() => localStorage.setItem('hl.language', 'en'));
    await go(phone, 'exchange');
    for (const [section, at] of [['exchange'], ['exchange-registry', 'services'], ['exchange-registry', 'key'], ['exchange-requests'], ['exchange-rights'], ['exchange-rights', 'check'], ['exchange-join'], ['exchange-catalogue'], ['exchange-catalogue', firms], ['exchange-log'], ['exchange-log', 'usage'], ['exchange-topics']]) {
      await goOn(phone, section, at);
      await look(phone, `${section}${at ? `-${at.replace(/.*\//, '')}` : ''}-320`, 'en');
    }
    await phone.context().close();
  });
} finally {
  await browser.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
end();
