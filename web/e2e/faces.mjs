// What the other browser tests do not look at: a procedure's own questions at the counter, drawn by the shared form; slips
// that are printed; every form of a command, with the overlays of the desk, on both widths; a citizen's page that follows
// the officers by itself; a former commune's name in the search.
import assert from 'node:assert/strict';
import { axe, englishLeaks, newPage, openBrowser, shot, signIn, suite } from './browser.mjs';
import { signIn as citizenSignIn } from './lib/citizen.mjs';
import { fill, start } from './server.mjs';

const server = await start({ dossiers: 40 });
const browser = await openBrowser();
const { findings, test, end } = suite(browser);
const clerk = server.tokens['mau-mot-cua'];
const sizes = [[1280, 'vi'], [320, 'en']];

async function look(page, name, lang) {
  await page.waitForFunction(() => !document.querySelector('.skeleton')).catch(() => {});
  await shot(page, name);
  findings.push(...(await axe(page, name)), ...(lang === 'vi' ? (await englishLeaks(page)).map((x) => `${name}: English “${x}”`) : []), ...page.faults.splice(0).map((x) => `${name}: ${x}`));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 1) findings.push(`${name}: ${wide} px wider than the screen`);
}
/** The pane of commands alone: the page around it was looked at with the first of its forms. */
async function lookAtForm(page, name, lang) {
  if (!(await page.evaluate(() => 'axe' in window))) return look(page, name, lang);
  await shot(page, name);
  const { violations } = await page.evaluate(() => window.axe.run('#actions', { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }));
  findings.push(...violations.map((v) => `${name}: ${v.id} ${v.nodes[0]?.target}`));
}
/** At the desk, in the language, where `path` leads. */
async function desk(login, [width, lang], path = '/app/desk') {
  const page = await newPage(browser, { width, height: width === 320 ? 640 : 800 });
  await signIn(page, server.base, login, server.passwords[login]);
  await page.evaluate((l) => localStorage.setItem('hl.language', l), lang);
  await page.goto(server.base + path);
  return page;
}

