// The desk in a real browser against the real server: an officer's day by keyboard, two people at one dossier, a lost
// network, a lost session, a locked one; axe and English words on every page; pictures into build/screenshots.
import assert from 'node:assert/strict';
import { axe, englishLeaks, newPage, openBrowser, quiet, shot, signIn, suite, until } from './browser.mjs';
import { fill, start } from './server.mjs';

const server = await start({ dossiers: 500 });
const browser = await openBrowser();
const { findings, test, end } = suite(browser, server);
async function look(page, name, lang = 'vi') {
  await quiet(page);
  await shot(page, name);
  findings.push(...(await axe(page, name)), ...(lang === 'en' ? [] : await englishLeaks(page)).map((x) => `${name}: English “${x}”`), ...page.faults.splice(0).map((x) => `${name}: ${x}`));
}
/** The head's page shows what is due this week: for the browser it is the hour before that dossier is due, whatever day
 *  of the week the test runs on. */
const hourBeforeDue = async (page, code) => page.clock.setFixedTime(Date.parse((await dossier(code, 'mau-lanh-dao')).due) - 3600_000);
const dossier = (code, login = 'mau-mot-cua') => server.call(server.tokens[login], `dossiers/${code}`);
/** A page that hears nothing of what others do: the feed would bring it within a second, sooner than some act. */
const deaf = (page) => page.route('**/api/v1/feed*', (route) => route.abort());

