// Warnings in a real browser against the real program: a leader warns from the wall, a citizen sees it on the portal's
// start page in both languages, a message of another source stands beside it, the leader cancels; axe at 1280 and 390 px.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { axe, newPage, openBrowser, signIn, suite } from './browser.mjs';
import { start } from './server.mjs';

const server = await start({ dossiers: 50 });
const browser = await openBrowser();
const { look, test, end } = suite(browser, server);

try {
  const login = 'lanh-dao-tinh';
  const made = await server.call(server.tokens.admin, 'accounts', { login, name: 'Lãnh đạo tỉnh (mẫu)' });
  await server.call(server.tokens.admin, `accounts/${login}/grants`, { role: 'head', agency: 'ubnd-tinh' });
  const first = await server.call(null, 'sessions', { login, password: made.one_time_password });
  const password = `cau dai de nho ${randomBytes(6).toString('hex')}`;
  await server.call(first.token, 'me/password', { old_password: made.one_time_password, password });
  const leader = await newPage(browser, { width: 1280, height: 900 });
  await signIn(leader, server.base, login, password);
  const citizen = await newPage(browser, { width: 390, height: 844 });

  await test('a leader warns from the wall', async () => {
    await leader.goto(`${server.base}/app/wall?page=warnings`);
    await leader.getByText('Chưa có bản tin nào').waitFor();
    await look(leader, 'warnings-empty-1280');
    await leader.getByRole('button', { name: 'Phát cảnh báo' }).click();
    const form = leader.getByRole('form', { name: 'Phát cảnh báo' });
    const vi = form.getByRole('group', { name: 'Tiếng Việt' });
    await vi.getByLabel('Sự kiện').fill('Bão');
    await vi.getByLabel('Tiêu đề').fill('Bão vào bờ tối nay');
    await vi.getByLabel('Nội dung').fill('Gió giật cấp 10.');
    await vi.getByLabel('Người dân cần làm gì').fill('Ở trong nhà.');
    const en = form.getByRole('group', { name: 'Tiếng Anh' });
    await en.getByLabel('Sự kiện').fill('Storm');
    await en.getByLabel('Tiêu đề').fill('A storm lands tonight');
    await en.getByLabel('Nội dung').fill('Gusts of force 10.');
    await look(leader, 'warnings-form-1280');
    await form.getByRole('button', { name: 'Phát cho người dân' }).click();
    await leader.getByRole('heading', { name: 'Bão vào bờ tối nay' }).waitFor();
    await leader.getByText('Đang có hiệu lực').waitFor();
    await look(leader, 'warnings-one-1280');
  });

  await test('a citizen sees it first on the start page, in both languages', async () => {
    await citizen.goto(server.base);
    await citizen.getByRole('heading', { name: 'Cảnh báo đang có hiệu lực' }).waitFor();
    await citizen.getByText('Bão vào bờ tối nay').waitFor();
    await look(citizen, 'warnings-portal-390');
    const english = await newPage(browser, { width: 390, height: 844, locale: 'en-GB' });
    await english.goto(`${server.base}/?lang=en`);
    await english.getByText('A storm lands tonight').waitFor();
    await english.close();
  });

  await test('the leader cancels it, and it is gone from the start page', async () => {
    await leader.getByRole('button', { name: 'Huỷ cảnh báo' }).click();
    const form = leader.getByRole('form', { name: 'Huỷ cảnh báo' });
    await form.getByLabel('Vì sao huỷ', { exact: true }).fill('Bão đã tan.');
    await form.getByRole('button', { name: 'Huỷ cảnh báo' }).click();
    await leader.getByText('Đã huỷ').first().waitFor();
    await leader.getByRole('button', { name: 'Quay lại' }).click();
    await leader.locator('[data-warning]').nth(1).waitFor();
    await look(leader, 'warnings-list-1280');
    await citizen.reload();
    assert.equal(await citizen.getByText('Bão vào bờ tối nay').count(), 0);
  });
} finally {
  await browser.close();
  await server.stop();
}
end();