try {
  const codes = await fill(server, 12);

  await test('reception looks a business up by its code: an exchange through the gateway, named in the answer', async () => {
    for (const size of sizes) {
      const [width, lang] = size;
      const page = await desk('mau-mot-cua', size, '/app/desk/reception');
      await page.locator('#r-procedure:focus').waitFor();
      await page.keyboard.type('2.001621');
      await page.getByRole('option').first().waitFor();
      await page.keyboard.press('Enter');
      await page.locator('#r-id').fill('0100000001');
      const answer = page.getByTestId('business');
      await answer.getByText(/QUANGTRI-[0-9a-f-]{36}/).waitFor();
      assert.equal(await page.locator('#r-name').inputValue(), 'Công ty TNHH Mẫu Một (dữ liệu mẫu)');
      await look(page, `faces-reception-business-${width}-${lang}`, lang);
      await page.locator('#r-id').fill('0100000009'); // nobody's
      await answer.getByText('0100000009').waitFor();
      await page.close();
    }
  });

  await test('reception asks a procedure’s own questions by the shared form: conditions, groups, errors that lead to their field', async () => {
    for (const size of sizes) {
      const [width, lang] = size;
      const page = await desk('mau-mot-cua', size, '/app/desk/reception');
      await page.locator('#r-procedure:focus').waitFor();
      await page.keyboard.type('1.001193');
      await page.getByRole('option').first().waitFor();
      await page.keyboard.press('Enter');
      await page.locator('#r-a-child_name').waitFor();
      await page.locator('#r-name').fill('Người Nộp Mẫu');
      await page.locator('#r-a-child_name').fill('A');
      await page.locator('#r-a-child_birth_date').fill('31/2/2026');
      await page.locator('#r-a-child_birth_date').blur();
      await page.locator('#r-a-child_birth_date[aria-invalid=true]').waitFor(); // judged when it is left
      // A group begins as one line, as it stands on the paper, and can be filled in by its parts.
      const group = page.locator('[data-group=mother]');
      await group.locator('input[data-field=mother]').fill('Nguyễn Thị Mẹ Mẫu');
      await group.getByRole('button', { name: lang === 'vi' ? 'Điền theo từng mục' : 'Fill in the parts' }).click();
      await page.locator('#r-a-mother-name:focus').waitFor();
      await look(page, `faces-reception-form-${width}-${lang}`, lang);
      await page.keyboard.press('Control+Enter');
      const summary = page.getByRole('alert').first();
      await summary.locator('a').first().waitFor();
      const links = await summary.locator('a').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
      for (const id of ['child_birth_date', 'child_sex', 'birth_place', 'child_ethnicity', 'birth_proof']) assert.ok(links.includes(`#r-a-${id}`), `${id}: ${links.join(' ')}`);
      await summary.locator('a[href="#r-a-child_birth_date"]').click();
      assert.equal(await page.evaluate(() => document.activeElement?.id), 'r-a-child_birth_date');
      assert.equal(await page.locator('#r-a-child_birth_date').inputValue(), '31/2/2026');
      await look(page, `faces-reception-errors-${width}-${lang}`, lang);
      await page.context().close();
    }
  });

  await test('P prints: the slip of a dossier received a moment ago and of one that is open', async () => {
    const page = await desk('mau-mot-cua', sizes[0], `/app/desk?view=agency&open=${codes[1]}`);
    const printed = async (press) => {
      const [answer] = await Promise.all([page.context().waitForEvent('response', (r) => r.url().includes('/slips/')), press()]);
      assert.equal(answer.status(), 200);
      assert.equal(answer.headers()['content-type'], 'application/pdf');
      return answer.url();
    };
    await page.locator('[data-command]').first().waitFor();
    await page.locator('#grid').focus();
    assert.match(await printed(() => page.keyboard.press('p')), new RegExp(`${codes[1]}/slips/0\\d`));
    await page.goto(`${server.base}/app/desk/reception`);
    await page.locator('#r-procedure:focus').waitFor();
    await page.keyboard.type('1.001612');
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('Enter');
    await page.locator('#r-a-business_name').waitFor();
    for (const [id, text] of Object.entries({ name: 'Người In Mẫu', phone: '0900000999', address: 'Khu phố Mẫu' })) await page.locator(`#r-${id}`).fill(text);
    for (const [id, text] of Object.entries({ business_name: 'Hộ in mẫu', address: 'Địa chỉ mẫu', lines: 'Bán lẻ', capital: '50000000' })) await page.locator(`#r-a-${id}`).fill(text);
    await page.locator('#r-a-founded_by').selectOption('person');
    await page.keyboard.press('Alt+a');
    await page.keyboard.press('Control+Enter');
    const code = await page.getByTestId('code').textContent();
    assert.match(await printed(() => page.keyboard.press('p')), new RegExp(`${code}/slips/01`));
    await page.context().close();
  });

  await test('every form of a command, the palette, the keys and the lost session, on both widths', async () => {
    for (const size of sizes) {
      const [width, lang] = size;
      for (const [login, code] of [['mau-mot-cua', codes[0]], ['mau-thu-ly', codes[9]], ['mau-lanh-dao', codes[5]]]) {
        const page = await desk(login, size, `/app/desk?view=agency&open=${code}`);
        await page.locator('.hero').first().waitFor();
        if (width < 900) await page.locator('.paneswitch button').nth(2).click(); // one pane at a time
        await page.locator('[data-command]').first().waitFor();
        const all = await page.locator('[data-command]').evaluateAll((buttons) => buttons.map((b) => b.dataset.command));
        const commands = all.filter((c) => width >= 900 || ['refuse', 'supplement', 'consult', 'charge', 'result', 'extend', 'reassign'].includes(c)); // the longer ones
        assert.ok(commands.length > 0, login);
        for (const command of commands) {
          await page.locator(`[data-command="${command}"]`).first().click();
          await page.locator('form button[type=submit]').last().waitFor();
          await lookAtForm(page, `faces-${command}-${width}-${lang}`, lang);
          await page.keyboard.press('Escape');
          await page.locator(`[data-command="${command}"]`).first().waitFor();
        }
        if (login === 'mau-mot-cua') {
          await page.keyboard.press('Control+k');
          await page.getByRole('dialog').waitFor();
          await look(page, `faces-palette-${width}-${lang}`, lang);
          await page.keyboard.press('Escape');
          await page.getByRole('dialog').waitFor({ state: 'detached' });
          await page.locator('body').press('?');
          await page.getByRole('dialog').waitFor();
          await look(page, `faces-keys-${width}-${lang}`, lang);
          await page.keyboard.press('Escape');
          await page.context().clearCookies();
          await page.locator(`[data-command="${commands[0]}"]`).first().click();
          await page.locator('form button[type=submit]').last().click();
          await page.locator('input[type=password]').waitFor();
          await look(page, `faces-session-gone-${width}-${lang}`, lang);
        }
        await page.context().close();
      }
    }
  });

  await test('the head gives the work of somebody on leave to another, all marked rows at once', async () => {
    const head = await newPage(browser, { height: 2600 }); // the queue draws the rows in sight only
    await signIn(head, server.base, 'mau-lanh-dao', server.passwords['mau-lanh-dao']);
    await head.goto(`${server.base}/app/desk?view=agency`);
    const given = [codes[3], codes[9]];
    for (const code of given) await head.locator(`[data-code="${code}"] input[type=checkbox]`).check();
    await head.locator('.bulkbar').getByRole('button', { name: /Phân công lại/ }).click();
    const dialog = head.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Giao lại 2 việc' }).click();
    await dialog.getByText('Hãy chọn cán bộ nhận việc.').waitFor();
    await look(head, 'faces-reassign-together', 'vi');
    await head.locator('#bulk-officer').fill('thụ lý');
    await dialog.getByRole('option').first().click();
    await dialog.getByRole('button', { name: 'Giao lại 2 việc' }).click();
    const holders = async () => Promise.all(given.map(async (code) => (await server.call(clerk, `dossiers/${code}`)).tasks.find((x) => x.state === 'open').officer));
    for (let i = 0; i < 100 && !(await holders()).every((o) => o === 'mau-thu-ly'); ++i) await new Promise((done) => setTimeout(done, 100));
    assert.deepEqual(await holders(), ['mau-thu-ly', 'mau-thu-ly']);
    await head.context().close();
  });

  await test('a citizen’s page follows the officers by itself, and takes nothing from under his hands', async () => {
    const { code } = await server.call(server.tokens['mau-cong-dan'], 'dossiers', {
      procedure: '1.001612', channel: 'online', place: 'vn-19333', reception: 'ubnd-19333',
      applicant: { kind: 'citizen', name: 'Người Mẫu', id_kind: 'personal_id', id_number: '045185000001', phone: '0912345678', address: 'Khu phố Mẫu' },
      summary: 'Mẫu', answers: { business_name: 'Hộ mẫu', address: 'Địa chỉ mẫu', lines: 'Bán lẻ', capital: 50000000, founded_by: 'person', authorised: false },
      components: [{ id: 'giay-de-nghi', copies: 1 }, { id: 'can-cuoc', copies: 1 }],
    });
    const page = await newPage(browser, { width: 390, height: 800 });
    await page.goto(`${server.base}/dang-nhap`);
    await citizenSignIn(page, server);
    await page.waitForURL((url) => !url.pathname.startsWith('/dang-nhap'));
    await page.goto(`${server.base}/ho-so/${code}`);
    await page.locator('[data-live]').waitFor();
    await page.locator('html[data-islands=ready]').waitFor();
    const before = await page.locator('#status').textContent();
    let loads = 0;
    page.on('framenavigated', (frame) => { if (frame === page.mainFrame()) ++loads; });
    // The page asks every twenty seconds and when it is seen again: this stands for the latter.
    const seen = () => page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await seen();
    await server.call(clerk, `dossiers/${code}/receive`, {});
    await seen();
    await page.getByText('Trang đã hiện tình trạng mới').waitFor();
    assert.notEqual(await page.locator('#status').textContent(), before);
    assert.equal(loads, 0);
    await shot(page, 'faces-live-390');
    findings.push(...(await axe(page, 'faces-live')), ...(await englishLeaks(page)).map((x) => `faces-live: English “${x}”`));
    await page.locator('main a').first().focus();
    await server.call(clerk, `dossiers/${code}/transfer`, {});
    await seen();
    await page.getByRole('button', { name: 'Xem', exact: true }).waitFor();
    assert.equal(loads, 0);
    await page.getByRole('button', { name: 'Xem', exact: true }).click();
    await page.waitForFunction(() => !document.querySelector('#hl-notices'));
    const reads = (await server.call(server.tokens['mau-cong-dan'], 'me').catch(() => null)) && page.faults;
    assert.deepEqual(reads, []);
    await page.context().close();
  });

  await test('a newcomer reaches each face from the front page with the account that is named there', async () => {
    const front = await newPage(browser, { width: 1280, height: 900 });
    await front.goto(server.base);
    await front.locator('aside.demo').waitFor(); // says that nothing here is real
    const accounts = new Map(await front.locator('section[aria-labelledby=demo-accounts] tbody tr').evaluateAll((rows) => rows.map((r) => [...r.querySelectorAll('code')].map((c) => c.textContent))));
    assert.deepEqual([...accounts.keys()].sort(), ['mau-cong-dan', 'mau-lanh-dao', 'mau-mot-cua', 'mau-quan-tri', 'mau-thu-ly', 'mau-van-thu']);
    await front.locator('section[aria-labelledby=demo-accounts] a[href="/dang-nhap"]').click();
    await front.locator('#ten').fill('mau-cong-dan');
    await front.locator('#mat-khau').fill(accounts.get('mau-cong-dan'));
    await front.locator('form:has(#ten) button[type=submit]').click();
    await front.locator('a[href="/ho-so/du-lieu-cua-toi"]').first().waitFor();
    await front.context().close();
    // Each by the link of the front page, and what he sees first there.
    const faces = [
      ['mau-mot-cua', '/app/desk', '#grid'], ['mau-thu-ly', '/app/desk', '#grid'], ['mau-lanh-dao', '/app/desk', '#grid'],
      ['mau-van-thu', '/app/desk', 'h1:has-text("Văn bản")', '/app/desk/documents'],
      ['mau-quan-tri', '/app/console', '.rail a[href*="section=health"]'],
    ];
    for (const [login, face, first, ends] of faces) {
      const page = await newPage(browser, { width: 1280, height: 800 });
      await page.goto(server.base);
      await page.locator(`section[aria-labelledby=demo-accounts] a[href="${face}"]`).click();
      await page.getByLabel('Tên đăng nhập').fill(login);
      await page.locator('input[type=password]').fill(accounts.get(login));
      await page.keyboard.press('Enter');
      await page.locator('.top').waitFor();
      await page.locator(first).first().waitFor();
      assert.equal(new URL(page.url()).pathname, ends ?? face);
      assert.deepEqual(page.faults, []);
      await page.context().close();
    }
  });

  await test('axe: a former commune in the search, in both languages at 320 px', async () => {
    for (const lang of ['vi', 'en']) {
      const page = await newPage(browser, { width: 320, height: 640 });
      await page.goto(`${server.base}/thu-tuc?q=khai%20sinh%20gio%20hai&lang=${lang}`);
      await page.getByText('Xã Gio Hải').waitFor();
      await page.locator('a[href="/thu-tuc/1.001193"]').waitFor();
      await look(page, `faces-place-320-${lang}`, lang);
      await page.context().close();
    }
  });
} finally {
  await browser.close();
  await server.stop();
}
end();
