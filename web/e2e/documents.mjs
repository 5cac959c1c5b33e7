// Documents at the desk in a real browser against the real program: a paper document entered, registered, assigned and
// finished; one of ours numbered, signed and sent to another of our agencies over the simulated axis, received there, and
// its statuses back; keyboard, empty states, both languages, axe at 1280 and 390 px.
import { axe, openBrowser, suite, until } from './browser.mjs';
import { simulate } from './lib/simulator.mjs';
import { root, start } from './server.mjs';

const simulator = await simulate(['vxp'], ['--set', `vxp.schema=${root}packs/quang-tri/documents/edxml.xsd`]);
const { url: partner, secret } = simulator;
const server = await start({ dossiers: 40, more: `links: {documents: {url: "${partner}/vxp", user: quangtri, secret_file: "${secret}", first_retry_seconds: 0.1, longest_retry_seconds: 1, breaker_rest_seconds: 0.2}}\n` });
const browser = await openBrowser();
const { look, open, person, test, end } = suite(browser, server);

const fetchNow = () => server.call(server.tokens.admin, 'links/documents/tasks/receive', {});

try {
  await person('van-thu-xa', 'Văn thư phường (mẫu)', 'registrar', 'ubnd-19333');
  await person('van-thu-so', 'Văn thư sở (mẫu)', 'registrar', 'so-noi-vu');
  const clerk = await open('van-thu-xa');

  await test('an empty in-box says so, and how to begin', async () => {
    await clerk.goto(`${server.base}/app/desk/documents`);
    await clerk.getByText('Hộp đến chưa có văn bản như vậy').waitFor();
    await look(clerk, 'documents-empty-1280');
  });

  await test('a paper document is entered by keyboard, registered and assigned', async () => {
    await clerk.locator('h1').click();
    await clerk.keyboard.press('n');
    const form = clerk.getByRole('form', { name: 'Nhập văn bản giấy' });
    await form.getByLabel('Cơ quan ban hành').fill('Tỉnh ủy (mẫu)');
    await form.getByLabel('Số', { exact: true }).fill('12');
    await form.getByLabel('Ký hiệu').fill('CV/TU');
    await form.getByLabel('Ngày ban hành').fill('2026-11-20');
    await form.getByLabel('Trích yếu').fill('Về việc thử nghiệm');
    await form.getByLabel('Mức độ khẩn').selectOption({ label: 'Hỏa tốc' });
    await look(clerk, 'documents-enter-1280');
    await form.getByRole('button', { name: 'Đưa vào hộp đến' }).click();
    await clerk.getByRole('heading', { name: /12\/CV\/TU/ }).waitFor();
    await clerk.getByRole('button', { name: 'Vào sổ' }).click();
    await clerk.getByText('Vào sổ: đã ghi.').waitFor();
    await clerk.getByText('1/20').first().waitFor();
    await clerk.getByRole('button', { name: 'Phân công' }).first().click();
    const officers = await clerk.locator('select').last().locator('option').count();
    if (officers > 1) {
      await clerk.getByLabel('Người xử lý').selectOption({ index: 1 });
      await clerk.locator('form').getByRole('button', { name: 'Phân công' }).click();
      await clerk.getByText('Phân công: đã ghi.').waitFor();
    }
    await look(clerk, 'documents-one-1280');
  });

  await test('a refused form says what is missing', async () => {
    await clerk.goto(`${server.base}/app/desk/documents`);
    await clerk.getByRole('button', { name: 'Nhập văn bản giấy' }).click();
    const form = clerk.getByRole('form', { name: 'Nhập văn bản giấy' });
    await form.getByLabel('Cơ quan ban hành').fill('Tỉnh ủy (mẫu)');
    await form.getByLabel('Số', { exact: true }).fill('12');
    await form.getByLabel('Ký hiệu').fill('cv/tu');
    await form.getByLabel('Ngày ban hành').fill('2026-11-20');
    await form.getByLabel('Trích yếu').fill('Lần hai');
    await form.getByRole('button', { name: 'Đưa vào hộp đến' }).click();
    await form.getByText(/đã có trong hộp đến/).first().waitFor();
  });

  let key;
  await test('one of ours is numbered, signed and sent', async () => {
    await clerk.goto(`${server.base}/app/desk/documents?direction=out`);
    await clerk.getByText('Chưa có văn bản đi như vậy').waitFor();
    await clerk.getByRole('button', { name: 'Soạn văn bản đi' }).click();
    const form = clerk.getByRole('form', { name: 'Soạn văn bản đi' });
    await form.getByLabel('Ký hiệu').fill('UBND-VP');
    await form.getByLabel('Trích yếu').fill('V/v báo cáo kết quả thử nghiệm');
    await form.getByLabel('Tìm và thêm nơi nhận').fill('Sở Nội vụ');
    await form.getByRole('button', { name: /H50\.02/ }).click();
    await form.locator('input[type=file]').setInputFiles({ name: 'bao-cao.txt', mimeType: 'text/plain', buffer: Buffer.from('thử') });
    await look(clerk, 'documents-new-1280');
    await form.getByRole('button', { name: 'Cấp số' }).click();
    await clerk.getByRole('heading', { name: /1\/UBND-VP/ }).waitFor();
    key = new URL(clerk.url()).searchParams.get('open');
    await clerk.getByRole('button', { name: 'Ký và gửi' }).click();
    await clerk.getByText('Ký và gửi: đã ghi.').waitFor();
    await clerk.getByText('Hợp lệ').waitFor();
  });

  await test('it comes to the other agency over the axis, and its clerk registers it', async () => {
    let there;
    await until('the document is there', async () => { await fetchNow(); there = (await server.call(server.tokens['van-thu-so'], 'documents?agency=so-noi-vu')).items[0]; return there !== undefined; });
    const other = await open('van-thu-so', { width: 390, height: 844 });
    await other.goto(`${server.base}/app/desk/documents`);
    await other.getByText('V/v báo cáo kết quả thử nghiệm').waitFor();
    await look(other, 'documents-list-390');
    await other.getByRole('button', { name: '1/UBND-VP' }).click();
    await other.getByRole('button', { name: 'Vào sổ' }).click();
    await other.getByText('Vào sổ: đã ghi.').waitFor();
    await look(other, 'documents-one-390');
    await until('the sender is told', async () => { await fetchNow(); return (await server.call(server.tokens['van-thu-xa'], `documents/${key}`)).receivers[0].status === '03'; });
    await clerk.reload();
    await clerk.getByText(/Đã tiếp nhận/).first().waitFor();
    await look(clerk, 'documents-sent-1280');
  });

  await test('in English, too', async () => {
    await clerk.evaluate(() => localStorage.setItem('hl.language', 'en'));
    await clerk.goto(`${server.base}/app/desk/documents`);
    await clerk.getByRole('heading', { name: 'In-box' }).waitFor();
    await clerk.getByText('Very urgent').or(clerk.getByText('Express')).first().waitFor();
    await look(clerk, 'documents-en-1280', 'en');
  });
} finally {
  await browser.close();
  await server.stop();
  simulator.stop();
}
end();
