// Citizens' questions at the desk, papers of the national store at the counter, the portal's catalogue in the console: in
// a real browser against the real program and the simulated portal; every page at 390 and 1280 px in both languages, axe.
import assert from 'node:assert/strict';
import { newPage, openBrowser, signIn, suite, until } from './browser.mjs';
import { simulate } from './lib/simulator.mjs';
import { start } from './server.mjs';

const simulator = await simulate(['portal']);
const { url: partner, secret, tell } = simulator;
const server = await start({ dossiers: 60, more: `links: {portal: {url: "${partner}/portal", user: quangtri, secret_file: "${secret}", first_retry_seconds: 0.1, longest_retry_seconds: 1, breaker_rest_seconds: 0.2, more: {unit: H50, provider: "VN:GOV:H50"}}}\n` });
const browser = await openBrowser();
const { look, test, end, person, open: openAs } = suite(browser, server);
const admin = server.tokens.admin;
const ward = 'ubnd-19333';
const agencies = (await server.call(admin, 'agencies')).items;
const unit = agencies.find((a) => a.id === ward).code;
const ask = (id, text, more = {}) => tell('portal/do/question', { HOIDAPID: id, MADONVI: unit, TENDONVI: 'Đơn vị mẫu', HOVATEN: 'Người Hỏi Mẫu', THUDIENTU: 'hoi@example.vn', NOIDUNG: text, ...more });
const run = async (task) => {
  const last = async () => (await server.call(admin, 'links/portal')).tasks.find((t) => t.name === task)?.last_at ?? null;
  const before = await last();
  // Times are told to the second: one that ran within this one could not be told from the next.
  await until('the second is over', () => before === null || Date.now() >= Date.parse(before) + 1000);
  await server.call(admin, `links/portal/tasks/${task}`, {});
  await until(`${task} has run`, async () => { const now = await last(); return now !== null && now !== before; });
};
const answers = async () => (await tell('portal/do/answers', {})).items;
const answered = async (id) => (await answers()).filter((a) => a.question === id);
const holding = async (key) => (await (await fetch(`${partner}/compare/portal?limit=5000`)).json()).items.find((i) => i.key === key)?.record;
const open = async (page, query = '') => {
  await page.goto(`${server.base}/app/desk/questions${query}`);
  await page.locator('main h1').waitFor();
};

