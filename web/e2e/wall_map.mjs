// The wall's map as land, from boundaries of a made-up province of hexagons: no address outside, keyboard, tooltip, both
// looks, pictures at 1280, 3840 and 390 px, dark; days and quarters; the briefing; a display that is made, opened, limited
// and revoked; live figures for an administrator, who reads no dossiers.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newPage, openBrowser, quiet, signIn, suite, until } from './browser.mjs';
import { fill, root, start } from './server.mjs';

const server = await start({ dossiers: 300 });
const browser = await openBrowser();
const { look, open, person, test, end } = suite(browser, server);

const leader = (login) => person(login, 'Lãnh đạo tỉnh (mẫu)', 'head', 'ubnd-tinh');
const go = async (page, search = '') => {
  await page.goto(`${server.base}/app/wall${search}`);
  await page.locator('.windex .wvalue').waitFor({ state: 'attached' });
};
const drawn = (page) => page.locator('.wlandbox[data-drawn]').waitFor({ state: 'attached', timeout: 30_000 });

/** A hexagon for each commune, where the wall's own layout has it; neighbours share their corners. */
function madeUp(file) {
  const layout = [...readFileSync(join(root, 'web/src/wall/layout.ts'), 'utf8').matchAll(/\['(\d{5})', (\d+), (\d+)\]/g)].map(([, code, c, r]) => [code, Number(c), Number(r)]);
  assert.equal(layout.length, 78);
  const round = (x) => Math.round(x * 1e4) / 1e4;
  const features = layout.map(([code, column, row]) => {
    const [x, y] = [105.7 + 0.13 * (column + (row % 2) / 2), 18 - 0.1125 * row];
    const ring = [30, 90, 150, 210, 270, 330].map((a) => [round(x + 0.13 / Math.sqrt(3) * Math.cos((a * Math.PI) / 180)), round(y + 0.075 * Math.sin((a * Math.PI) / 180))]);
    return { type: 'Feature', properties: { code }, geometry: { type: 'Polygon', coordinates: [[...ring, ring[0]]] } };
  });
  writeFileSync(file, JSON.stringify({ type: 'FeatureCollection', features }));
}

