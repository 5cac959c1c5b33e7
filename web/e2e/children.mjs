// Child centres and values handed in, in a real browser against the real program: a centre that is its own child over
// the line of this machine, then held; a template, a file with wrong rows explained, the right one stored; keyboard,
// both languages, pictures and axe at 1280 and 390 px.
import assert from 'node:assert/strict';
import { axe, openBrowser, suite, until } from './browser.mjs';
import { start } from './server.mjs';

const server = await start({ dossiers: 200, more: 'child_ioc: {interval_seconds: 1, longest_wait_seconds: 1}\n' });
const browser = await openBrowser();
const { look, open, person, test, end } = suite(browser, server);

try {
  await person('lanh-dao-tinh', 'Lãnh đạo tỉnh (mẫu)', 'head', 'ubnd-tinh');
  const token = server.tokens['lanh-dao-tinh'];
  const leader = await open('lanh-dao-tinh', { width: 1280, height: 900 });

  await test('without children the page says so, and how to begin', async () => {
    await leader.goto(`${server.base}/app/wall?page=children`);
    await leader.getByText('Chưa có IOC con nào').waitFor();
    await look(leader, 'children-empty-1280');
  });

  await test('a child that joined shows its line and its figures, beside the province\'s', async () => {
    const { code } = await server.call(server.tokens.admin, 'ioc/children/codes', { id: 'dong-ha', name: 'IOC Đông Hà (mẫu)', agencies: ['ubnd-19333'], url: server.base });
    server.run('ioc', 'child', 'enrol', code);
    await until('figures came', async () => (await server.call(token, 'ioc/children/figures')).items[0]?.tiles.length > 10);
    await leader.reload();
    await leader.getByRole('heading', { name: 'IOC Đông Hà (mẫu)' }).waitFor();
    await leader.getByText('Đang chạy', { exact: true }).waitFor();
    assert.ok((await leader.locator('.ctile').count()) > 10);
    assert.ok((await leader.locator('.ctile.unknown').count()) > 0); // what nobody told is unknown, not zero
    await look(leader, 'children-1280');
  });

  await test('a tile opens its periods by keyboard, the line its batches', async () => {
    const tile = leader.locator('.ctile button').filter({ hasText: 'Hồ sơ tiếp nhận' }).first();
    await tile.focus();
    await leader.keyboard.press('Enter');
    await leader.locator('.ctable tbody tr').nth(5).waitFor();
    await look(leader, 'children-history-1280');
    await leader.keyboard.press('Escape');
    await leader.getByRole('button', { name: 'Chi tiết đường nối' }).click();
    await leader.getByText('Chưa từ chối lô nào.').waitFor();
    assert.ok((await leader.locator('.ctable tbody tr').count()) >= 1);
    await look(leader, 'children-line-1280');
    await leader.keyboard.press('Escape');
  });

  await test('a line that is held says so, and none of its figures looks fresh', async () => {
    await server.call(server.tokens.admin, 'ioc/children/dong-ha/hold', { reason: 'Kiểm tra đường truyền' });
    await leader.reload();
    await leader.getByText('Đang tạm giữ').waitFor();
    assert.equal(await leader.locator('.ctile.known, .ctile.zero, .ctile.provisional').count(), 0);
    await look(leader, 'children-held-1280');
    await server.call(server.tokens.admin, 'ioc/children/dong-ha/release', {});
  });

  await test('a wrong file is explained row by row and not stored; the right one is, and once', async () => {
    await leader.goto(`${server.base}/app/wall?page=intake`);
    await leader.getByLabel('Tệp', { exact: true }).setInputFiles({ name: 'so-lieu.csv', mimeType: 'text/csv', buffer: Buffer.from('indicator,period,kind,value\nKTXH.THU_NS,2026-09,performed,812.5\nKHONG.CO,2026-09,performed,1\nKTXH.THU_NS,2026-08,performed,\n') });
    await leader.getByText('1 dòng sẽ lưu, 0 dòng đã có, 1 dòng sai, 1 dòng chưa có số').waitFor();
    await leader.getByText('Không có chỉ tiêu này.').waitFor();
    assert.equal(await leader.getByRole('button', { name: 'Lưu', exact: true }).count(), 0);
    await look(leader, 'intake-wrong-1280');
    await leader.getByLabel('Tệp', { exact: true }).setInputFiles({ name: 'so-lieu.csv', mimeType: 'text/csv', buffer: Buffer.from('indicator,period,kind,value\nKTXH.THU_NS,2026-09,performed,812.5\n') });
    await leader.getByText('1 dòng sẽ lưu, 0 dòng đã có, 0 dòng sai, 0 dòng chưa có số').waitFor();
    await leader.getByLabel('Tên hệ thống hoặc đơn vị cung cấp').fill('Sở Tài chính (mẫu)');
    await look(leader, 'intake-ready-1280');
    await leader.getByRole('button', { name: 'Lưu', exact: true }).click();
    await leader.getByText('Đã lưu 1 giá trị').waitFor();
    const values = (await server.call(token, 'ioc/indicators/KTXH.THU_NS/values')).items;
    assert.equal(values.length, 1);
    assert.equal(values[0].source, 'Sở Tài chính (mẫu)');
    await look(leader, 'intake-done-1280');
  });

  await test('the template is a workbook with a row for each indicator', async () => {
    const [download] = await Promise.all([leader.waitForEvent('download'), leader.getByRole('button', { name: 'Tải tệp mẫu' }).click()]);
    assert.match(download.suggestedFilename(), /^so-lieu.*\.xlsx$/);
  });

  await test('on a phone, and in English', async () => {
    const phone = await open('lanh-dao-tinh', { width: 390, height: 844 });
    for (const page of ['children', 'intake']) {
      await phone.goto(`${server.base}/app/wall?page=${page}`);
      await phone.locator('.cpage .card').first().waitFor();
      await look(phone, `${page}-390`);
    }
    await phone.evaluate(() => localStorage.setItem('hl.language', 'en'));
    await phone.goto(`${server.base}/app/wall?page=intake`);
    await phone.getByRole('button', { name: 'Download the template' }).waitFor();
    await look(phone, 'intake-390-en', 'en');
    await phone.goto(`${server.base}/app/wall?page=children`);
    await phone.getByRole('button', { name: 'The line in detail' }).waitFor();
    await look(phone, 'children-390-en', 'en');
    await phone.close();
  });
} finally {
  await browser.close();
  await server.stop();
}
end();
