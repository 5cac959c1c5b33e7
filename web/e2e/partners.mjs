// What only some partners have, in a real browser against the real program and the simulated partners: an odd payment
// listed, opened and cleared with a written reason; dossiers mirrored from the business register with source and age; the
// power company's lanes on its own clock; empty states first; both languages, axe at 1280 and 390 px.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { axe, openBrowser, suite, until } from './browser.mjs';
import { simulate } from './lib/simulator.mjs';
import { start } from './server.mjs';

const simulator = await simulate(['payment', 'business', 'budget', 'evn'], ['--set', 'budget.token=mat-khau-thu']);
const { url, secret, tell } = simulator;
const quick = 'first_retry_seconds: 0.1, longest_retry_seconds: 1, breaker_rest_seconds: 0.2';
const link = (name, path, more = '') => `  ${name}: {url: "${url}/${path}", user: quangtri, secret_file: "${secret}", ${quick}${more}}\n`;
const server = await start({
  dossiers: 20,
  more: `links:\n${link('payment', 'payment', ', more: {partner: QUANGTRI, account: "0000000000", bank: NGANHANGMAU, account_name: "Tài khoản mẫu (không có thật)"}')}${link('business', 'business')}${link('budget', 'budget')}${link('power', 'evn')}`,
});
const browser = await openBrowser();
const { look, open, person, test, end } = suite(browser, server);
const { admin } = server.tokens;
const as = (login, path, body) => server.call(server.tokens[login], path, body);

const go = async (page, at) => {
  await page.goto(`${server.base}/app/console?section=links&at=${encodeURIComponent(at)}`);
  await page.locator('main h1').waitFor();
};
const applicant = (n) => ({ name: 'Người Nộp (mẫu)', id_kind: 'personal_id', id_number: `0451850${String(n).padStart(5, '0')}`, phone: `0912${String(n).padStart(6, '0')}`, address: 'Mẫu' });

/** As the platform says it, signed. */
const order = ['LoaiBanTin', 'MaLoi', 'MaDoiTac', 'MaThamChieu', 'SoTien', 'MaTienTe', 'MaGiaoDich', 'MaNganHang', 'ThoiGianGD', 'ThongTinGiaoDich'];
const notice = (reference, amount) => {
  const n = { LoaiBanTin: 'CONFIRM', MaLoi: '00', MaDoiTac: 'QUANGTRI', MaThamChieu: reference, SoTien: String(amount), MaTienTe: 'VND', MaGiaoDich: 'GDTHU', MaNganHang: 'NGANHANGMAU', ThoiGianGD: '20261129150405', ThongTinGiaoDich: 'THANH TOAN' };
  return { ...n, MaXacThuc: createHash('sha256').update([...order.map((f) => n[f]), 'mat-khau-thu'].join('|')).digest('hex') };
};

