// One dossier from filing to rating, four people in four windows at once: a citizen on the portal, a clerk, a handler and
// a head at the desk. Everything by what is on their screens; the API is asked only whether it is so.
import assert from 'node:assert/strict';
import { aftermath, newPage, openBrowser, shot, signIn, until } from './browser.mjs';
import { file, pdf } from './lib/citizen.mjs';
import { start } from './server.mjs';

const server = await start({ dossiers: 60 });
const browser = await openBrowser();
const began = performance.now();
const step = (text) => console.log(`     ${((performance.now() - began) / 1000).toFixed(1)} s  ${text}`);
let failed = 0;
try {
  const names = { clerk: 'mau-mot-cua', handler: 'mau-thu-ly', head: 'mau-lanh-dao' };
  const pages = {};
  await Promise.all([
    (async () => { pages.citizen = await newPage(browser, { width: 390, height: 800 }); })(),
    ...Object.entries(names).map(async ([who, login]) => {
      pages[who] = await newPage(browser, { height: 1600 }); // the queue draws the rows in sight only
      await signIn(pages[who], server.base, login, server.passwords[login]);
    }),
  ]);
  const citizen = pages.citizen;
  const code = await file(citizen, server, 'Hộ kinh doanh bốn cửa sổ');
  step(`filed: ${code}`);
  const dossier = () => server.call(server.tokens['mau-mot-cua'], `dossiers/${code}`);
  const state = (wanted) => until(wanted, async () => (await dossier()).state === wanted);
  await Promise.all(Object.keys(names).map((who) => pages[who].goto(`${server.base}/app/desk?view=agency&open=${code}`)));
  // Nobody loads the desk again: what the others did appears by itself. What waits five seconds is sent by then.
  const act = async (who, command, fill = {}) => {
    const page = pages[who];
    // After a command the desk opens what is next: whoever wants this dossier again takes it from the queue.
    const here = () => new URL(page.url()).searchParams.get('open') === code;
    if (!here()) await page.locator(`[data-code="${code}"]`).first().click();
    await until(`${who} has the dossier open`, here);
    await page.locator(`[data-command="${command}"]`).click();
    for (const [id, text] of Object.entries(fill)) await page.locator(`#field-${id}`).fill(text);
    await page.locator('aside form button[type=submit]').click();
  };
  await act('clerk', 'receive');
  await state('received');
  await act('clerk', 'transfer');
  await state('processing');
  step('received and transferred');
  await act('head', 'complete');
  await until('assigned', async () => (await dossier()).tasks.some((x) => x.kind === 'assign' && x.state === 'done'));
  await pages.handler.locator('strong', { hasText: 'Thẩm định hồ sơ' }).first().waitFor(); // the assignment has reached his screen
  await act('handler', 'claim');
  await until('claimed', async () => (await dossier()).tasks.some((x) => x.kind === 'work' && x.officer));
  await act('handler', 'supplement', { items: 'Hợp đồng thuê địa điểm', reason: 'Thiếu giấy tờ chứng minh địa điểm' });
  await state('awaiting_supplement');
  step('a paper is asked for');

  await citizen.goto(`${server.base}/ho-so/${code}`);
  await citizen.getByText('Hợp đồng thuê địa điểm').first().waitFor();
  await citizen.locator(`a[href="/ho-so/${code}/bo-sung"]`).click();
  await citizen.locator('#tep').setInputFiles({ name: 'Hợp đồng.pdf', mimeType: 'application/pdf', buffer: pdf });
  await citizen.locator('button[value=them]').click();
  await citizen.getByText('Hợp đồng.pdf').first().waitFor();
  await citizen.locator('#loi-nhan').fill('Gửi hợp đồng thuê địa điểm');
  await citizen.locator('button[value=gui]').click();
  await until('answered', async () => (await dossier()).state !== 'awaiting_supplement');
  step('the citizen sent it');

  const open = (found, kind) => found.tasks.find((x) => x.state === 'open' && x.kind === kind);
  await act('handler', 'complete');
  await until('the approval is open', async () => open(await dossier(), 'sign'));
  await act('head', 'result');
  await state('finished');
  step('approved');
  await pages.clerk.getByText('Chờ trả kết quả').first().click();
  await pages.clerk.waitForURL(/view=finished/);
  await act('clerk', 'deliver');
  await state('returned');
  step('returned');
  await citizen.goto(`${server.base}/ho-so/${code}`);
  await citizen.locator(`a[href="/ho-so/${code}/danh-gia"]`).click();
  await citizen.locator('input[name=muc][value="5"]').check();
  await citizen.locator('#y-kien').fill('Nhanh gọn');
  await citizen.locator('form:has(#y-kien) button').click();
  await citizen.locator(`a[href="/ho-so/${code}/danh-gia"]`).waitFor({ state: 'detached' });
  await citizen.goto(`${server.base}/ho-so/${code}`);
  await shot(citizen, 'journey-citizen');
  assert.equal(await citizen.locator(`a[href="/ho-so/${code}/danh-gia"]`).count(), 0);
  step('rated');
  for (const page of Object.values(pages)) assert.deepEqual(page.faults, []);
} catch (error) {
  failed = 1;
  console.log(`FAIL ${String(error.stack ?? error).split('\n').slice(0, 12).join('\n     ')}\n${await aftermath(browser, 'journey', server)}`);
} finally {
  await browser.close();
  await server.stop();
}
console.log(failed ? '0 passed, 1 failed' : '1 passed, 0 failed');
process.exit(failed);
