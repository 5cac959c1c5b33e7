// Paying online and the post in a real browser, against the real program and the simulated platform and post: the
// citizen begins a payment and asks for his result by post; the clerk sees both, asks the platform again, and reads why
// an order does not go out. 390 and 1280 px, both languages, axe.
import assert from 'node:assert/strict';
import { axe, newPage, openBrowser, signIn, suite, until } from './browser.mjs';
import { file } from './lib/citizen.mjs';
import { simulate } from './lib/simulator.mjs';
import { start } from './server.mjs';

const simulator = await simulate(['payment', 'post']);
const { url: partner, secret, tell } = simulator;
const quick = 'first_retry_seconds: 0.1, longest_retry_seconds: 1, breaker_rest_seconds: 0.2';
const server = await start({ dossiers: 60, more: `links:
  payment: {url: "${partner}/payment", secret_file: "${secret}", ${quick}, more: {partner: QUANGTRI, account: "0", bank: MAU, account_name: "Mau"}}
  post: {url: "${partner}/post", user: quangtri, secret_file: "${secret}", ${quick}, more: {customer: QT001, address: "Bộ phận một cửa, Phường Đông Hà", phone: "0200000000"}}
` });
const browser = await openBrowser();
const { look, test, end } = suite(browser, server);
const { 'mau-mot-cua': clerkToken, 'mau-lanh-dao': headToken, 'mau-thu-ly': handlerToken } = server.tokens;

const both = async (page, name, path) => {
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 820 });
    await look(page, `${name}-${width}`);
    await page.goto(`${server.base}${path}?lang=en`);
    await look(page, `${name}-${width}-en`, 'en');
    await page.goto(`${server.base}${path}?lang=vi`);
  }
};