try {
  const page = await open('admin');

  await test('where there is nothing, each page says so and what would come', async () => {
    for (const [at, says] of [['payment/odd', 'Không có khoản thu bất thường'], ['business/mirrored', 'Chưa có hồ sơ nào'], ['budget/mirrored', 'Chưa có hồ sơ nào'], ['power/lanes', 'Chưa có phần việc nào']]) {
      await go(page, at);
      await page.getByText(says).waitFor();
      await look(page, `partners-${at.replace('/', '-')}-empty-1280`);
    }
  });

  let reference;
  await test('an odd payment is listed with why, opened with all that was said, and cleared with what was done', async () => {
    const { code } = await as('mau-mot-cua', 'dossiers', {
      procedure: '1.001612', channel: 'desk', place: 'vn-19333', applicant: applicant(1),
      answers: { business_name: 'Hộ mẫu', address: 'Mẫu', lines: 'Bán lẻ', capital: 1000, founded_by: 'person', authorised: false }, components: [{ id: 'giay-de-nghi', originals: 1 }],
    });
    for (const [command, who] of [['receive', 'mau-mot-cua'], ['transfer', 'mau-mot-cua'], ['complete', 'mau-lanh-dao'], ['claim', 'mau-thu-ly']]) await as(who, `dossiers/${code}/${command}`, {});
    await as('mau-thu-ly', `dossiers/${code}/charge`, { charges: [{ id: 'le-phi-mau', name: 'Lệ phí mẫu', kind: 'fee', amount: 30000 }] });
    ({ reference } = await as('mau-mot-cua', `dossiers/${code}/payments`, {}));
    await until('the platform gave its page', async () => Boolean((await server.call(admin, `payments/${reference}`)).url));
    await tell('payment/do/pay', { reference, call: false });
    await fetch(`${server.base}/api/v1/links/payment/confirm`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(notice(reference, 29999)) });
    await go(page, 'payment/odd');
    const row = page.getByRole('row', { name: new RegExp(reference) });
    await row.waitFor();
    assert.match(await row.getByRole('link', { name: code }).getAttribute('href'), new RegExp(`open=${code}`));
    await look(page, 'partners-odd-1280');
    await row.getByRole('button', { name: reference, exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Nền tảng đã báo').waitFor();
    await dialog.getByRole('cell', { name: /29999/ }).waitFor();
    await look(page, 'partners-odd-one-1280');
    await dialog.getByRole('button', { name: 'Ghi đã xử lý' }).click();
    const ask = page.getByRole('dialog');
    await ask.getByRole('button', { name: 'Ghi đã xử lý' }).click();
    await ask.getByText('Hãy ghi đã xử lý thế nào.').waitFor();
    await ask.getByLabel('Đã xử lý thế nào').fill('Phòng Tài chính đã hoàn, chứng từ 7 (mẫu)');
    await look(page, 'partners-odd-clear-1280');
    await ask.getByRole('button', { name: 'Ghi đã xử lý' }).click();
    await page.getByText('Không có khoản thu bất thường').waitFor();
    assert.equal((await server.call(admin, `payments/${reference}`)).note, 'Phòng Tài chính đã hoàn, chứng từ 7 (mẫu)');
  });

  await test('mirrored dossiers stand by themselves, with the register that has them and since when', async () => {
    await tell('business/do/dossier', { MaHoSo: 'DKKD-2026-0001', MaTTHC: '1.001612', MaDonVi: 'H50.05', TrangThai: '4', NgayTiepNhan: '20261102080000', NgayHenTra: '20261105170000' });
    await server.call(admin, 'links/business/tasks/mirror', {});
    await until('it is mirrored', async () => (await server.call(admin, 'registers/mirrors/business/dossiers')).items.length > 0);
    await go(page, 'business/mirrored');
    await page.locator('[data-mirrored="DKKD-2026-0001"]').waitFor();
    await page.getByText('Chép về lần gần nhất lúc', { exact: false }).waitFor();
    assert.equal(await page.locator('[data-count=open_late] .value').innerText(), '1');
    await look(page, 'partners-mirrored-1280');
  });

  await test('the company’s lane runs on its own clock and leads to its dossier', async () => {
    await person('so-cong-thuong', 'Cán bộ Sở (mẫu)', 'head', 'so-cong-thuong');
    const { code } = await as('mau-mot-cua', 'dossiers', {
      procedure: '0.000001', channel: 'desk', place: 'vn-19333', reception: 'ubnd-19333', applicant: applicant(2), answers: { site: 'Địa chỉ mẫu', capacity: 560, line: 'overhead', purpose: 'Sản xuất' },
      components: ['giay-to-tuy-than', 'chu-the', 'muc-dich', 'dau-noi'].map((id) => ({ id, originals: 1, copies: 1 })),
    });
    for (const [command, who] of [['receive', 'mau-mot-cua'], ['transfer', 'mau-mot-cua'], ['complete', 'so-cong-thuong']]) await as(who, `dossiers/${code}/${command}`, {});
    await until('the lane is seen', async () => (await server.call(admin, `power/lanes?code=${code}`)).items.length > 0);
    await go(page, 'power/lanes');
    const lane = page.locator(`[data-lane="${code}"]`);
    await lane.getByText('Đang làm').waitFor();
    assert.match(await lane.getByRole('link', { name: code }).getAttribute('href'), new RegExp(`open=${code}`));
    assert.equal(await page.locator('[data-count=running] .value').innerText(), '1');
    await look(page, 'partners-lanes-1280');
  });

  await test('every page at 390 px, in both languages: nothing runs out of the screen', async () => {
    for (const language of ['vi', 'en']) {
      const phone = await open('admin', { width: 390, height: 780 }, language);
      for (const at of ['payment/odd', 'business/mirrored', 'budget/mirrored', 'power/lanes']) {
        await go(phone, at);
        await look(phone, `partners-${at.replace('/', '-')}-390-${language}`, language);
      }
      await phone.context().close();
    }
  });
} finally {
  await browser.close();
  await server.stop();
  simulator.stop();
}
end();
