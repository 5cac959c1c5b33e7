// The console in a real browser against the real server: a pack's difference and its applying, a procedure edited without
// code and published by a second person, a trial on the calendar, a reorganisation, accounts and keys, the log of reads,
// the ledger; every page at 320 and 1280 px in both languages, dialogs open.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { axe, englishLeaks, newPage, openBrowser, shot, signIn, suite } from './browser.mjs';
import { fill, root, start } from './server.mjs';

const server = await start({ dossiers: 200 });
const browser = await openBrowser();
const { findings, test, end } = suite(browser);
async function look(page, name, language = 'vi') {
  // Not "network idle": the live feed never is.
  await page.waitForFunction(() => !document.querySelector('.skeleton') && !document.querySelector('[aria-busy=true]')).catch(() => {});
  await page.waitForTimeout(200);
  await shot(page, name);
  findings.push(...(await axe(page, name)), ...page.faults.splice(0).map((x) => `${name}: ${x}`));
  if (language === 'vi') findings.push(...(await englishLeaks(page)).map((x) => `${name}: English “${x}”`));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 1) findings.push(`${name}: ${wide} px wider than the screen`);
}
const admin = server.tokens.admin;
/** An account with one role over the whole installation and a password of its own. */
async function person(login, name, role) {
  const made = await server.call(admin, 'accounts', { login, name });
  await server.call(admin, `accounts/${login}/grants`, { role });
  const first = await server.call(null, 'sessions', { login, password: made.one_time_password });
  server.passwords[login] = `cau dai de nho ${randomBytes(6).toString('hex')}`;
  await server.call(first.token, 'me/password', { old_password: made.one_time_password, password: server.passwords[login] });
}
const open = async (login, size) => {
  const page = await newPage(browser, size);
  await signIn(page, server.base, login, server.passwords[login]);
  return page;
};
const go = (page, section, at) => page.goto(`${server.base}/app/console?section=${section}${at ? `&at=${encodeURIComponent(at)}` : ''}`);
const until = async (what, condition) => {
  for (let i = 0; i < 100; ++i) {
    if (await condition()) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`never: ${what}`);
};
const judgedAnew = async (page) => {
  await page.waitForTimeout(600);
  await page.locator('[data-testid=judged][data-busy=false]').waitFor();
};

const pack = mkdtempSync(join(tmpdir(), 'hl-pack-'));
try {
  const codes = await fill(server, 12);
  for (const code of codes.slice(0, 3)) await server.call(server.tokens['mau-mot-cua'], `dossiers/${code}`);
  await person('quan-tri-hai', 'Quản trị hai (mẫu)', 'administrator');
  await person('kiem-toan', 'Kiểm toán (mẫu)', 'auditor');
  const page = await open('admin', { width: 1280, height: 800 });

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
    await page.waitForTimeout(300);
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

  await test('accounts: a role with its agency and end, a key shown once, closed and opened again', async () => {
    await go(page, 'accounts');
    await page.getByRole('button', { name: 'Tài khoản mới' }).click();
    await look(page, 'console-account-new-1280');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Tên đăng nhập').fill('may-mau');
    await dialog.getByLabel('Tên hiển thị').fill('Hệ thống mẫu');
    await dialog.getByLabel('Loại').click();
    await page.getByRole('option', { name: 'Hệ thống' }).click();
    await dialog.getByRole('button', { name: 'Tạo tài khoản' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'may-mau' }).click();
    await dialog.getByLabel('Dùng cho việc gì').fill('đồng bộ mẫu');
    await dialog.getByRole('button', { name: 'Tạo khóa API' }).click();
    await dialog.getByText(/^hlk_/).waitFor();
    await look(page, 'console-account-key-1280');
    await dialog.getByLabel('Lý do đóng').fill('thử');
    await dialog.getByRole('button', { name: 'Đóng tài khoản' }).click();
    await dialog.getByRole('button', { name: 'Mở lại tài khoản' }).click();
    await dialog.getByLabel('Lý do đóng').waitFor();
    await page.keyboard.press('Escape');
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

  await test('auditor: the log of reads and the ledger, verified from here', async () => {
    const auditor = await open('kiem-toan', { width: 1280, height: 800 });
    await go(auditor, 'reads');
    await auditor.locator('table.plain tbody tr').first().waitFor();
    await look(auditor, 'console-reads-1280');
    await go(auditor, 'ledger');
    await auditor.getByRole('button', { name: /[Kk]iểm tra/ }).first().click();
    await look(auditor, 'console-ledger-1280');
    await auditor.context().close();
  });

  await test('every page at 320 and 1280 px in both languages', async () => {
    for (const width of [320, 1280])
      for (const language of ['vi', 'en']) {
        const p = await open('admin', { width, height: 760 });
        await p.evaluate((l) => localStorage.setItem('hl.language', l), language);
        for (const [section, at] of [['health'], ['accounts'], ['agencies'], ['agencies', 'ubnd-19333'], ['reorganisation'], ['procedures'], ['procedures', '1.001193'], ['procedures', '1.001193/edit'], ['proposals'], ['pack'], ['ledger']]) {
          await go(p, section, at);
          await p.locator('h1, h2').first().waitFor();
          if (at?.endsWith('/edit')) {
            if ((width === 320) !== (language === 'en')) continue;
            for (const tab of ['channels', 'fees', 'components', 'form', 'flow', 'rules', 'basis', 'card']) {
              await p.locator(`#tab-${tab}`).click();
              await look(p, `console-edit-${tab}-${width}-${language}`, language);
            }
          } else await look(p, `console-${section}${at ? '-one' : ''}-${width}-${language}`, language);
        }
        await p.context().close();
      }
  });
} finally {
  rmSync(pack, { recursive: true, force: true });
  await browser.close();
  await server.stop();
}
end();
