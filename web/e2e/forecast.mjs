// The forecast page of the wall in a real browser against the real program: dossiers at risk with step and reason, one
// with its steps, arrivals with their band, unusual changes; the desk's queue; pictures and axe at 390 and 1280 px.
import assert from 'node:assert/strict';
import { axe, openBrowser, suite, until } from './browser.mjs';
import { start } from './server.mjs';

const server = await start({ dossiers: 1500 });
const browser = await openBrowser();
const { look, open, person, test, end } = suite(browser, server);

const leader = (login) => person(login, 'Lãnh đạo tỉnh (mẫu)', 'head', 'ubnd-tinh');

try {
  await leader('lanh-dao-tinh');
  const token = server.tokens['lanh-dao-tinh'];
  await until('the forecast follows the ledger', async () => (await server.call(token, 'ioc/forecast/dossiers')).total > 0);
  const page = await open('lanh-dao-tinh', { width: 1280, height: 900 });

  await test('dossiers at risk come by their probability, each with its step and reason; one opens with all its steps', async () => {
    await page.goto(`${server.base}/app/wall`);
    await page.getByRole('link', { name: 'Dự báo' }).click();
    await page.getByLabel('Hiện', { exact: true }).selectOption('all');
    const lines = page.getByRole('list', { name: 'Hồ sơ xếp theo xác suất trễ hẹn' }).getByRole('listitem');
    await lines.first().waitFor();
    const expected = (await server.call(token, 'ioc/forecast/dossiers?limit=30')).items;
    assert.deepEqual(await lines.evaluateAll((all) => all.map((x) => x.getAttribute('data-dossier'))), expected.map((d) => d.code));
    assert.ok((await lines.first().innerText()).includes('%'));
    await look(page, 'forecast-1280');
    await lines.first().getByRole('button').click();
    const sheet = page.getByRole('dialog');
    await sheet.getByRole('list', { name: 'Các bước còn lại' }).getByRole('listitem').first().waitFor();
    await look(page, 'forecast-dossier-1280');
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'hidden' });
  });

  await test('what is unknown says so and is no zero; an empty kind says that it is empty', async () => {
    await page.getByLabel('Hiện', { exact: true }).selectOption('unknown');
    const unknown = (await server.call(token, 'ioc/forecast/dossiers?standing=unknown')).items;
    if (unknown.length > 0) {
      const line = page.locator(`[data-dossier="${unknown[0].code}"]`);
      await line.waitFor();
      assert.ok((await line.innerText()).includes('Chưa rõ'));
      assert.ok(!(await line.innerText()).includes('0%'));
    } else {
      await page.getByText('Không có hồ sơ nào').first().waitFor();
    }
    await look(page, 'forecast-unknown-1280');
  });

  await test('arrivals have a band, and the same numbers as a table', async () => {
    const card = page.locator('.fintake');
    await card.locator('.fband svg').waitFor();
    await card.getByText('Xem dạng bảng').click();
    const answer = await server.call(token, 'ioc/forecast/intake');
    assert.equal(await card.locator('tbody tr').count(), answer.forecast.weeks.length);
    await card.scrollIntoViewIfNeeded();
    await look(page, 'forecast-arrivals-1280');
  });

  await test('unusual changes say what was compared, and where a change comes from', async () => {
    const card = page.locator('.fchanges');
    await card.getByLabel('Kỳ').selectOption('month');
    await card.getByText('chuỗi số liệu').waitFor();
    const answer = await server.call(token, 'ioc/forecast/changes?grain=month');
    const shown = Math.min(8, answer.items.length);
    if (shown > 0) assert.equal(await card.locator('[data-indicator]').count(), shown);
    else await card.getByText('Không có thay đổi bất thường').waitFor();
    await card.scrollIntoViewIfNeeded();
    await look(page, 'forecast-changes-1280');
  });

  await test('on a telephone, and in English', async () => {
    const phone = await open('lanh-dao-tinh', { width: 390, height: 844 });
    await phone.goto(`${server.base}/app/wall?page=forecast`);
    await phone.locator('.frisks .wfoot').waitFor();
    await look(phone, 'forecast-390');
    await phone.evaluate(() => localStorage.setItem('hl.language', 'en'));
    await phone.reload();
    await phone.getByRole('heading', { name: 'Dossiers likely to be late' }).waitFor();
    await phone.locator('.frisks .wfoot').waitFor();
    await look(phone, 'forecast-390-en', 'en');
    await phone.close();
  });

  await test("the desk's queue shows who is likely to be late", async () => {
    const clerk = Object.keys(server.passwords).find((l) => l.includes('thu-ly'));
    if (!clerk) return;
    const desk = await open(clerk, { width: 1280, height: 900 });
    await desk.goto(`${server.base}/app/desk`);
    await desk.getByRole('grid').waitFor();
    await look(desk, 'forecast-desk-1280');
    await desk.close();
  });
} finally {
  await browser.close();
  await server.stop();
}
end();
