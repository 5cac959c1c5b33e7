// The console in a real browser against the real server: a pack's difference and its applying, a procedure edited without
// code and published by a second person, a trial on the calendar, a reorganisation, accounts with dated roles, API keys,
// health and followers, the log of reads, the ledger, a second factor; every page at 320 and 1280 px in both languages,
// dialogs open.
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newPage, openBrowser, suite, until } from './browser.mjs';
import { fill, root, start } from './server.mjs';

const server = await start({ dossiers: 200 });
const browser = await openBrowser();
const { look, open, person, test, end } = suite(browser, server);
const admin = server.tokens.admin;
const go = (page, section, at) => page.goto(`${server.base}/app/console?section=${section}${at ? `&at=${encodeURIComponent(at)}` : ''}`);
/** The same without loading the application anew. */
const goOn = async (page, section, at) => {
  await page.evaluate(([s, a]) => window.history.pushState({}, '', `/app/console?section=${s}${a ? `&at=${encodeURIComponent(a)}` : ''}`), [section, at]);
  await page.waitForFunction(([s]) => document.querySelector(`.rail a[aria-current=page][href*="section=${s}"]`) && document.querySelector('main h1, main h2'), [section]);
};
/** The six digits an authenticator shows now for a secret in base 32 (RFC 6238). */
function totp(secret) {
  const bits = [...secret.toUpperCase()].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
const dayFromNow = (days) => new Date(Date.now() + days * 86_400_000).toLocaleDateString('en-GB', { timeZone: 'Asia/Ho_Chi_Minh' });
/** Busy from the first letter on, until what stands there has been judged. */
const judgedAnew = (page) => page.locator('[data-testid=judged][data-busy=false]').waitFor();

const pack = mkdtempSync(join(tmpdir(), 'hl-pack-'));
try {
  const codes = await fill(server, 12);
  for (const code of codes.slice(0, 3)) await server.call(server.tokens['mau-mot-cua'], `dossiers/${code}`);
  await server.call(server.tokens['mau-lanh-dao'], `dossiers/${codes[4]}`);
  await person('quan-tri-hai', 'Quản trị hai (mẫu)', 'administrator');
  await person('kiem-toan', 'Kiểm toán (mẫu)', 'auditor');
  const page = await open('admin', { width: 1280, height: 800 });

  await test('slips: each form of a dossier answers as a page to print', async () => {
    for (const form of ['01', '06']) {
      const answer = await fetch(`${server.base}/api/v1/dossiers/${codes[1]}/slips/${form}?format=pdf`, { headers: { Authorization: `Bearer ${server.tokens['mau-mot-cua']}` } });
      assert.equal(answer.status, 200, form);
      assert.equal(answer.headers.get('content-type'), 'application/pdf');
      assert.ok(Buffer.from(await answer.arrayBuffer()).subarray(0, 5).equals(Buffer.from('%PDF-')));
    }
  });

  await test('pack: the server’s own pack changes nothing; a changed one is read field by field and applied after a typed word', async () => {
    await go(page, 'pack');
    await page.getByRole('button', { name: 'Kiểm tra', exact: true }).click();
    await page.getByText('Gói giống hệt dữ liệu đang có').waitFor();
    await look(page, 'console-pack-same-1280');
    cpSync(join(root, 'packs/quang-tri'), pack, { recursive: true });
    const agencies = readFileSync(join(pack, 'agencies.csv'), 'utf8');
    assert.ok(agencies.includes('Sở Tư pháp'));
    writeFileSync(join(pack, 'agencies.csv'), agencies.replace('Sở Tư pháp', 'Sở Tư pháp (thử)'));
    const sheet = join(pack, 'procedures/1.001612.yaml');
    const text = readFileSync(sheet, 'utf8');
    writeFileSync(sheet, text.replace(/valid: \{from: [0-9-]+/, 'valid: {from: 2027-03-01').replace(/^ {2}hours: .*handle/m, (m) => m));
    writeFileSync(join(pack, 'positions.csv'), `${readFileSync(join(pack, 'positions.csv'), 'utf8')}hỏng,,,\n`);
    await page.locator('input[type=file]').setInputFiles(pack);
    await page.getByText(/Đã chọn \d+ tệp/).waitFor();
    await page.getByRole('button', { name: 'Kiểm tra thư mục đã chọn' }).click();
    await page.getByRole('cell', { name: 'positions.csv' }).first().waitFor();
    assert.equal(await page.getByRole('button', { name: 'Áp dụng gói' }).count(), 0);
    await look(page, 'console-pack-errors-1280');
    const positions = readFileSync(join(root, 'packs/quang-tri/positions.csv'), 'utf8');
    writeFileSync(join(pack, 'positions.csv'), positions);
    await page.locator('input[type=file]').setInputFiles(pack);
    await page.getByRole('button', { name: 'Kiểm tra thư mục đã chọn' }).click();
    await page.getByText('Sở Tư pháp (thử)').first().waitFor();
    await look(page, 'console-pack-changes-1280');
    await page.getByRole('button', { name: 'Áp dụng gói' }).click();
    const dialog = page.getByRole('dialog');
    await look(page, 'console-pack-confirm-1280');
    assert.ok(await dialog.getByRole('button', { name: 'Áp dụng gói' }).isDisabled());
    await dialog.getByRole('textbox').fill('áp dụng');
    await dialog.getByRole('button', { name: 'Áp dụng gói' }).click();
    await page.getByText('Đã áp dụng gói dữ liệu.').waitFor();
    const names = (await server.call(admin, 'agencies')).items.map((a) => a.name);
    assert.ok(names.some((n) => n.includes('Sở Tư pháp (thử)')));
  });

  await test('procedure: edited in forms, a mistake is shown at its field and mended, proposed, published by another person', async () => {
    await go(page, 'procedures', '1.001612');
    await page.getByRole('link', { name: 'Sửa thủ tục' }).click();
    await judgedAnew(page);
    await page.getByText('Chưa có gì khác với bản đã công bố.').waitFor();
    await page.getByText('Không có lỗi.').waitFor();
    await page.getByRole('tab', { name: 'Quy trình' }).click();
    await page.locator('.flow img').waitFor();
    const hours = page.locator('#s-flow-hours-handle');
    const before = await hours.inputValue();
    await hours.fill('9000');
    await judgedAnew(page);
    await page.locator('.editside .state.bad').waitFor();
    await look(page, 'console-editor-fault-1280');
    await page.locator('.sayings button').first().click();
    await hours.fill(before);
    await judgedAnew(page);
    await page.getByText('Không có lỗi.').waitFor();
    await page.getByRole('tab', { name: 'Thành phần hồ sơ' }).click();
    await page.locator('#s-components-0-id').fill('mã hỏng!');
    await judgedAnew(page);
    await page.locator('.mantine-InputWrapper-error').first().waitFor(); // beside the field
    await page.locator('#s-components-0-id').fill('giay-de-nghi');
    await page.locator('#s-components-0-copies').fill('2');
    await judgedAnew(page);
    await page.locator('.editside dl.diff').getByText('bản sao').waitFor();
    // What was typed is there again after a reload.
    await page.reload();
    await page.getByText('Đã lấy lại bản đang sửa trên máy này.').waitFor();
    await judgedAnew(page);
    await page.getByLabel('Áp dụng từ ngày').fill('01/04/2027');
    await look(page, 'console-editor-1280');
    await page.getByRole('button', { name: 'Gửi đề nghị công bố' }).click();
    await page.getByText(/Đã gửi đề nghị P\d+/).waitFor();
    await go(page, 'proposals');
    await page.getByText('Bạn là người đề nghị').waitFor();
    assert.ok(await page.getByRole('button', { name: 'Công bố', exact: true }).isDisabled());
    const second = await open('quan-tri-hai', { width: 1280, height: 800 });
    await go(second, 'proposals');
    await second.locator('dl.diff').getByText('bản sao').waitFor();
    await second.getByRole('button', { name: 'Công bố', exact: true }).click();
    await look(second, 'console-publish-1280');
    await second.getByRole('dialog').getByRole('button', { name: 'Công bố', exact: true }).click();
    await second.getByText('Đã công bố.').waitFor();
    await second.context().close();
    // The catalogue in memory follows the ledger.
    let releases = [];
    await until('the new release is in the catalogue', async () => {
      releases = (await server.call(admin, 'procedures/1.001612/releases')).items;
      return releases[0].valid_from.startsWith('2027-04-01');
    });
    assert.ok(releases[0].approved_by && releases[0].approved_by !== releases[0].published_by);
  });

  await test('trial: a procedure is run on the calendar, with a supplement', async () => {
    await go(page, 'procedures', '1.001612');
    await page.getByLabel('Nhận hồ sơ lúc').fill('08:30 25/11/2026');
    await page.getByRole('combobox', { name: 'Xã, phường, đặc khu' }).fill('Phường Đông Hà');
    await page.getByRole('option', { name: 'Phường Đông Hà' }).click();
    const dossiers = (await server.call(server.tokens['mau-mot-cua'], 'dossiers?agency=ubnd-19333&limit=200')).items.length;
    await page.getByRole('button', { name: 'Chạy thử' }).click();
    const trial = page.getByTestId('trial');
    await trial.getByText(/trước \d+ giờ \d\d/).first().waitFor();
    await page.getByLabel('Yêu cầu bổ sung, người nộp trả lời sau (ngày làm việc)').nth(2).check({ force: true });
    await page.getByRole('button', { name: 'Chạy thử' }).click();
    await trial.getByText('Chờ bổ sung: ').waitFor();
    await trial.scrollIntoViewIfNeeded();
    await look(page, 'console-trial-1280');
    assert.equal((await server.call(server.tokens['mau-mot-cua'], 'dossiers?agency=ubnd-19333&limit=200')).items.length, dossiers);
  });

  await test('accounts: a role from a day to a day, ended from a day; closed and opened again', async () => {
    await go(page, 'accounts');
    await page.getByRole('button', { name: 'Tài khoản mới' }).click();
    await look(page, 'console-account-new-1280');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Tên đăng nhập').fill('may-mau');
    await dialog.getByLabel('Tên hiển thị').fill('Hệ thống mẫu');
    await dialog.getByLabel('Loại').click();
    await page.getByRole('option', { name: 'Hệ thống' }).click();
    await dialog.getByRole('button', { name: 'Tạo tài khoản' }).click();
    await dialog.getByRole('status').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('combobox', { name: 'Loại tài khoản' }).click();
    await page.getByRole('option', { name: 'Hệ thống' }).click();
    await page.getByRole('button', { name: 'may-mau' }).click();
    await dialog.getByRole('combobox', { name: 'Vai trò' }).click();
    await page.getByRole('option', { name: 'Hệ thống kết nối' }).click();
    await dialog.getByLabel('Từ ngày').fill(dayFromNow(0));
    await dialog.getByLabel(/^Đến hết ngày/).fill(dayFromNow(-1));
    await dialog.getByRole('button', { name: 'Giao vai trò' }).click();
    await dialog.getByText('Ngày cuối phải không trước ngày đầu.').waitFor();
    await dialog.getByLabel(/^Đến hết ngày/).fill(dayFromNow(30));
    await dialog.getByRole('button', { name: 'Giao vai trò' }).click();
    const row = dialog.getByRole('row').filter({ hasText: 'Đang giữ' });
    await row.getByText(dayFromNow(30)).waitFor();
    assert.equal((await server.call(admin, 'accounts/may-mau')).grants[0].to, new Date(Date.now() + 31 * 86_400_000).toLocaleDateString('en-CA', { timeZone: 'Asia/Ho_Chi_Minh' }));
    await dialog.getByLabel('Từ ngày').fill(dayFromNow(60));
    await dialog.getByLabel(/^Đến hết ngày/).fill('');
    await dialog.getByRole('button', { name: 'Giao vai trò' }).click();
    await dialog.getByText('Chưa bắt đầu').waitFor();
    await row.getByRole('button').click();
    await dialog.getByLabel('Thôi giữ từ ngày').fill(dayFromNow(10));
    await look(page, 'console-account-1280');
    await dialog.getByRole('button', { name: 'Thu vai trò', exact: true }).click();
    await row.getByText(dayFromNow(9)).waitFor(); // its last day
    await dialog.getByLabel('Lý do đóng').fill('thử');
    await dialog.getByRole('button', { name: 'Đóng tài khoản' }).click();
    await dialog.getByRole('button', { name: 'Mở lại tài khoản' }).click();
    await dialog.getByLabel('Lý do đóng').waitFor();
    await dialog.getByRole('link', { name: 'Xem và tạo khóa API' }).click();
    await page.getByRole('heading', { name: 'Khóa API' }).waitFor();
  });

  await test('keys: made and shown once, its last use seen, revoked after a question', async () => {
    await go(page, 'keys', 'may-mau');
    await page.getByText('Chưa có khóa nào').waitFor();
    await page.getByRole('button', { name: 'Tạo khóa' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Tạo khóa' }).click();
    await dialog.locator('.mantine-InputWrapper-error').first().waitFor();
    await look(page, 'console-key-new-1280');
    await dialog.getByLabel('Dùng cho việc gì').fill('đồng bộ mẫu');
    await dialog.getByLabel(/^Hết hạn/).fill(dayFromNow(90));
    await dialog.getByRole('button', { name: 'Tạo khóa' }).click();
    const key = await dialog.getByText(/^hlk_/).innerText();
    await look(page, 'console-key-shown-1280');
    await page.keyboard.press('Escape');
    const row = page.locator('tr[data-key="đồng bộ mẫu"]');
    await row.getByText('Chưa dùng').waitFor();
    await row.getByText(dayFromNow(90)).waitFor();
    assert.ok(!(await page.content()).includes(key));
    assert.equal((await server.call(key, 'me')).login, 'may-mau');
    await until('the use is written', async () => (await server.call(admin, 'keys?login=may-mau')).items[0].last_used_at !== null);
    await page.reload();
    await row.getByText('Đang dùng').waitFor();
    assert.equal(await row.getByText('Chưa dùng').count(), 0);
    await row.getByRole('button', { name: 'Thu hồi: đồng bộ mẫu' }).click();
    await look(page, 'console-key-revoke-1280');
    await dialog.getByRole('button', { name: 'Thu hồi', exact: true }).click();
    await row.getByText('Đã thu hồi').waitFor();
    await assert.rejects(server.call(key, 'me'), /401/);
  });

  await test('health: what is unknown is said, a backup is told, a follower is rebuilt after a question', async () => {
    await go(page, 'health');
    await page.getByText('Chương trình chưa tạo bản sao lưu nào.').waitFor();
    await page.getByText('Chưa kiểm tra lần nào').waitFor();
    await page.getByText('Trình diễn', { exact: true }).waitFor();
    await page.getByText('Một người là đủ').waitFor(); // a demonstration
    await page.getByRole('button', { name: 'Dựng lại: Thống kê hồ sơ' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Sổ cái và hồ sơ không bị ảnh hưởng').waitFor();
    await look(page, 'console-follower-rebuild-1280');
    await dialog.getByRole('button', { name: 'Dựng lại' }).click();
    await page.getByText('Đã bắt đầu dựng lại.').waitFor();
    await until('it has read everything again', async () => (await server.call(admin, 'followers')).items.every((f) => f.lag === 0));
    server.run('backup', join(pack, 'backup'));
    await page.reload();
    await page.getByText(/\d+ giây trước/).first().waitFor();
    await page.getByText(/\d+ sự kiện, \d+ tệp, /).waitFor();
  });

  await test('agency: which became which, when and by which instrument', async () => {
    await go(page, 'agencies', 'ubnd-19333');
    const story = page.locator('.lineage');
    await story.getByText('01/07/2025').waitFor();
    await story.getByText(/Nghị quyết 1680/).first().waitFor();
    const before = story.getByRole('link').first();
    const name = await before.innerText();
    await before.click();
    await page.locator('.split h2', { hasText: name }).first().waitFor();
    await page.getByText('Đã kết thúc').waitFor();
    await look(page, 'console-agency-ended-1280');
  });

  await test('reorganisation: rehearsed, and done after a typed word', async () => {
    await go(page, 'reorganisation');
    const pick = async (name, text) => {
      await page.getByRole('combobox', { name, exact: true }).first().fill(text);
      await page.getByRole('option', { name: new RegExp(text) }).first().click();
    };
    await pick('Cơ quan cũ', 'Ủy ban nhân dân phường Đông Hà');
    await pick('Cơ quan kế thừa', 'Ủy ban nhân dân phường Nam Đông Hà');
    await page.getByLabel('Có hiệu lực từ').fill(new Date().toLocaleDateString('en-GB', { timeZone: 'Asia/Ho_Chi_Minh' }));
    await page.getByLabel('Căn cứ').fill('Nghị quyết thử nghiệm (dữ liệu mẫu)');
    await page.getByRole('button', { name: 'Xem trước' }).click();
    await page.getByText(/Sẽ chuyển \d+ hồ sơ/).waitFor();
    await look(page, 'console-reorganisation-1280');
    const before = (await server.call(admin, 'agencies')).items.length;
    await page.getByLabel(/Gõ “sắp xếp” để xác nhận/).fill('sắp xếp');
    await page.getByRole('button', { name: 'Thực hiện' }).click();
    await page.getByText(/Đã ghi quan hệ kế thừa và chuyển \d+ hồ sơ/).waitFor();
    await until('one agency fewer', async () => (await server.call(admin, 'agencies')).items.length === before - 1);
  });

  await test('auditor: the log of reads filtered and exported, which it records; the ledger verified from here', async () => {
    const auditor = await open('kiem-toan', { width: 1280, height: 800 });
    await go(auditor, 'reads');
    const lines = auditor.locator('table.plain tbody tr');
    await lines.first().waitFor();
    const all = await lines.count();
    await auditor.getByLabel('Người đọc').fill('mau-mot-cua');
    await auditor.getByRole('combobox', { name: 'Mục đích' }).fill('giải quyết');
    await auditor.getByRole('option', { name: 'giải quyết hồ sơ thủ tục hành chính' }).click();
    await auditor.getByLabel('Đến ngày').fill('31/02/2026');
    await auditor.getByRole('button', { name: 'Lọc', exact: true }).click();
    await auditor.getByText('Hãy nhập một ngày có thật').waitFor();
    await auditor.getByLabel('Đến ngày').fill(dayFromNow(0));
    await auditor.getByRole('button', { name: 'Lọc', exact: true }).click();
    await auditor.getByText('3 lượt đọc', { exact: true }).waitFor();
    assert.ok(all > 3);
    await auditor.reload(); // the address holds the question
    await auditor.getByText('3 lượt đọc', { exact: true }).waitFor();
    assert.equal(await auditor.getByLabel('Người đọc').inputValue(), 'mau-mot-cua');
    await look(auditor, 'console-reads-1280');
    const [download] = await Promise.all([auditor.waitForEvent('download'), auditor.getByRole('button', { name: 'Xuất CSV' }).click()]);
    const csv = readFileSync(await download.path(), 'utf8');
    assert.equal(csv.trim().split('\r\n').length, 4);
    assert.ok(csv.includes('mau-mot-cua'));
    await auditor.getByText('Đã xuất. Lần xuất này được ghi vào nhật ký.').waitFor();
    await auditor.getByLabel('Người đọc').fill('không có người này');
    await auditor.getByRole('button', { name: 'Lọc', exact: true }).click();
    await auditor.getByRole('alert').getByText('Không có tài khoản này.').first().waitFor();
    await auditor.getByRole('button', { name: 'Bỏ lọc' }).click();
    await lines.filter({ hasText: 'Xuất nhật ký đọc dữ liệu' }).waitFor();
    await go(auditor, 'ledger');
    await auditor.getByRole('button', { name: 'Kiểm tra ngay' }).click();
    await auditor.getByText(/Sổ cái toàn vẹn/).waitFor();
    await look(auditor, 'console-ledger-1280');
    assert.equal((await server.call(admin, 'system')).ledger.verified.problems, 0);

    // A second factor of one's own: the picture, the first code, the recovery codes; then it is asked for.
    await auditor.locator('.top').getByRole('button', { name: /Kiểm toán/ }).click();
    await auditor.getByRole('menuitem', { name: 'Tài khoản và bảo mật' }).click();
    const dialog = auditor.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Xác thực hai lớp' }).click();
    await dialog.getByRole('img', { name: /QR/ }).waitFor();
    const secret = await dialog.locator('.mono').first().innerText();
    await dialog.getByLabel('Mã xác thực 6 số').fill('000000');
    await dialog.getByRole('button', { name: 'Xác nhận' }).click();
    await dialog.getByRole('alert').waitFor();
    await look(auditor, 'console-factor-1280');
    await dialog.getByLabel('Mã xác thực 6 số').fill(totp(secret));
    await dialog.getByRole('button', { name: 'Xác nhận' }).click();
    const codes = (await dialog.locator('pre').innerText()).trim().split('\n');
    assert.equal(codes.length, 10);
    await look(auditor, 'console-factor-codes-1280');
    await auditor.context().close();
    const again = await newPage(browser, { width: 320, height: 640 });
    await again.goto(`${server.base}/app/desk`);
    await again.getByLabel('Tên đăng nhập').fill('kiem-toan');
    await again.locator('input[type=password]').fill(server.passwords['kiem-toan']);
    await again.keyboard.press('Enter');
    await again.locator('input[autocomplete=one-time-code]').fill(codes[3]);
    await look(again, 'console-factor-asked-320');
    await again.keyboard.press('Enter');
    await again.locator('.top').waitFor();
    await again.context().close();
    await assert.rejects(server.call(null, 'sessions', { login: 'kiem-toan', password: server.passwords['kiem-toan'], code: codes[3] }), /401/); // once
  });

  await test('every page at 320 and 1280 px in both languages', async () => {
    await server.call(admin, 'accounts/admin/grants', { role: 'auditor' }); // one who sees every section
    const pages = [['health'], ['accounts'], ['keys'], ['agencies'], ['agencies', 'ubnd-19333'], ['reorganisation'], ['procedures'], ['procedures', '1.001193'], ['procedures', '1.001193/edit'], ['proposals'], ['pack'], ['ledger'], ['reads']];
    const dialogs = { health: 'main td button', accounts: 'main td button:text-is("may-mau")', keys: 'main h1 + button' };
    const everyPage = async (width, language) => {
      const p = await open('admin', { width, height: 760 });
      await p.evaluate((l) => localStorage.setItem('hl.language', l), language);
      await go(p, 'health');
      for (const [section, at] of pages) {
        await goOn(p, section, at);
        if (!at?.endsWith('/edit')) {
          await look(p, `console-${section}${at ? '-one' : ''}-${width}-${language}`, language);
          if (!dialogs[section]) continue;
          await p.locator(dialogs[section]).first().click();
          await p.getByRole('dialog').waitFor();
          await look(p, `console-${section}-dialog-${width}-${language}`, language);
          await p.keyboard.press('Escape');
          await p.getByRole('dialog').waitFor({ state: 'hidden' });
          continue;
        }
        if ((width === 320) !== (language === 'en')) continue;
        for (const tab of ['channels', 'fees', 'components', 'form', 'flow', 'rules', 'basis', 'card']) {
          await p.locator(`#tab-${tab}`).click();
          await look(p, `console-edit-${tab}-${width}-${language}`, language);
        }
      }
      await p.context().close();
    };
    // Two at a time: while one page is drawn the other is judged.
    for (const width of [320, 1280]) await Promise.all(['vi', 'en'].map((language) => everyPage(width, language)));
  });
} finally {
  rmSync(pack, { recursive: true, force: true });
  await browser.close();
  await server.stop();
}
end();