try {
  const citizen = await newPage(browser, { width: 390, height: 820 });
  const code = await file(citizen, server, 'Hộ kinh doanh nộp phí');
  await server.call(clerkToken, `dossiers/${code}/receive`, {});
  await server.call(clerkToken, `dossiers/${code}/transfer`, {});
  await server.call(headToken, `dossiers/${code}/complete`, {});
  await server.call(handlerToken, `dossiers/${code}/claim`, {});
  await server.call(handlerToken, `dossiers/${code}/charge`, { charges: [{ id: 'le-phi-mau', name: 'Lệ phí mẫu', kind: 'fee', amount: 100000 }] });
  const clerk = await newPage(browser, { width: 1280, height: 900 });
  await signIn(clerk, server.base, 'mau-mot-cua', server.passwords['mau-mot-cua']);
  const open = () => clerk.goto(`${server.base}/app/desk?view=agency&open=${code}`);
  let reference;

  await test('a citizen begins a payment from his own dossier and is led to the platform', async () => {
    await citizen.goto(`${server.base}/ho-so/${code}`);
    await citizen.getByRole('link', { name: 'Nộp trực tuyến', exact: true }).click();
    await both(citizen, 'pay-before', `/ho-so/${code}/nop-phi`);
    await citizen.getByRole('button', { name: 'Nộp trực tuyến' }).click();
    const go = citizen.getByRole('link', { name: 'Đến trang của nền tảng thanh toán' });
    await until('the platform has a page', async () => (await go.count()) > 0 || (await citizen.reload(), false));
    reference = (await go.getAttribute('href')).split('/').at(-1);
    await both(citizen, 'pay-open', `/ho-so/${code}/nop-phi`);
    await go.click();
    await citizen.getByRole('button', { name: 'Thanh toán' }).waitFor();
    await citizen.goBack();
  });

  await test('the clerk sees it, asks the platform again, and has the receipt', async () => {
    await open();
    const payments = clerk.getByTestId('payments');
    await payments.getByText('Chờ nộp').waitFor();
    await look(clerk, 'desk-payment-1280');
    await tell('payment/do/pay', { reference, call: false });
    await payments.getByRole('button', { name: 'Hỏi lại nền tảng' }).click();
    await payments.getByText('Đã nộp').waitFor();
    await until('the receipt is there', async () => (await server.call(clerkToken, `payments/${reference}`)).receipt);
    await open();
    await payments.getByRole('link', { name: /Biên lai/ }).waitFor();
    await citizen.goto(`${server.base}/ho-so/${code}/nop-phi`);
    await citizen.getByRole('link', { name: 'Biên lai' }).waitFor();
    await both(citizen, 'pay-after', `/ho-so/${code}/nop-phi`);
  });

  await test('the citizen asks for his result by post; a wrong address is told beside its field', async () => {
    await citizen.goto(`${server.base}/ho-so/${code}/buu-chinh`);
    await both(citizen, 'post-form', `/ho-so/${code}/buu-chinh`);
    await citizen.locator('#dia-chi').fill('không rõ');
    await citizen.getByRole('button', { name: 'Đặt đơn' }).click();
    await citizen.locator('.summary').waitFor();
    await look(citizen, 'post-wrong');
    await citizen.locator('#dia-chi').fill('Thôn Mẫu, Đặc khu Cồn Cỏ, Tỉnh Quảng Trị');
    await citizen.getByRole('button', { name: 'Đặt đơn' }).click();
    await citizen.getByText('đã ghi, chưa gửi sang bưu chính').waitFor();
    await both(citizen, 'post-asked', `/ho-so/${code}/buu-chinh`);
  });

  await test('the clerk reads why the order does not go out, cancels it and orders to another address', async () => {
    await server.call(handlerToken, `dossiers/${code}/complete`, { note: 'đủ' });
    await server.call(headToken, `dossiers/${code}/result`, { number: 'M-1', signature: 'ink', kind: 'giay-chung-nhan' });
    await until('it is held', async () => (await server.call(clerkToken, `dossiers/${code}/post`)).items[0].held);
    await open();
    const post = clerk.getByTestId('post');
    await post.getByText('vn-19742').waitFor();
    await look(clerk, 'desk-post-held-1280');
    await post.getByRole('button', { name: 'Hủy đơn' }).click();
    await post.getByText('Đã hủy').waitFor();
    await post.getByRole('button', { name: 'Đặt đơn' }).click();
    await post.getByLabel('Địa chỉ').fill('Số 1 đường Mẫu, Phường Đông Hà, Tỉnh Quảng Trị');
    await look(clerk, 'desk-post-form-1280');
    await post.getByRole('button', { name: 'Gửi đơn' }).click();
    await post.getByText('Bưu chính đã nhận đơn').waitFor();
    await clerk.setViewportSize({ width: 390, height: 820 });
    await open();
    await post.getByText('Bưu chính đã nhận đơn').waitFor();
    await look(clerk, 'desk-outside-390');
  });

  await test('by code and phone: another person pays without an account', async () => {
    const page = await newPage(browser, { width: 390, height: 820, javaScriptEnabled: true });
    const second = (await server.call(clerkToken, 'dossiers', {
      procedure: '1.001612', channel: 'desk', place: 'vn-19333',
      applicant: { name: 'Người Khác (mẫu)', id_kind: 'personal_id', id_number: '045185000009', phone: '0900000009', address: 'Mẫu' },
      answers: { business_name: 'Hộ khác', address: 'Mẫu', lines: 'Bán lẻ', capital: 1000, founded_by: 'person', authorised: false },
      components: [{ id: 'giay-de-nghi', originals: 1 }],
    })).code;
    await server.call(clerkToken, `dossiers/${second}/receive`, {});
    await server.call(clerkToken, `dossiers/${second}/transfer`, {});
    await server.call(handlerToken, `dossiers/${second}/charge`, { charges: [{ id: 'le-phi-mau', name: 'Lệ phí mẫu', kind: 'fee', amount: 50000 }] });
    await page.goto(`${server.base}/tra-cuu/nop-phi?ma=${second}`);
    await look(page, 'pay-stranger');
    await page.locator('#dien-thoai').fill('0900000009');
    await page.getByRole('button', { name: 'Nộp trực tuyến' }).click();
    await page.getByText('50.000').first().waitFor();
    await look(page, 'pay-stranger-open');
    assert.equal(await page.getByText('Người Khác').count(), 0);
  });
} finally {
  await browser.close();
  await server.stop();
  simulator.stop();
}
end();