try {
  await leader('lanh-dao-tinh');
  const token = server.tokens['lanh-dao-tinh'];
  await until('the figures follow the ledger', async () => (await server.call(token, 'ioc/index766')).of > 0);
  const page = await open('lanh-dao-tinh', { width: 1280, height: 900 });
  const outside = [];
  page.on('request', (r) => { if (!r.url().startsWith(server.base) && !/^(data|blob):/.test(r.url())) outside.push(r.url()); });

  await test('without boundaries the hexagons are the map, and nothing else is offered', async () => {
    await go(page);
    await page.locator('.wcell').first().waitFor();
    assert.equal(await page.getByRole('button', { name: 'Ranh giới' }).count(), 0);
  });

  await test('with boundaries the communes are land, drawn without any address outside, with their source beside them', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'hl-land-')), 'areas.geojson');
    madeUp(file);
    server.run('pack', 'boundaries', file, '--source', 'Lưới mẫu tự vẽ', '--licence', 'dữ liệu mẫu', '--date', '2026-01-02');
    await go(page);
    await drawn(page);
    await page.getByText('Ranh giới: Lưới mẫu tự vẽ (dữ liệu mẫu), ngày 02/01/2026.').waitFor();
    await look(page, 'wall-land-1280');
    assert.deepEqual(outside, []);
  });

  await test('the land goes by keyboard and by pointer to a commune', async () => {
    await page.locator('.wlandkeys [data-commune="18880"]').focus();
    await page.keyboard.press('ArrowDown');
    const at = await page.evaluate(() => document.activeElement?.getAttribute('data-commune'));
    assert.ok(at && at !== '18880', String(at));
    const name = (await page.locator(`.wlandkeys [data-commune="${at}"]`).getAttribute('aria-label')).split(',')[0];
    await page.locator('.wpicked').getByText(name).waitFor();
    const key = await page.locator('.wlandkeys [data-commune="19333"]').boundingBox();
    await page.mouse.move(key.x + key.width / 2, key.y + key.height / 2);
    await page.locator('.wtip').getByText('Phường Đông Hà').waitFor();
    await page.mouse.click(key.x + key.width / 2, key.y + key.height / 2);
    await page.locator('.warea').getByText('Ủy ban nhân dân phường Đông Hà').waitFor();
    await go(page);
    await drawn(page);
    await page.locator('.wlandkeys [data-commune="19333"]').focus();
    await page.keyboard.press('Enter');
    await page.locator('.warea').getByText('Ủy ban nhân dân phường Đông Hà').waitFor();
  });

  await test('hexagons are a choice that stays in the address; M changes the look', async () => {
    await go(page);
    await drawn(page);
    await page.getByRole('button', { name: 'Lục giác' }).click();
    await page.waitForURL((u) => u.searchParams.get('look') === 'hex');
    assert.equal(await page.locator('.wcell').count(), 78);
    await look(page, 'wall-hex-1280');
    await page.locator('main').focus();
    await page.keyboard.press('m');
    await drawn(page);
    await go(page, '?map=HCC.TY_LE_DUNG_HAN');
    await drawn(page);
    await page.locator('.wlegend').getByText('Cần chú ý').waitFor();
    await look(page, 'wall-land-levels-1280');
  });

  await test('days and quarters beside months, where an indicator has them', async () => {
    await go(page);
    await page.getByRole('combobox', { name: 'Kỳ', exact: true }).selectOption('day');
    await page.getByLabel('Ngày', { exact: true }).waitFor();
    const tile = page.locator('[data-indicator="HCC.TIEP_NHAN"]');
    await tile.locator('.wfoot').getByText(/\d\d\/\d\d\/\d{4}/).first().waitFor();
    await look(page, 'wall-days-1280');
    const day = new Date(Date.now() + 7 * 3600_000 - 86_400_000 * 20).toISOString().slice(0, 10);
    await page.getByLabel('Ngày', { exact: true }).fill(day.split('-').reverse().join('/'));
    await page.keyboard.press('Enter');
    await page.getByText(`Đang xem ${day.split('-').reverse().join('/')}`).waitFor();
    await quiet(page);
    const want = (await server.call(token, `ioc/indicators/HCC.TIEP_NHAN/figures?period=${day}`)).items[0].value;
    assert.equal(Number((await tile.locator('.wvalue').innerText()).replaceAll('.', '').match(/\d+/)?.[0] ?? NaN), want);
    await page.getByRole('combobox', { name: 'Kỳ', exact: true }).selectOption('quarter');
    await tile.locator('.wfoot').getByText(/Q[1-4]\/\d{4}/).waitFor();
    await quiet(page);
  });

  await test('3840 px, a phone, and the dark', async () => {
    const wide = await open('lanh-dao-tinh', { width: 3840, height: 2160 });
    await go(wide, '?kiosk=true&dwell=600');
    await drawn(wide);
    await look(wide, 'wall-land-kiosk-3840');
    await wide.context().close();
    const phone = await open('lanh-dao-tinh', { width: 390, height: 844 });
    await go(phone);
    await drawn(phone);
    await phone.locator('.wmap').evaluate((e) => e.scrollIntoView());
    await look(phone, 'wall-land-390');
    await phone.evaluate(() => localStorage.setItem('hl.language', 'en'));
    await go(phone);
    await drawn(phone);
    await look(phone, 'wall-land-en-390', 'en');
    await phone.context().close();
    const dark = await newPage(browser, { width: 1280, height: 900, colorScheme: 'dark' });
    await signIn(dark, server.base, 'lanh-dao-tinh', server.passwords['lanh-dao-tinh']);
    await go(dark);
    await drawn(dark);
    await look(dark, 'wall-land-dark-1280');
    await dark.context().close();
  });

  await test('the briefing is a PDF behind a button', async () => {
    await go(page);
    const link = page.getByRole('link', { name: 'Báo cáo giao ban' });
    const [kind, head] = await link.evaluate(async (a) => { const r = await fetch(a.href); return [r.headers.get('content-type'), (await r.text()).slice(0, 5)]; });
    assert.deepEqual([kind, head], ['application/pdf', '%PDF-']);
  });

  await test('an administrator, who reads no dossiers, is told live', async () => {
    const admin = await open('admin', { width: 1280, height: 900 });
    await go(admin);
    await admin.locator('.wlive').getByText('Trực tiếp').waitFor();
    const value = admin.locator('[data-indicator="HCC.TIEP_NHAN"] .wvalue');
    const count = async () => Number(/\d[\d.]*/.exec(await value.innerText())?.[0].replaceAll('.', ''));
    await quiet(admin);
    const before = await count();
    await fill(server, 12);
    await until('the tile changes', async () => (await count()) === before + 10);
    await admin.context().close();
  });

  await test('a display is made, opened once, shows the wall and nothing else, and goes dark when revoked', async () => {
    await page.goto(`${server.base}/app/wall?page=displays`);
    await page.getByLabel('Tên màn hình').fill('Phòng giao ban (mẫu)');
    await page.getByRole('button', { name: 'Tạo liên kết' }).click();
    const link = await page.locator('[data-link]').innerText();
    await look(page, 'wall-displays-1280');
    const screen = await newPage(browser, { width: 1920, height: 1080 });
    await screen.goto(link);
    await screen.locator('.wall.kiosk .windex .wvalue').waitFor({ state: 'attached' });
    await look(screen, 'wall-display-1920');
    assert.ok(!screen.url().includes('display='));
    assert.equal(await screen.getByRole('button', { name: 'Dừng trình chiếu' }).count(), 0);
    await screen.keyboard.press('Escape');
    await screen.locator('.wall.kiosk').waitFor();
    assert.deepEqual(await screen.evaluate(async () => Promise.all(['/api/v1/dossiers', '/api/v1/ioc/index766'].map(async (p) => (await fetch(p)).status))), [403, 200]);
    await page.reload();
    const item = page.getByRole('list', { name: 'Các màn hình' }).getByRole('listitem').filter({ hasText: 'Đang dùng' });
    await item.getByRole('button', { name: 'Thu hồi' }).click();
    await page.getByRole('button', { name: 'Thu hồi ngay' }).click();
    await page.getByText('Đã kết thúc').waitFor();
    screen.faults.splice(0);
    await screen.evaluate(() => void fetch('/api/v1/ioc/index766'));
    await screen.reload();
    await screen.getByLabel('Tên đăng nhập').waitFor();
    assert.equal(await screen.locator('.windex').count(), 0);
    await screen.context().close();
  });
} finally {
  await browser.close();
  await server.stop();
}
end();