try {
  const page = await newPage(browser, { width: 1280, height: 900 });
  await signIn(page, server.base, 'mau-thu-ly', server.passwords['mau-thu-ly']);

  await test('nothing waits, and the page says so', async () => {
    await open(page);
    await page.getByText('Không có câu hỏi nào chờ trả lời').waitFor();
    await look(page, 'questions-empty-1280');
  });

  await test('more than a page: "more" by the keyboard goes on where the page ended, and back from one is where one was', async () => {
    for (let i = 100; i < 164; ++i) await ask(String(i), `Câu hỏi mẫu thứ ${i}?`);
    await run('questions');
    await open(page);
    await page.getByText('Chờ trả lời (64)').waitFor();
    assert.equal(await page.locator('[data-question]').count(), 30);
    const more = page.getByRole('button', { name: 'Hiện thêm' });
    await more.focus();
    await page.keyboard.press('Enter');
    await page.getByText('Đang hiện 60 câu hỏi').waitFor();
    assert.equal(await page.locator('[data-question]').count(), 60);
    const focused = () => page.evaluate(() => document.activeElement?.closest('[data-question]')?.getAttribute('data-question'));
    const thirtyFirst = await page.locator('[data-question]').nth(30).getAttribute('data-question');
    await until('the first of the new ones has the focus', async () => (await focused()) === thirtyFirst);
    await look(page, 'questions-more-1280');
    await page.keyboard.press('Enter');
    await page.getByTestId('question-text').waitFor();
    await page.getByRole('button', { name: 'Mọi câu hỏi' }).click();
    await until('back at the one that was read', async () => (await focused()) === thirtyFirst);
    assert.equal(await page.locator('[data-question]').count(), 60);
    // One of the first page is answered by somebody else: nothing is left out of what comes behind.
    await server.call(server.tokens['mau-thu-ly'], 'portal-questions/100/answer', { text: 'Trả lời mẫu' });
    await more.click();
    await until('every open one is there once', async () => {
      const shown = await page.locator('[data-question]').evaluateAll((rows) => rows.map((r) => r.getAttribute('data-question')));
      return new Set(shown).size === shown.length && Array.from({ length: 63 }, (_, i) => String(101 + i)).every((id) => shown.includes(id));
    });
    assert.equal(await more.count(), 0);
    for (let i = 101; i < 164; ++i) await tell('portal/do/answer', { HOIDAPID: String(i), NOIDUNGTRALOI: 'Trả lời tại Cổng' });
    await run('questions');
    await open(page);
    await page.getByText('Không có câu hỏi nào chờ trả lời').waitFor();
    await page.getByText('Đã trả lời (64)').waitFor();
  });

  await test('a question is read, answered and stands at the portal', async () => {
    await ask('501', 'Thủ tục mẫu cần những giấy tờ gì?');
    await ask('502', 'Nộp hồ sơ mẫu ở đâu?');
    await ask('503', 'Câu hỏi của đơn vị lạ', { MADONVI: 'H50.LA' });
    await run('questions');
    await open(page);
    await page.getByRole('button', { name: 'Thủ tục mẫu cần những giấy tờ gì?' }).waitFor();
    await look(page, 'questions-list-1280');
    await page.getByRole('button', { name: 'Thủ tục mẫu cần những giấy tờ gì?' }).click();
    await page.getByTestId('question-text').waitFor();
    await page.getByText('Chưa đối chiếu với quy định riêng', { exact: false }).waitFor();
    await look(page, 'questions-one-1280');
    await page.getByRole('button', { name: 'Trả lời', exact: true }).click();
    await page.getByText('Hãy ghi câu trả lời.').waitFor();
    await page.getByLabel('Câu trả lời', { exact: true }).fill('Cần tờ khai theo mẫu.');
    await page.getByRole('button', { name: 'Trả lời', exact: true }).click();
    await page.getByText('Đã trả lời. Câu trả lời được gửi lên Cổng.').waitFor();
    await page.getByText('Cổng đã nhận').waitFor();
    assert.equal((await answered('501'))[0].record.NOIDUNGTRALOI, 'Cần tờ khai theo mẫu.');
    await look(page, 'questions-answered-1280');
  });

  await test('a correction replaces it there', async () => {
    await page.getByLabel('Gửi bản sửa').fill('Cần tờ khai theo mẫu và bản chụp.');
    await page.getByRole('button', { name: 'Gửi bản sửa' }).click();
    await page.getByText('bản thứ 2').waitFor();
    await until('the correction is there', async () => (await answered('501'))[0].record.NOIDUNGTRALOI.endsWith('bản chụp.'));
    assert.equal((await answered('501')).length, 1);
  });

  await test('what is not this agency’s goes back with a reason, and is its no more', async () => {
    await open(page, '?open=502');
    await page.getByRole('button', { name: 'Trả lại Trung tâm' }).click();
    await page.getByText('Hãy ghi vì sao.').waitFor();
    await page.getByLabel('Vì sao', { exact: true }).fill('Việc của sở');
    await page.getByRole('button', { name: 'Trả lại Trung tâm' }).click();
    await page.getByText('Đã trả lại Trung tâm.').waitFor();
    await page.getByText('Không có câu hỏi nào chờ trả lời').waitFor();
  });

  await test('the province’s centre gives out what nobody has, and sees the note of who gave it back', async () => {
    await person('trung-tam', 'Cán bộ trung tâm (mẫu)', 'clerk', 'trung-tam-hcc-tinh');
    const centre = await openAs('trung-tam');
    await open(centre, '?show=waiting');
    await centre.getByRole('button', { name: 'Câu hỏi của đơn vị lạ' }).waitFor();
    await look(centre, 'questions-centre-1280');
    await centre.getByRole('button', { name: 'Nộp hồ sơ mẫu ở đâu?' }).click();
    await centre.getByText('Việc của sở').waitFor();
    await centre.getByRole('button', { name: 'Giao', exact: true }).click();
    await centre.getByText('Hãy chọn cơ quan.').waitFor();
    const form = centre.getByRole('form', { name: 'Giao cho cơ quan' });
    await form.locator('input').first().fill('sở xây dựng');
    await centre.locator('[role=listbox] [role=option]:visible').first().click();
    await look(centre, 'questions-assign-1280');
    await centre.getByRole('button', { name: 'Giao', exact: true }).click();
    await centre.getByText('Đã giao.').waitFor();
    const asked = await server.call(server.tokens['trung-tam'], 'portal-questions/502');
    assert.equal(asked.agency, 'so-xay-dung');
    await centre.context().close();
  });

  await test('two people at one question: the second is told, and what he typed stays', async () => {
    await ask('504', 'Hai người cùng trả lời?');
    await run('questions');
    await open(page, '?open=504');
    await page.getByLabel('Câu trả lời', { exact: true }).fill('Bản của tôi');
    await server.call(server.tokens['mau-lanh-dao'] ?? server.tokens['mau-mot-cua'], 'portal-questions/504/answer', { text: 'Bản của người khác' });
    await page.getByRole('button', { name: 'Trả lời', exact: true }).click();
    await page.getByRole('alert').getByText('Câu hỏi vừa có thay đổi', { exact: false }).first().waitFor();
    await page.getByTestId('answer-text').getByText('Bản của người khác').waitFor();
    assert.equal(await page.getByRole('textbox').first().inputValue(), 'Bản của tôi');
    assert.equal((await answers()).filter((a) => a.question === '504').length <= 1, true);
  });

  await test('an earlier answer of the same procedure is taken as a draft by one click, and says where it comes from', async () => {
    await ask('510', 'Đăng ký hộ kinh doanh cần giấy tờ gì?', { MATTHCDP: '1.001612' });
    await ask('511', 'Tôi muốn lập hộ kinh doanh thì nộp những gì?', { MATTHCDP: '1.001612' });
    await run('questions');
    await server.call(server.tokens['mau-thu-ly'], 'portal-questions/510/answer', { text: 'Cần tờ khai đăng ký hộ kinh doanh.' });
    await open(page, '?open=511');
    await page.getByLabel('Câu trả lời', { exact: true }).fill('Đang viết dở');
    await page.getByText('Câu trả lời đã có cho câu hỏi tương tự').click();
    const found = page.locator('[data-found="510"]');
    await found.waitFor();
    assert.equal(await page.locator('[data-found="501"]').count(), 0, 'of the same procedure only');
    assert.equal(await found.getByText('Người Hỏi Mẫu').count() + await found.getByText('Đăng ký hộ kinh doanh cần giấy tờ gì?').count(), 0);
    await look(page, 'questions-earlier-1280');
    await found.getByRole('button', { name: 'Dùng làm bản nháp' }).click();
    assert.equal(await page.getByLabel('Câu trả lời', { exact: true }).inputValue(), 'Cần tờ khai đăng ký hộ kinh doanh.');
    await page.getByRole('button', { name: 'Lấy lại bản đang viết' }).click();
    assert.equal(await page.getByLabel('Câu trả lời', { exact: true }).inputValue(), 'Đang viết dở');
    const words = page.getByLabel('Từ trong câu hỏi hoặc câu trả lời');
    await words.fill('khong co tu nay');
    await words.press('Enter');
    await page.getByText('Không tìm thấy câu trả lời nào').waitFor();
    await words.fill('to khai');
    await words.press('Enter');
    await found.getByRole('button', { name: 'Dùng làm bản nháp' }).click();
    await page.getByText('Bản nháp lấy từ câu trả lời của câu hỏi 510', { exact: false }).waitFor();
    await look(page, 'questions-taken-1280');
    await page.getByRole('button', { name: 'Trả lời', exact: true }).click();
    await page.getByText('Theo câu trả lời của câu hỏi 510').waitFor();
    await until('it stands at the portal', async () => (await answered('511'))[0]?.record.NOIDUNGTRALOI === 'Cần tờ khai đăng ký hộ kinh doanh.');
    await open(page, '?show=find');
    await page.locator('[data-found="511"]').getByText('theo câu trả lời của câu hỏi 510', { exact: false }).waitFor();
    await page.getByLabel('Từ trong câu hỏi hoặc câu trả lời').fill('bản chụp');
    await page.keyboard.press('Enter');
    await page.locator('[data-found="501"]').waitFor();
    assert.equal(await page.locator('[data-found]').count(), 1);
    await look(page, 'questions-find-1280');
    // The centre looks at every agency's, or at one.
    const centre = await openAs('trung-tam');
    await open(centre, '?show=find');
    await centre.locator('[data-found="511"]').waitFor();
    const which = centre.getByRole('combobox', { name: 'Cơ quan' }).or(centre.getByRole('textbox', { name: 'Cơ quan' })).first();
    await which.fill('sở xây dựng');
    await centre.locator('[role=listbox] [role=option]:visible').first().click();
    await centre.getByRole('button', { name: 'Tìm', exact: true }).click();
    await centre.getByText('Không tìm thấy câu trả lời nào').waitFor();
    await look(centre, 'questions-find-centre-1280');
    await centre.context().close();
  });

  await test('who asked is erased with a reason; the page says so and offers nothing that needs the text', async () => {
    await ask('505', 'Câu hỏi sẽ được xóa');
    await run('questions');
    const steward = await newPage(browser, { width: 1280, height: 900 });
    await signIn(steward, server.base, 'admin', server.passwords.admin);
    await open(steward, '?open=505');
    // Whoever looks after the partners does not read it.
    await steward.getByText('không xem được nội dung', { exact: false }).waitFor();
    assert.equal(await steward.getByText('Câu hỏi sẽ được xóa').count(), 0);
    await steward.getByText('Xóa dữ liệu người hỏi').first().click();
    await steward.getByRole('button', { name: 'Xóa hẳn' }).click();
    await steward.getByText('Hãy ghi vì sao, ít nhất 3 ký tự.').waitFor();
    await steward.getByLabel('Vì sao xóa').fill('Công dân yêu cầu xóa');
    await steward.getByLabel('Tôi hiểu: xóa rồi không lấy lại được').check();
    await look(steward, 'questions-erase-1280');
    await steward.setViewportSize({ width: 390, height: 844 });
    await look(steward, 'questions-erase-390');
    await steward.getByRole('button', { name: 'Xóa hẳn' }).click();
    await steward.getByText('Đã xóa dữ liệu của người hỏi.').waitFor();
    await steward.getByText('Công dân yêu cầu xóa').waitFor();
    await steward.context().close();
    await ask('505', 'Hỏi lại sau khi xóa', { HOVATEN: 'Người Hỏi Mẫu' });
    await run('questions');
    await open(page, '?open=505');
    await page.getByTestId('question-gone').waitFor();
    assert.equal(await page.getByRole('textbox').count(), 0);
    assert.equal(await page.getByRole('button', { name: 'Trả lời', exact: true }).count(), 0);
    await look(page, 'questions-erased-1280');
    await open(page, '?show=over');
    await page.locator('[data-question="505"]').getByText('đã được xóa', { exact: false }).waitFor();
    await page.locator('[data-question="505"]').getByText('Đã xóa khi chưa trả lời').waitFor();
  });

  await test('the counter: a paper of the national store is taken by the clerk, never by itself', async () => {
    await tell('portal/do/result', { owner: '045185000001', MaKetQua: 'KQ.MAU', TenGiayTo: 'Giấy phép mẫu', SoKyHieu: '01/GP-MAU', CoQuanChuQuan: 'Cơ quan mẫu', DanhSachTepDinhKem: [{ TenTep: 'mau.pdf', DuongDan: '/mau.pdf' }] });
    const clerk = await newPage(browser, { width: 1280, height: 1000 });
    await signIn(clerk, server.base, 'mau-mot-cua', server.passwords['mau-mot-cua']);
    await clerk.goto(`${server.base}/app/desk/reception`);
    await clerk.locator('#r-procedure:focus').waitFor();
    await clerk.keyboard.type('thanh lap ho kinh doanh');
    await clerk.getByRole('option').first().waitFor();
    await clerk.keyboard.press('Enter');
    const store = clerk.getByTestId('national-store');
    await store.waitFor();
    assert.equal(await store.getByRole('button', { name: 'Tra kho quốc gia' }).isDisabled(), true);
    await clerk.locator('#r-id').fill('045185000001');
    await clerk.locator('#r-name').fill('Người Mẫu');
    await store.getByRole('button', { name: 'Tra kho quốc gia' }).click();
    await store.getByText('Giấy phép mẫu').waitFor();
    await store.getByText('Theo kho lúc', { exact: false }).waitFor();
    assert.equal(await clerk.getByText('lấy từ kho quốc gia').count(), 0);
    await store.getByRole('combobox').or(store.getByRole('textbox')).first().click();
    await clerk.locator('[role=listbox] [role=option]:visible').first().click();
    await clerk.getByText('lấy từ kho quốc gia').waitFor();
    await look(clerk, 'national-store-1280');
    // Another person: what was found is not his.
    await clerk.locator('#r-id').fill('045185000002');
    await store.getByText('Giấy phép mẫu').waitFor({ state: 'detached' });
    assert.equal(await clerk.getByText('lấy từ kho quốc gia').count(), 0);
    await tell('portal', { fault: 'down', times: 1 });
    await store.getByRole('button', { name: 'Tra kho quốc gia' }).click();
    await store.getByRole('alert').waitFor();
    await look(clerk, 'national-store-away-1280');
    // Back at the first: taken, filed and received, the portal is told which result stands for which paper.
    await clerk.locator('#r-id').fill('045185000001');
    await store.getByRole('button', { name: 'Tra kho quốc gia' }).click();
    await store.getByText('Giấy phép mẫu').waitFor();
    await store.getByRole('combobox').or(store.getByRole('textbox')).first().click();
    await clerk.locator('[role=listbox] [role=option]:visible').first().click();
    await clerk.getByText('lấy từ kho quốc gia').waitFor();
    for (const [field, text] of [['phone', '0912345678'], ['a-business_name', 'Hộ mẫu'], ['a-address', 'Địa chỉ mẫu'], ['a-lines', 'Bán lẻ'], ['a-capital', '1000000']]) await clerk.locator(`#r-${field}`).fill(text);
    await clerk.locator('#r-a-founded_by').selectOption({ index: 1 });
    await clerk.keyboard.press('Alt+a');
    await clerk.keyboard.press('Control+Enter');
    const received = await clerk.getByTestId('code').textContent();
    await until('the portal knows which', async () => { const there = await holding(received); return there?.TrangThaiHoSo === '2' && there.TaiLieuNop.filter((p) => p.MaKetQuaThayThe === 'KQ.MAU' && p.DuocLayTuKhoDMQG === '1').length === 1 && there.TaiLieuNop.filter((p) => p.MaKetQuaThayThe).length === 1; });
    await clerk.context().close();
  });

  await test('a dossier that waits: its applicant’s papers are taken as it is received', async () => {
    const citizen = await server.call(server.tokens['mau-mot-cua'], 'dossiers', { procedure: '1.001612', channel: 'post', place: 'vn-19333', reception: ward, applicant: { kind: 'citizen', name: 'Người Mẫu', id_kind: 'personal_id', id_number: '045185000001', phone: '0912345678' }, answers: { business_name: 'Hộ kinh doanh Mẫu', address: { province: 'Tỉnh Quảng Trị', commune: 'Phường Đông Hà' }, lines: 'Bán lẻ', capital: 50000000, founded_by: 'person', authorised: false }, components: (await server.call(server.tokens['mau-mot-cua'], 'procedures/1.001612')).card.components.filter((c) => c.required).slice(1).map((c) => ({ id: c.id, originals: c.originals, copies: c.copies })) });
    const clerk = await newPage(browser, { width: 1366, height: 1000 });
    await signIn(clerk, server.base, 'mau-mot-cua', server.passwords['mau-mot-cua']);
    await clerk.goto(`${server.base}/app/desk?view=filed&open=${citizen.code}`);
    const store = clerk.getByTestId('national-store');
    await store.getByRole('button', { name: 'Tra kho quốc gia' }).click();
    await store.getByText('Giấy phép mẫu').waitFor();
    await store.getByRole('combobox').or(store.getByRole('textbox')).first().click();
    await clerk.locator('[role=listbox] [role=option]:visible').first().click();
    await store.getByText('Được ghi vào hồ sơ khi tiếp nhận.').waitFor();
    await look(clerk, 'national-store-dossier-1366');
    await clerk.locator('[data-command="receive"]').click();
    await clerk.locator('aside form button[type=submit]').click();
    await until('it is received with that paper', async () => {
      const d = await server.call(server.tokens['mau-mot-cua'], `dossiers/${citizen.code}`);
      return d.state !== 'filed' && d.components.some((c) => c.national && c.reused) && d.components.filter((c) => c.national).length === 1;
    });
    // Which result stands for it goes with it.
    await until('the portal knows which', async () => (await holding(citizen.code))?.TaiLieuNop?.some((p) => p.MaKetQuaThayThe === 'KQ.MAU' && p.DuocLayTuKhoDMQG === '1'));
    await clerk.context().close();
  });

  await test('the console shows the portal’s catalogue beside ours, field by field', async () => {
    await tell('portal/do/procedure', { MATTHC: '1.001612', TENTTHC: 'Tên khác ở Cổng', CACHTHUCTHUCHIEN: [{ KENH: '1', THOIGIAN: [{ THOIGIANGIAIQUYET: '77', DONVITINH: 'Ngày làm việc', PHILEPHI: ['Theo quy định'] }] }], TRINHTUTHUCHIEN: 'Bước 1. Nộp hồ sơ.' });
    await run('catalogue');
    const console_ = await newPage(browser, { width: 1280, height: 900 });
    await signIn(console_, server.base, 'admin', server.passwords.admin);
    await console_.goto(`${server.base}/app/console?section=links&at=portal%2Fcatalogue`);
    const card = console_.locator('[data-procedure="1.001612"]');
    await card.getByText('Tên khác ở Cổng').waitFor();
    await card.getByRole('heading', { name: '1.001612 Đăng ký thành lập hộ kinh doanh' }).waitFor();
    await card.getByText('77 ngày làm việc').waitFor();
    await card.getByText('Lời văn, đọc để so').first().waitFor();
    await look(console_, 'portal-catalogue-1280');
    await console_.setViewportSize({ width: 390, height: 844 });
    await look(console_, 'portal-catalogue-390');
    await console_.context().close();
  });

  for (const language of ['vi', 'en'])
    await test(`every page at 390 px (${language})`, async () => {
      const phone = await openAs('mau-thu-ly', { width: 390, height: 844 }, language);
      for (const [at, query] of [['list', ''], ['over', '?show=over'], ['one', '?open=501'], ['erased', '?open=505'], ['find', '?show=find']]) {
        await open(phone, query);
        await phone.locator('.tablebox, [data-testid=question-text], [data-testid=question-gone], [data-found], .empty').first().waitFor();
        await look(phone, `questions-${at}-390-${language}`, language);
        const wide = await phone.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `${at}: ${wide} px too wide`);
      }
      await phone.context().close();
    });
} finally {
  await browser.close();
  await server.stop();
  simulator.stop();
}
end();
