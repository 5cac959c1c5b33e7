// The partners' pages in a real browser against the real program and the simulated portal: from "so many differences" to
// the repaired dossier without SQL; what was refused names its field and is tried again; a pause with its reason; an
// exchange opened; every page at 390 and 1280 px, axe.
import assert from 'node:assert/strict';
import { axe, openBrowser, suite, until } from './browser.mjs';
import { simulate } from './lib/simulator.mjs';
import { start } from './server.mjs';

const simulator = await simulate(['portal']);
const { url: partner, secret, tell } = simulator;
const holds = () => simulator.holds('portal');

const server = await start({ dossiers: 60, more: `links: {portal: {url: "${partner}/portal", user: quangtri, secret_file: "${secret}", first_retry_seconds: 0.1, longest_retry_seconds: 1, breaker_rest_seconds: 0.2, more: {unit: H50, provider: "VN:GOV:H50"}}}\n` });
const browser = await openBrowser();
const { look, open, test, end } = suite(browser, server);
const admin = server.tokens.admin;
const link = () => server.call(admin, 'links/portal');
const settled = () => until('the outbox is empty', async () => { const l = await link(); return l.lag_events === 0 && l.waiting === 0 && l.accepted_keys > 0; });

const go = async (page, at) => {
  await page.goto(`${server.base}/app/console?section=links${at ? `&at=${encodeURIComponent(at)}` : ''}`);
  await page.locator('main h1').waitFor();
};

try {
  await settled();
  const page = await open('admin', { width: 1280, height: 800 });

  await test('the list says that all is well, and how many dossiers the portal has', async () => {
    await go(page);
    const row = page.getByRole('row', { name: /Cổng Dịch vụ công quốc gia/ });
    await row.getByText('Bình thường').waitFor();
    await look(page, 'links-list-1280');
  });

  await test('from differences to the repaired dossier: both values side by side, sent again, gone in the next comparison', async () => {
    const [one, other] = (await holds()).slice(2, 4);
    await tell('portal/alter', { key: one.key, field: 'NgayNopHoSo', value: '20200101000000' });
    await tell('portal/forget', { key: other.key });
    await go(page, 'portal');
    await page.getByRole('button', { name: 'Đối soát ngay' }).click();
    await page.getByText('2 sai lệch', { exact: false }).first().waitFor();
    await page.getByRole('link', { name: 'Sai lệch (2)' }).click();
    await page.getByRole('cell', { name: 'NgayNopHoSo' }).waitFor();
    await page.getByText('00:00 01/01/2020').waitFor();
    await page.getByText('Đối tác không có').waitFor();
    await look(page, 'links-differences-1280');
    for (const { key } of [one, other]) {
      await page.getByRole('button', { name: `Gửi lại ${key}` }).click();
      await page.getByRole('button', { name: `Gửi lại ${key}` }).waitFor({ state: 'detached' });
    }
    await settled();
    await page.getByRole('button', { name: 'Đối soát ngay' }).click();
    await until('no difference is left', async () => { const l = await link(); return l.comparison.ended_at && l.comparison.differences === 0 && l.differences === 0; });
    await page.getByText('Hai bên khớp nhau').waitFor();
    const now = (await holds()).find((h) => h.key === one.key);
    assert.equal(now.record.NgayNopHoSo, one.record.NgayNopHoSo);
    assert.ok((await holds()).some((h) => h.key === other.key));
  });

  await test('refused: the field is named, the dossier is one click away, tried again it goes through', async () => {
    await tell('portal', { fault: 'refuse', times: 1 });
    const [one] = await holds();
    await server.call(admin, 'links/portal/replay', { key: one.key });
    await until('it is refused', async () => (await link()).dead === 1);
    await go(page, 'portal/dead');
    await page.getByRole('cell', { name: 'NgayHenTra', exact: true }).waitFor();
    assert.match(await page.getByRole('link', { name: one.key }).getAttribute('href'), new RegExp(`open=${one.key}`));
    await look(page, 'links-refused-1280');
    await page.getByRole('button', { name: `Gửi lại ${one.key}` }).click();
    await page.getByText('Không có thông điệp nào bị từ chối').waitFor();
    await settled();
  });

  await test('a pause wants its reason, is shown with it, and ends', async () => {
    await go(page, 'portal');
    await page.getByRole('button', { name: 'Tạm dừng' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Tạm dừng' }).click();
    await dialog.getByText('Hãy ghi lý do.').waitFor();
    await dialog.getByLabel('Lý do').fill('Đối tác bảo trì');
    await look(page, 'links-pause-1280');
    await dialog.getByRole('button', { name: 'Tạm dừng' }).click();
    await page.getByText('Đối tác bảo trì').waitFor();
    await page.getByRole('button', { name: 'Gửi tiếp' }).click();
    await page.getByRole('status').getByText('Bình thường').waitFor();
    await look(page, 'links-one-1280');
  });

  await test('the journal: an exchange is opened, its session blacked out', async () => {
    await go(page, 'portal/journal');
    await page.getByRole('button', { name: /^Xem nội dung/ }).first().click();
    await page.getByText('•••').first().waitFor();
    await look(page, 'links-journal-1280', 'en'); // what was sent is in the portal's words
    await page.keyboard.press('Escape');
  });

  await test('every page at 390 px, in both languages: nothing runs out of the screen', async () => {
    for (const language of ['vi', 'en']) {
      const phone = await open('admin', { width: 390, height: 780 }, language);
      for (const at of ['', 'portal', 'portal/differences', 'portal/dead', 'portal/held', 'portal/messages', 'portal/journal']) {
        await go(phone, at);
        await look(phone, `links-${at.replace('/', '-') || 'list'}-390-${language}`, 'en');
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
