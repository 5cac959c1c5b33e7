// Directives in a real browser against the real program: from an alert in two clicks, the agency's answers at its desk,
// acceptance; keyboard, empty states, both languages, pictures and axe at 1280 and 390 px.
import assert from 'node:assert/strict';
import { axe, openBrowser, suite, until } from './browser.mjs';
import { pdf } from './lib/citizen.mjs';
import { start } from './server.mjs';

const server = await start({ dossiers: 300 });
const browser = await openBrowser();
const { look, open, person, test, end } = suite(browser, server);

try {
  await person('lanh-dao-tinh', 'Lãnh đạo tỉnh (mẫu)', 'head', 'ubnd-tinh');
  const leaderToken = server.tokens['lanh-dao-tinh'];
  let alert;
  await until('an alert stands', async () => { alert = (await server.call(leaderToken, 'ioc/alerts')).items.find((a) => a.agency); return alert !== undefined; });
  await person('chuyen-vien-so', 'Chuyên viên (mẫu)', 'handler', alert.agency);
  const leader = await open('lanh-dao-tinh', { width: 1280, height: 900 });
  const officer = await open('chuyen-vien-so', { width: 1280, height: 900 });
  let code;

  await test('without directives the list says so, and how to begin', async () => {
    await leader.goto(`${server.base}/app/wall?page=directives`);
    await leader.getByText('Không có chỉ đạo nào').waitFor();
    await look(leader, 'directives-empty-1280');
    await officer.goto(`${server.base}/app/desk/directives`);
    await officer.getByText('Chưa có chỉ đạo nào giao cho cơ quan bạn.').waitFor();
  });

  await test('an alert becomes a directive in two clicks', async () => {
    await leader.goto(`${server.base}/app/wall`);
    await leader.locator('.walerts summary').click(); // the list of alerts
    const line = leader.locator('.walerts li').filter({ has: leader.locator(`[data-issue="${alert.rule}"]`) }).first();
    await line.getByRole('button', { name: 'Giao chỉ đạo' }).click(); // 1
    const form = leader.getByRole('form', { name: 'Giao chỉ đạo' });
    await form.getByText('Cách tính hạn').waitFor();
    assert.ok((await form.getByLabel('Nội dung').inputValue()).includes('cảnh báo'));
    await look(leader, 'directives-form-1280');
    await form.getByRole('button', { name: 'Giao', exact: true }).click(); // 2
    await leader.getByRole('heading', { name: /^CD-\d{4}-\d{6}/ }).waitFor();
    code = /CD-\d{4}-\d{6}/.exec(await leader.getByRole('heading', { name: /^CD-/ }).innerText())[0];
    await look(leader, 'directives-one-1280');
    const listed = (await server.call(leaderToken, 'ioc/directives')).items;
    assert.equal(listed.length, 1);
    assert.equal(listed[0].origin.rule, alert.rule);
    await leader.locator('.walerts').getByText(`Đã giao ${code}`).waitFor();
  });

  await test('the agency acknowledges, reports, hands in evidence, asks for time and reports it done, at its desk', async () => {
    if ((await server.call(leaderToken, `ioc/directives/${code}`)).agency !== alert.agency) {
      // The first alert of the list may be another agency's.
      const agency = (await server.call(leaderToken, `ioc/directives/${code}`)).agency;
      await server.call(server.tokens.admin, 'accounts/chuyen-vien-so/grants', { role: 'handler', agency });
    }
    await officer.goto(`${server.base}/app/desk`);
    await officer.getByRole('link', { name: 'Chỉ đạo' }).click();
    await officer.getByRole('button', { name: code }).focus();
    await officer.keyboard.press('Enter');
    await officer.getByRole('button', { name: 'Tiếp nhận' }).click();
    await officer.locator('[data-line=acknowledged]').waitFor();
    await officer.getByRole('button', { name: 'Báo cáo tiến độ' }).click();
    const report = officer.getByRole('form', { name: 'Báo cáo tiến độ' });
    await report.getByLabel('Tiến độ (%)').fill('40');
    await report.getByLabel('Nội dung').fill('Đã rà 40 hồ sơ.');
    await look(officer, 'directives-report-1280');
    await report.getByRole('button', { name: 'Gửi' }).click();
    await officer.locator('[data-line=reported]').getByText('40%').waitFor();
    await officer.getByRole('button', { name: 'Thêm minh chứng' }).click();
    const evidence = officer.getByRole('form', { name: 'Thêm minh chứng' });
    await evidence.getByRole('button', { name: 'Gửi' }).click();
    await evidence.getByText('Hãy chọn một tệp.').waitFor();
    await evidence.locator('input[type=file]').setInputFiles({ name: 'Báo cáo.pdf', mimeType: 'application/pdf', buffer: pdf });
    await evidence.getByRole('button', { name: 'Gửi' }).click();
    await officer.locator('[data-evidence=file]').getByText('Báo cáo.pdf').waitFor();
    await officer.getByRole('button', { name: 'Xin gia hạn' }).click();
    const more = officer.getByRole('form', { name: 'Xin gia hạn' });
    await more.getByLabel('Nội dung').fill('Chờ số liệu của xã.');
    await more.getByRole('button', { name: 'Gửi' }).click();
    await officer.getByText('Đề nghị gia hạn').waitFor();
    await look(officer, 'directives-desk-1280');
  });

  await test('the leader grants the time, the agency hands in, the leader closes it: in time', async () => {
    await leader.goto(`${server.base}/app/wall?page=directives&item=${code}`);
    await leader.getByRole('button', { name: 'Đồng ý gia hạn' }).click();
    await leader.getByRole('form', { name: 'Đồng ý gia hạn' }).getByRole('button', { name: 'Gửi' }).click();
    await leader.locator('[data-line=extended]').waitFor();
    await officer.reload();
    await officer.getByRole('button', { name: 'Báo hoàn thành' }).click();
    const done = officer.getByRole('form', { name: 'Báo hoàn thành' });
    await done.getByLabel('Nội dung').fill('Đã xong.');
    await done.getByRole('button', { name: 'Gửi' }).click();
    await officer.getByText('Hiện không có việc gì để bạn làm').waitFor();
    await leader.reload();
    await leader.getByRole('button', { name: 'Chấp nhận, kết thúc' }).click();
    await leader.getByRole('form', { name: 'Chấp nhận, kết thúc' }).getByRole('button', { name: 'Gửi' }).click();
    await leader.locator('[data-line=closed]').waitFor();
    await leader.getByText('Đã kết thúc · Đúng hạn').first().waitFor();
    await look(leader, 'directives-closed-1280');
    await leader.getByRole('button', { name: 'Danh sách chỉ đạo' }).click();
    await leader.getByLabel('Xem').selectOption('closed');
    await leader.locator(`[data-directive="${code}"]`).waitFor();
    await look(leader, 'directives-list-1280');
  });

  await test('what somebody else changed meanwhile is not overwritten, and the page says so', async () => {
    const made = await server.call(leaderToken, 'ioc/directives', { agency: alert.agency, title: 'Báo cáo nhanh', text: 'Báo cáo nhanh.', work_hours: 8 });
    await officer.goto(`${server.base}/app/desk/directives?open=${made.code}`);
    await officer.getByRole('button', { name: 'Tiếp nhận' }).waitFor();
    await server.call(leaderToken, `ioc/directives/${made.code}/withdraw`, { text: 'Không cần nữa.' });
    await officer.getByRole('button', { name: 'Tiếp nhận' }).click();
    await officer.locator('[data-line=withdrawn]').waitFor();
  });

  await test('on a phone, and in English', async () => {
    const phone = await open('lanh-dao-tinh', { width: 390, height: 844 });
    await phone.goto(`${server.base}/app/wall?page=directives&item=${code}`);
    await phone.getByRole('heading', { name: code }).waitFor();
    await look(phone, 'directives-one-390');
    await phone.goto(`${server.base}/app/wall?page=directives`);
    await phone.getByLabel('Xem').selectOption('all');
    await phone.locator(`[data-directive="${code}"]`).waitFor();
    await look(phone, 'directives-list-390');
    await phone.evaluate(() => localStorage.setItem('hl.language', 'en'));
    await phone.reload();
    await phone.getByLabel('Show').selectOption('all');
    await phone.locator(`[data-directive="${code}"]`).getByRole('button').click();
    await phone.getByRole('heading', { name: 'Timeline' }).waitFor();
    await look(phone, 'directives-one-390-en', 'en');
    await phone.close();
  });
} finally {
  await browser.close();
  await server.stop();
}
end();
