// The wall in a real browser against the real program: from the lowest group of the index 766 to the dossiers that lost
// its points in three clicks, where a figure comes from, a past month, the map by keyboard, a change heard live, the
// presentation; pictures and axe at 1280, 3840 and 390 px.
import assert from 'node:assert/strict';
import { axe, newPage, openBrowser, quiet, shot, signIn, suite, until } from './browser.mjs';
import { fill, start } from './server.mjs';

const server = await start({ dossiers: 400 });
const browser = await openBrowser();
const { look, open, person, test, end } = suite(browser, server);

const leader = (login) => person(login, 'Lãnh đạo tỉnh (mẫu)', 'head', 'ubnd-tinh');
const go = async (page, search = '') => {
  await page.goto(`${server.base}/app/wall${search}`);
  await page.locator('.windex .wvalue').waitFor({ state: 'attached' });
};
const count = (text) => Number(/\d[\d.]*/.exec(text)?.[0].replaceAll('.', ''));

try {
  await leader('lanh-dao-tinh');
  const token = server.tokens['lanh-dao-tinh'];
  await until('the figures follow the ledger', async () => (await server.call(token, 'ioc/index766')).of > 0);
  const page = await open('lanh-dao-tinh', { width: 1280, height: 900 });

  await test('three clicks lead from the lowest group to the dossiers that lost its points, each with its reason', async () => {
    await page.getByRole('link', { name: 'Điều hành' }).click();
    await page.locator('.wgroups li.lowest').waitFor();
    await look(page, 'wall-1280');
    await page.locator('.wtiles').first().evaluate((e) => e.scrollIntoView());
    await quiet(page);
    await shot(page, 'wall-tiles-1280');
    await page.locator('main').evaluate((e) => e.scrollTo(0, 0));
    const index = await server.call(token, 'ioc/index766');
    const lowest = index.groups.filter((g) => g.of > 0).sort((a, b) => a.points / a.of - b.points / b.of)[0];
    assert.equal(await page.locator('.wgroups li.lowest').getAttribute('data-group'), lowest.code);
    const worst = lowest.criteria.filter((c) => c.fact).sort((a, b) => b.lost - a.lost)[0];
    await page.locator('.wgroups li.lowest').getByRole('button').click(); // 1
    await page.locator(`[data-criterion="${worst.code}"]`).getByText(`${worst.lost.toLocaleString('vi-VN')} hồ sơ mất điểm`).waitFor();
    await look(page, 'wall-group-1280');
    await page.locator(`[data-criterion="${worst.code}"]`).getByRole('button').click(); // 2
    const lines = page.getByRole('list', { name: 'Hồ sơ mất điểm' }).getByRole('listitem');
    await lines.first().waitFor();
    const expected = (await server.call(token, `ioc/index766/dossiers?criterion=${worst.code}&limit=50`)).items;
    assert.deepEqual(await lines.evaluateAll((all) => all.map((x) => x.getAttribute('data-dossier'))), expected.map((d) => d.code));
    assert.ok((await lines.first().innerText()).includes(expected[0].reason.vi));
    await look(page, 'wall-dossiers-1280');
    await lines.first().getByRole('button').click(); // 3
    await page.getByRole('heading', { name: expected[0].code }).waitFor();
    await page.locator(`[data-criterion="${worst.code}"][data-verdict=lost]`).waitFor();
    await look(page, 'wall-dossier-1280');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  });

  await test('a figure says where it comes from: formula, owner, source, ledger, dossiers behind it, signed proof', async () => {
    await page.locator('[data-indicator="HCC.TIEP_NHAN"]').getByRole('button').click();
    const sheet = page.getByRole('dialog');
    await sheet.getByText('Số hồ sơ bắt đầu được tính thời gian giải quyết trong kỳ').waitFor();
    await sheet.getByText('Văn phòng Ủy ban nhân dân tỉnh').first().waitFor();
    await sheet.getByRole('list', { name: 'Hồ sơ đứng sau con số' }).getByRole('listitem').first().waitFor();
    await sheet.getByRole('button', { name: 'Lấy bằng chứng đã ký' }).click();
    await sheet.getByText('nằm dưới một điểm kiểm tra đã ký').waitFor();
    await look(page, 'wall-source-1280');
    await page.keyboard.press('Escape');
  });

  await test('the map goes by keyboard to a commune, whose page says what is unknown and never shows it as zero', async () => {
    await page.locator('[data-commune="18880"]').focus();
    await page.keyboard.press('ArrowRight');
    const at = await page.evaluate(() => document.activeElement?.getAttribute('data-commune'));
    assert.ok(at && at !== '18880');
    // A commune of which the share on time cannot be told in any of the last months.
    let silent;
    for (const a of (await server.call(token, 'agencies')).items.filter((x) => x.kind === 'commune_committee' && x.live)) {
      const { items } = await server.call(token, `ioc/indicators/HCC.TY_LE_DUNG_HAN/figures?agency=${a.id}`);
      if (items.slice(-4).every((f) => f.value === null)) { silent = a; break; }
    }
    await page.locator(`[data-commune="${silent.area.replace('vn-', '')}"]`).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('navigation', { name: 'Đường dẫn phạm vi' }).waitFor();
    await quiet(page);
    const tile = page.locator('[data-indicator="HCC.TY_LE_DUNG_HAN"]');
    assert.equal(await tile.getAttribute('data-tone'), 'none');
    assert.equal(await tile.locator('.wvalue').innerText(), 'Chưa rõ');
    await look(page, 'wall-commune-1280');
    await page.getByRole('link', { name: 'Tỉnh Quảng Trị' }).click();
    await page.getByText('Xem dạng bảng').click();
    assert.equal(await page.locator('.wmap tbody tr').count(), 78);
  });

  await test('a past month is shown as such, and what came before the ledger is unknown', async () => {
    const month = new Date(Date.now() + 7 * 3600_000 - 30 * 86_400_000 * 30).toISOString().slice(0, 7);
    await page.getByRole('combobox', { name: 'Tháng' }).selectOption(month);
    await page.getByText(`Đang xem ${month.slice(5)}/${month.slice(0, 4)}`).waitFor();
    await quiet(page);
    const tones = await page.locator('.wtile').evaluateAll((all) => all.map((x) => x.getAttribute('data-tone')));
    assert.ok(tones.length > 15 && tones.every((x) => x === 'none'), tones.join());
    const before = new Date(Date.now() + 7 * 3600_000 - 86_400_000).toISOString().slice(0, 10);
    await page.getByLabel('Như đã biết đến hết ngày').fill('31/02/2026');
    await page.keyboard.press('Enter');
    await page.locator('input[aria-invalid=true]').waitFor();
    await page.getByLabel('Như đã biết đến hết ngày').fill(before.split('-').reverse().join('/'));
    await page.keyboard.press('Enter');
    await page.locator('.wlive').getByText('như đã biết đến hết ngày').waitFor();
    await page.getByRole('button', { name: 'Về tháng này' }).click();
  });

  await test('another component: what nobody handed in is unknown, and says where it would come from', async () => {
    await page.getByRole('combobox', { name: 'Phân hệ' }).selectOption('socio_economy');
    const tile = page.locator('.wtile').first();
    await tile.waitFor();
    await quiet(page);
    assert.equal(await tile.getAttribute('data-status'), 'unknown');
    await tile.getByRole('button').click();
    await page.getByRole('dialog').getByText('Cách tính').waitFor();
    await quiet(page);
    assert.equal(await page.getByRole('alert').count(), 0);
    await page.keyboard.press('Escape');
    await page.getByRole('combobox', { name: 'Phân hệ' }).selectOption('administrative_services');
  });

  await test('what happens is heard live: the number of dossiers received changes by itself', async () => {
    await quiet(page);
    const value = page.locator('[data-indicator="HCC.TIEP_NHAN"] .wvalue');
    const before = count(await value.innerText());
    await fill(server, 12); // ten of them are received
    await until('the tile changes', async () => count(await value.innerText()) === before + 10);
    assert.ok(Number(await page.locator('main').getAttribute('data-position')) > 0);
  });

  await test('presentation: rotates, is never blank while it is asked for anew, ends with Esc', async () => {
    await go(page, '?kiosk=true&dwell=600');
    await look(page, 'wall-kiosk-1280');
    await page.route('**/api/v1/ioc/**', (r) => new Promise((done) => setTimeout(() => done(r.continue()), 1500)));
    await page.evaluate(() => { window.blank = 0; new MutationObserver(() => { if (!document.querySelector('.windex .wvalue')) ++window.blank; }).observe(document.querySelector('main'), { childList: true, subtree: true }); });
    await fill(server, 2);
    await page.waitForResponse((r) => r.url().includes('/ioc/index766'));
    await quiet(page);
    assert.equal(await page.evaluate(() => window.blank), 0);
    await page.unroute('**/api/v1/ioc/**');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Trình chiếu' }).waitFor();
  });

  await test('the presentation turns by itself; cut off from the server nothing stays green, and the page says since when', async () => {
    const cut = await open('lanh-dao-tinh', { width: 1280, height: 900 });
    await cut.clock.install();
    await go(cut);
    await cut.locator('.wtile[data-tone=good]').first().waitFor();
    await go(cut, '?kiosk=true&dwell=30');
    assert.deepEqual([await cut.locator('.wmap').isVisible(), await cut.locator('.windex').isVisible()], [true, false]);
    await cut.clock.fastForward(30_500);
    await cut.locator('.windex').waitFor(); // visible now
    assert.equal(await cut.locator('.wmap').isVisible(), false);
    await go(cut);
    await cut.route('**/api/v1/**', (r) => r.abort());
    await cut.clock.fastForward(200_000);
    await cut.getByText('Mất kết nối. Số liệu dừng ở').waitFor();
    assert.equal(await cut.locator('.wtile[data-tone=good]').count(), 0);
    assert.ok((await cut.locator('.wtile[data-status=stale] .wvalue').count()) > 5); // still there, told to be old
    await shot(cut, 'wall-cut-off-1280');
    await cut.context().close();
  });

  await test('3840 px: the whole wall in one sight', async () => {
    await page.setViewportSize({ width: 3840, height: 2160 });
    await go(page);
    await look(page, 'wall-3840');
    await go(page, '?kiosk=true&dwell=600');
    await look(page, 'wall-kiosk-3840');
    const kpi = await page.locator('.wtile .wvalue').first().evaluate((e) => parseFloat(getComputedStyle(e).fontSize));
    assert.ok(kpi >= 64, `${kpi} px`);
  });

  await test('390 px, in Vietnamese and English', async () => {
    const phone = await open('lanh-dao-tinh', { width: 390, height: 844 });
    await go(phone);
    await look(phone, 'wall-390');
    for (const [part, selector] of [['map', '.wmap'], ['tiles', '.wtiles']]) {
      await phone.locator(selector).first().evaluate((e) => e.scrollIntoView());
      await quiet(phone);
      await shot(phone, `wall-${part}-390`);
    }
    await phone.locator('.wgroups li.lowest').getByRole('button').click();
    await phone.locator('.wcriteria li').first().waitFor();
    await look(phone, 'wall-group-390');
    await phone.evaluate(() => localStorage.setItem('hl.language', 'en'));
    await go(phone);
    await look(phone, 'wall-en-390', 'en');
    await phone.context().close();
  });

  await test('dark, the map by levels, alerts open; the agencies beside one another', async () => {
    const dark = await newPage(browser, { width: 1280, height: 900, colorScheme: 'dark' });
    await signIn(dark, server.base, 'lanh-dao-tinh', server.passwords['lanh-dao-tinh']);
    await go(dark, '?map=HCC.TY_LE_DUNG_HAN');
    await dark.locator('.walerts summary').click();
    await dark.locator('.wcell.good').first().waitFor();
    await look(dark, 'wall-dark-1280');
    await dark.getByRole('button', { name: 'Theo cơ quan' }).click();
    const agency = dark.getByRole('list', { name: 'Theo cơ quan' }).getByRole('listitem').first();
    await agency.waitFor();
    await look(dark, 'wall-agencies-1280');
    const id = await agency.getAttribute('data-agency');
    await agency.getByRole('button').click();
    await dark.waitForURL((url) => url.searchParams.get('agency') === id);
    await dark.context().close();
  });

  await test('a head sees the own agency; who may not look is told so', async () => {
    const head = await open('mau-lanh-dao', { width: 1280, height: 900 });
    await go(head);
    await head.locator('.warea').getByText('Ủy ban nhân dân phường Đông Hà').waitFor();
    await look(head, 'wall-head-1280');
    await head.context().close();
    const clerk = await open('mau-mot-cua', { width: 1280, height: 900 });
    assert.equal(await clerk.getByRole('link', { name: 'Điều hành' }).count(), 0);
    await clerk.goto(`${server.base}/app/wall`);
    await clerk.getByText('chưa xem được trung tâm điều hành').waitFor();
    await clerk.context().close();
  });
} finally {
  await browser.close();
  await server.stop();
}
end();