try {
  const codes = await fill(server, 24);

  await test('every page at 1280 and 320 px in both languages: pictures, axe, no English word', async () => {
    const everyPage = async (width, lang) => {
      const size = { width, height: width === 1280 ? 768 : 640 };
      const tail = lang === 'vi' ? width : `${width}-en`;
      const see = (page, name) => look(page, `${name}-${tail}`, lang);
      const speak = (page) => page.evaluate((l) => localStorage.setItem('hl.language', l), lang);
      const clerk = await newPage(browser, size);
      await clerk.goto(`${server.base}/app/desk`);
      if (lang === 'vi') await see(clerk, 'signin');
      await signIn(clerk, server.base, 'mau-mot-cua', server.passwords['mau-mot-cua']);
      await speak(clerk);
      await clerk.goto(`${server.base}/app/desk`);
      await see(clerk, 'desk-clerk');
      await clerk.goto(`${server.base}/app/desk?view=awaiting_payment`);
      await see(clerk, 'desk-empty');
      await clerk.goto(`${server.base}/app/desk?view=agency&open=${codes[2]}`);
      await see(clerk, 'desk-dossier');
      for (const tab of ['clocks', 'history', 'papers', 'flow']) {
        await clerk.locator(`[data-tab=${tab}]`).click();
        await see(clerk, `desk-${tab}`);
      }
      await clerk.goto(`${server.base}/app/desk/reception`);
      await see(clerk, 'reception-empty');
      await clerk.keyboard.type('thanh lap ho kinh doanh');
      await see(clerk, 'reception-search');
      await clerk.keyboard.press('Enter');
      await clerk.locator('#r-id').fill('045085900000');
      await see(clerk, 'reception-form');
      await clerk.goto(`${server.base}/app/kit`);
      await see(clerk, 'kit');
      await clerk.getByRole('button', { name: /Mở hộp thoại|Open a dialog/ }).click();
      await see(clerk, 'kit-dialog');
      await clerk.goto(`${server.base}/app/nothing-here`);
      await see(clerk, 'not-found');
      await clerk.context().close();

      const head = await newPage(browser, size);
      await signIn(head, server.base, 'mau-lanh-dao', server.passwords['mau-lanh-dao']);
      await speak(head);
      await hourBeforeDue(head, codes[5]);
      await head.goto(`${server.base}/app/desk/head`);
      await see(head, 'head');
      await head.getByRole('button', { name: /Xin lỗi và gia hạn|Apologise/ }).first().click();
      await see(head, 'head-apology');
      await head.context().close();
    };
    // Two at a time: while one page is drawn the other is judged.
    for (const width of [1280, 320]) await Promise.all(['vi', 'en'].map((lang) => everyPage(width, lang)));
    // Dark.
    const page = await newPage(browser, { colorScheme: 'dark' });
    await signIn(page, server.base, 'mau-mot-cua', server.passwords['mau-mot-cua']);
    await page.goto(`${server.base}/app/desk?view=agency&open=${codes[2]}`);
    await look(page, 'desk-dark-1366');
    await page.keyboard.press('Control+k');
    await look(page, 'palette-dark-1366');
    await page.context().close();
    assert.deepEqual(findings, []);
  });

  const clerk = await newPage(browser);
  await signIn(clerk, server.base, 'mau-mot-cua', server.passwords['mau-mot-cua']);

  await test('a known person is received by keyboard alone, with at most 60 keys beyond what is typed and no page load', async () => {
    let loads = 0;
    await clerk.goto(`${server.base}/app/desk/reception`);
    await clerk.locator('#r-procedure').waitFor();
    clerk.on('framenavigated', (frame) => { if (frame === clerk.mainFrame()) ++loads; });
    let keys = 0;
    const press = async (key) => { ++keys; await clerk.keyboard.press(key); };
    await clerk.locator('#r-procedure:focus').waitFor();
    await clerk.keyboard.type('thanh lap ho kinh doanh');
    await clerk.getByRole('option').first().waitFor();
    await press('Enter');
    await clerk.locator('#r-id:focus').waitFor();
    await clerk.keyboard.type('045085900000');
    await clerk.getByTestId('id-reading').getByText('Quảng Trị · Nam · sinh năm 1985').waitFor();
    await clerk.getByText('Đã điền từ hồ sơ').waitFor();
    await clerk.locator('#r-a-business_name').waitFor();
    await press('Enter'); // the person is filled in: straight to the first answer
    await clerk.locator('#r-a-business_name:focus').waitFor();
    for (const text of ['Hộ mẫu bàn phím', 'Địa chỉ mẫu', 'Bán lẻ', '50000000']) {
      await clerk.keyboard.type(text);
      await press('Enter');
    }
    await clerk.locator('#r-a-founded_by:focus').waitFor();
    await press('ArrowDown');
    await press('Alt+a');
    await press('Control+Enter');
    const code = await clerk.getByTestId('code').textContent();
    await look(clerk, 'reception-done-1366');
    assert.match(code, /^H50\.142-\d{6}-\d{4}$/);
    const made = await dossier(code);
    assert.equal(made.state, 'received');
    assert.equal(made.applicant.name, 'Nguyễn Thị Mẫu');
    assert.equal(made.applicant.id_number, '045085900000');
    assert.equal(made.answers.capital, 50000000);
    assert.equal(made.answers.founded_by, 'person');
    assert.ok(made.components.length >= 1);
    await press('n');
    await clerk.locator('#r-procedure:focus').waitFor();
    console.log(`     ${keys} keys beyond the texts, ${loads} page loads`);
    assert.ok(keys <= 60, `${keys} keys`);
    assert.equal(loads, 0);
  });

  await test('J, K, Enter, E: a dossier is received by keyboard, and the address holds the view', async () => {
    await clerk.goto(`${server.base}/app/desk?view=filed`);
    await clerk.locator('[data-code]').first().waitFor();
    const first = await clerk.locator('[data-code]').first().getAttribute('data-code');
    await clerk.locator('#grid').focus();
    await clerk.keyboard.press('j');
    await clerk.keyboard.press('k');
    await clerk.keyboard.press('Enter');
    await clerk.locator('[data-command=receive]').waitFor();
    assert.equal(new URL(clerk.url()).searchParams.get('open'), first);
    await clerk.keyboard.press('e');
    await clerk.locator('aside form button[type=submit]:focus').waitFor();
    await clerk.keyboard.press('Enter');
    await until('received', async () => (await dossier(first)).state === 'received');
  });

  await test('Z takes a command back: nothing was sent; without it, it is sent after five seconds', async () => {
    const code = (await server.call(server.tokens['mau-mot-cua'], 'dossiers?agency=ubnd-19333&state=received')).items[0].code;
    await clerk.goto(`${server.base}/app/desk?view=agency&open=${code}`);
    await clerk.locator('[data-command=transfer]').waitFor();
    const go = async () => {
      await clerk.locator('[data-command=transfer]').click();
      await clerk.locator('form button[type=submit]', { hasText: 'Chuyển xử lý' }).click();
      await clerk.getByRole('button', { name: /Hoàn tác/ }).waitFor();
    };
    await go();
    await clerk.keyboard.press('z');
    await clerk.getByText('Đã hoàn tác, chưa gửi gì.').waitFor();
    await clerk.waitForTimeout(5300);
    assert.equal((await dossier(code)).state, 'received');
    await clerk.goto(`${server.base}/app/desk?view=agency&open=${code}`);
    await clerk.locator('[data-command=transfer]').waitFor();
    await go();
    await look(clerk, 'desk-undo-1366');
    await until('transferred', async () => (await dossier(code)).state === 'processing');
  });

  await test('X marks, and marked dossiers are received together', async () => {
    await clerk.goto(`${server.base}/app/desk?view=filed`);
    await clerk.locator('[data-code]').first().waitFor();
    await clerk.locator('#grid').focus();
    await clerk.keyboard.press('x');
    await clerk.keyboard.press('j');
    await clerk.keyboard.press('Shift+X');
    await clerk.getByText('Đã chọn 2 hồ sơ').first().waitFor();
    await look(clerk, 'desk-bulk-1366');
    const marked = await clerk.locator('[aria-selected=true][data-code]').evaluateAll((rows) => rows.map((r) => r.dataset.code));
    await clerk.locator('.bulkbar').getByRole('button', { name: 'Tiếp nhận' }).click();
    await until('both received', async () => (await Promise.all(marked.map((c) => dossier(c)))).every((d) => d.state === 'received'));
  });

  await test('the head marks results and signs them together', async () => {
    const head = await newPage(browser, { height: 2600 }); // the queue draws the rows in sight only
    await signIn(head, server.base, 'mau-lanh-dao', server.passwords['mau-lanh-dao']);
    const ready = [];
    for (const code of [...codes].reverse()) if ((await dossier(code)).state === 'signing' && ready.length < 2) ready.push(code);
    assert.equal(ready.length, 2);
    await head.goto(`${server.base}/app/desk?view=agency`);
    for (const code of ready) await head.locator(`[data-code="${code}"] input[type=checkbox]`).check();
    await head.locator('.bulkbar').getByRole('button', { name: 'Ký kết quả' }).click();
    await head.getByRole('dialog').waitFor();
    await look(head, 'desk-sign-together-1366');
    await head.getByRole('dialog').getByRole('button', { name: 'Ký 2 kết quả' }).click();
    await until('both signed', async () => (await Promise.all(ready.map((c) => dossier(c)))).every((d) => d.state === 'finished'));
    await head.context().close();
  });

  await test('single letters can be turned off', async () => {
    await clerk.keyboard.press('?');
    await clerk.getByRole('dialog').waitFor();
    await look(clerk, 'keys-1366');
    await clerk.getByLabel('Dùng phím một chữ cái').uncheck({ force: true });
    await clerk.keyboard.press('Escape');
    await clerk.getByRole('dialog').waitFor({ state: 'detached' });
    await clerk.keyboard.press('?');
    await clerk.waitForTimeout(300);
    assert.equal(await clerk.getByRole('dialog').count(), 0);
    await clerk.evaluate(() => localStorage.setItem('hl.single-keys', 'on'));
  });

  await test('a conflict is explained and the text comes back', async () => {
    const code = codes[3]; // with the handler, unclaimed
    const handler = await newPage(browser);
    await deaf(handler);
    await signIn(handler, server.base, 'mau-thu-ly', server.passwords['mau-thu-ly']);
    await handler.goto(`${server.base}/app/desk?view=agency&open=${code}`);
    await handler.locator('[data-command=supplement]').click();
    await handler.getByLabel('Giấy tờ cần bổ sung').fill('Hợp đồng thuê nhà');
    await handler.locator('#field-reason').fill('Thiếu giấy tờ');
    await server.call(server.tokens['mau-thu-ly'], `dossiers/${code}/claim`, {}); // somebody else, meanwhile
    await handler.keyboard.press('Control+Enter');
    await handler.goto(`${server.base}/app/desk?view=agency&open=${code}`).catch(() => {});
    await handler.context().close();
    // Sent when the page was left, and refused: the dossier is as the other one left it.
    assert.equal((await dossier(code)).state, 'processing');

    const again = await newPage(browser);
    await deaf(again);
    await signIn(again, server.base, 'mau-thu-ly', server.passwords['mau-thu-ly']);
    await again.goto(`${server.base}/app/desk?view=agency&open=${code}`);
    await again.locator('[data-command=charge]').click(); // sent at once
    await again.locator('#field-amount').fill('100000');
    await server.call(server.tokens['mau-lanh-dao'], `dossiers/${code}/reassign`, { officer: 'mau-thu-ly', reason: 'mẫu' }).catch(() => server.call(server.tokens['mau-thu-ly'], `dossiers/${code}/consult`, { agency: 'so-tu-phap', question: 'mẫu', hours: 8 }));
    await again.locator('form button[type=submit]').last().click();
    await again.getByRole('alert').first().waitFor();
    assert.match(await again.getByRole('alert').first().textContent(), /người khác thay đổi/);
    assert.equal(await again.locator('#field-amount').inputValue(), '100.000');
    await look(again, 'desk-conflict-1366');
    await again.context().close();
  });

  await test('without a network nothing typed is lost, and it goes through when it is back', async () => {
    const code = (await server.call(server.tokens['mau-mot-cua'], 'dossiers?agency=ubnd-19333&state=received')).items[0].code;
    await clerk.goto(`${server.base}/app/desk?view=agency&open=${code}`);
    await clerk.locator('[data-command=charge]').click();
    await clerk.locator('#field-amount').fill('50000');
    await clerk.context().setOffline(true);
    await clerk.locator('form button[type=submit]').last().click();
    await clerk.locator('aside form').getByText('Không kết nối được máy chủ.').waitFor();
    await look(clerk, 'desk-offline-1366');
    assert.equal(await clerk.locator('#field-amount').inputValue(), '50.000');
    await clerk.context().setOffline(false);
    await clerk.locator('form button[type=submit]').last().click();
    await until('charged', async () => (await dossier(code)).charges.some((c) => c.amount === 50000));
  });

  await test('a session that ends in mid-form is asked back above the page; the text stays and is sent', async () => {
    const code = (await server.call(server.tokens['mau-mot-cua'], 'dossiers?agency=ubnd-19333&state=received')).items[1].code;
    await clerk.goto(`${server.base}/app/desk?view=agency&open=${code}`);
    await clerk.locator('[data-command=charge]').click();
    await clerk.locator('#field-amount').fill('70000');
    await clerk.context().clearCookies();
    // A query of the page may meet the end first and ask above the form: the button is pressed in the page, where nothing covers it.
    await clerk.locator('form:has(#field-amount) button[type=submit]').evaluate((button) => button.click());
    await clerk.getByText('Phiên làm việc đã hết hạn').waitFor();
    await look(clerk, 'session-gone-1366');
    await clerk.locator('input[type=password]').fill(server.passwords['mau-mot-cua']);
    await clerk.keyboard.press('Enter');
    await until('charged after signing in again', async () => (await dossier(code)).charges.some((c) => c.amount === 70000));
  });

  await test('a locked session is unlocked with the password alone; the text stays and goes with the same key', async () => {
    const code = (await server.call(server.tokens['mau-mot-cua'], 'dossiers?agency=ubnd-19333&state=received')).items[2].code;
    const page = await newPage(browser);
    await page.goto(`${server.base}/app/desk?view=agency&open=${code}`);
    await page.getByLabel('Tên đăng nhập').fill('mau-mot-cua');
    await page.locator('input[type=password]').fill(server.passwords['mau-mot-cua']);
    await page.keyboard.press('Enter');
    await page.locator('[data-command=charge]').click();
    await page.locator('#field-amount').fill('90000');
    const keys = [];
    // The server locks after fifteen minutes; here its answer comes once at once.
    await page.route('**/charge', (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      return keys.length > 1 ? route.continue() : route.fulfill({ status: 401, contentType: 'application/problem+json', body: JSON.stringify({ type: 'urn:x', title: 'Phiên đã khoá', status: 401, code: 'access.session_locked' }) });
    });
    await page.locator('form button[type=submit]').last().click();
    await page.getByText('Phiên làm việc đang khóa').waitFor();
    await look(page, 'session-locked-1366');
    await page.locator('input[type=password]').fill(server.passwords['mau-mot-cua']);
    await page.keyboard.press('Enter');
    await until('charged after unlocking', async () => (await dossier(code)).charges.some((c) => c.amount === 90000));
    assert.equal(keys.length, 2);
    assert.equal(keys[0], keys[1]);
    await page.context().close();
  });

  await test('the head apologises in two clicks', async () => {
    const head = await newPage(browser);
    await signIn(head, server.base, 'mau-lanh-dao', server.passwords['mau-lanh-dao']);
    await hourBeforeDue(head, codes[5]);
    await head.goto(`${server.base}/app/desk/head`);
    const rows = head.locator('tr', { has: head.getByRole('button', { name: 'Xin lỗi và gia hạn' }) });
    await rows.first().waitFor();
    const row = head.locator('tr', { hasText: codes[5] }).first();
    await row.getByRole('button', { name: 'Xin lỗi và gia hạn' }).click();
    await head.getByRole('button', { name: 'Gửi phiếu xin lỗi' }).click();
    await until('extended', async () => (await dossier(codes[5], 'mau-lanh-dao')).extensions === 1);
    await head.context().close();
  });

  await test('a scanned card fills the person, an old address is offered as today\'s, copies are attached, a form is read', async () => {
    const page = await newPage(browser);
    await signIn(page, server.base, 'mau-mot-cua', server.passwords['mau-mot-cua']);
    await page.goto(`${server.base}/app/desk/reception`);
    await page.locator('#r-procedure:focus').waitFor();
    await page.keyboard.type('thanh lap ho kinh doanh');
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('Enter');
    await page.locator('#r-id:focus').waitFor();
    // A scanner is a keyboard that types quickly and ends with Enter.
    await page.keyboard.type('045185000777|190000777|Trần Thị Quét Mẫu|01021985|Nữ|12 Lê Lợi, Phường 1, Đông Hà, Quảng Trị|01012022', { delay: 0 });
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('#r-id').inputValue(), '045185000777');
    assert.equal(await page.locator('#r-name').inputValue(), 'Trần Thị Quét Mẫu');
    const offer = page.getByRole('button', { name: /^Dùng địa chỉ hiện nay/ });
    await offer.waitFor();
    await look(page, 'reception-card-1366');
    await offer.click();
    assert.match(await page.locator('#r-address').inputValue(), /^12 Lê Lợi, Phường .+, Tỉnh Quảng Trị$/i);
    await page.locator('#r-phone').fill('0900000777');
    const reader = await server.call(server.tokens['mau-mot-cua'], 'recognitions');
    if (reader.available) {
      // The form is drawn by the browser: a picture as a phone would take it.
      const drawn = await newPage(browser, { width: 1200, height: 520 });
      await drawn.setContent('<body style="font:30px Noto Sans,sans-serif;line-height:2.4;margin:40px">TỜ KHAI<br>Họ và tên: Lê Thị Gợi Ý Mẫu<br>Số định danh: 045185000778<br>Ngày sinh: 05/02/1985</body>');
      const picture = await drawn.screenshot();
      await drawn.context().close();
      await page.getByTestId('scan').setInputFiles({ name: 'to-khai.png', mimeType: 'image/png', buffer: picture });
      await page.getByText('Gợi ý từ tờ khai').waitFor();
      await look(page, 'reception-offers-1366');
      assert.equal(await page.locator('#r-name').inputValue(), 'Trần Thị Quét Mẫu', 'nothing is filled in by itself');
      await page.getByRole('button', { name: 'Dùng: Họ và tên' }).click();
      assert.equal(await page.locator('#r-name').inputValue(), 'Lê Thị Gợi Ý Mẫu');
    }
    await page.locator('#r-a-business_name').fill('Hộ quét mẫu');
    await page.locator('#r-a-address').fill('Địa chỉ mẫu');
    await page.locator('#r-a-lines').fill('Bán lẻ');
    await page.locator('#r-a-capital').fill('1000000');
    await page.locator('#r-a-founded_by').selectOption({ index: 1 });
    const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');
    await page.getByTestId('paper').setInputFiles({ name: 'giay-de-nghi.png', mimeType: 'image/png', buffer: png });
    await page.keyboard.press('Control+Enter');
    const code = await page.getByTestId('code').textContent();
    await page.getByTestId('attached').waitFor();
    await look(page, 'reception-attached-1366');
    const files = await server.call(server.tokens['mau-mot-cua'], `dossiers/${code}/files`);
    assert.equal(files.items.length, 1);
    assert.equal((await dossier(code)).components.filter((c) => c.digitised).length, 1);
    // The file is seen in place; so is a PDF, page by page, as pictures.
    const slip = await fetch(`${server.origin}/api/v1/dossiers/${code}/slips/01?format=pdf`, { headers: { Authorization: `Bearer ${server.tokens['mau-mot-cua']}` } });
    await page.goto(`${server.base}/app/desk?view=agency&open=${code}`);
    await page.locator('[data-tab=papers]').click();
    await page.locator('input[type=file]').setInputFiles({ name: 'phieu.pdf', mimeType: 'application/pdf', buffer: Buffer.from(await slip.arrayBuffer()) });
    await page.getByRole('button', { name: 'Xem tệp: phieu.pdf' }).click();
    await page.locator('.page-view img').waitFor();
    await page.waitForFunction(() => document.querySelector('.page-view img')?.naturalWidth > 500);
    await page.locator('.page-view').scrollIntoViewIfNeeded();
    await look(page, 'desk-viewer-1366');
    await page.getByRole('button', { name: 'Xem tệp: giay-de-nghi.png' }).click();
    await page.waitForFunction(() => document.querySelector('.page-view img')?.naturalWidth === 1);
    await page.context().close();
  });

  await test('two people at one dossier see each other; what one does appears on the other\'s screen by itself', async () => {
    const code = (await server.call(server.tokens['mau-mot-cua'], 'dossiers?agency=ubnd-19333&state=received')).items[3].code;
    const first = await newPage(browser);
    await signIn(first, server.base, 'mau-mot-cua', server.passwords['mau-mot-cua']);
    await first.goto(`${server.base}/app/desk?view=agency&open=${code}`);
    await first.locator('[data-command=transfer]').waitFor();
    const second = await newPage(browser);
    await signIn(second, server.base, 'mau-lanh-dao', server.passwords['mau-lanh-dao']);
    await second.goto(`${server.base}/app/desk?view=agency&open=${code}`);
    await second.getByTestId('others').waitFor();
    await first.getByTestId('others').waitFor();
    assert.match(await first.getByTestId('others').textContent(), /đang mở hồ sơ này$/);
    await first.locator('.applicant').first().waitFor();
    await look(first, 'desk-presence-1366');
    await first.route('**/presence*', (route) => route.abort()); // from here on it hears of the other, and does not ask
    await server.call(server.tokens['mau-mot-cua'], `dossiers/${code}/transfer`, {});
    await second.locator('.hero').getByText('Đang xử lý').waitFor();
    await second.context().close();
    await first.getByTestId('others').waitFor({ state: 'detached' });
    // Names on the rows were read, and each reading is in the log.
    const reads = await server.call(server.tokens.admin, 'personal-reads').catch(() => null);
    if (reads) assert.ok(reads.items.some((r) => r.what === 'name'));
    await first.context().close();
  });

  await test('the head gives work to a person chosen from the list', async () => {
    const code = codes[3];
    const head = await newPage(browser);
    await signIn(head, server.base, 'mau-lanh-dao', server.passwords['mau-lanh-dao']);
    await head.goto(`${server.base}/app/desk?view=agency&open=${code}`);
    await head.locator('[data-command=reassign]').click();
    await head.locator('#field-officer').press('ArrowDown');
    await head.getByRole('option').first().waitFor();
    assert.match(await head.getByRole('option').first().textContent(), /việc đang giữ/);
    await look(head, 'desk-reassign-1366');
    await head.context().close();
  });
} finally {
  await browser.close();
  await server.stop();
}
end();
