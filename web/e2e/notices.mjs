// The page about notices in a real browser: rules and quiet hours, every kind previewed in both languages without a brace
// left over, nothing of a real person; at 390 and 1280 px, axe, both languages of the screen.
import assert from 'node:assert/strict';
import { axe, englishLeaks, newPage, openBrowser, quiet, shot, signIn, suite } from './browser.mjs';
import { start } from './server.mjs';

const server = await start({ dossiers: 20 });
const browser = await openBrowser();
const { findings, test, end } = suite(browser, server);

async function look(page, name) {
  await quiet(page);
  await shot(page, name);
  findings.push(...(await axe(page, name)), ...page.faults.splice(0).map((x) => `${name}: ${x}`));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 1) findings.push(`${name}: ${wide} px wider than the screen`);
}
const go = async (page) => {
  await page.goto(`${server.base}/app/console?section=notices`);
  await page.locator('main h1').waitFor();
};

try {
  const page = await newPage(browser, { width: 1280, height: 800 });
  await signIn(page, server.base, 'admin', server.passwords.admin);
  await test('rules, quiet hours and gateways are told', async () => {
    await go(page);
    await page.getByText('21:00–07:00').waitFor();
    await page.getByRole('heading', { name: 'Cổng tin nhắn' }).waitFor();
    await page.getByText('Chưa có báo không gửi được nào').waitFor();
    await look(page, 'notices-1280');
    findings.push(...(await englishLeaks(page)).map((x) => `notices: English “${x}”`));
  });
  await test('every kind is previewed in both languages with no name left unfilled', async () => {
    const kinds = await page.getByLabel('Loại tin').locator('option').evaluateAll((list) => list.map((o) => o.value));
    assert.ok(kinds.length >= 10, String(kinds));
    for (const language of ['vi', 'en']) {
      await page.getByLabel('Ngôn ngữ').last().selectOption(language);
      for (const kind of kinds) {
        await page.getByLabel('Loại tin').selectOption(kind);
        await page.locator(`pre[lang=${language}]`).first().waitFor();
        await quiet(page);
        const said = await page.locator(`pre[lang=${language}]`).allInnerTexts();
        assert.equal(said.length, 2, kind);
        for (const text of said) assert.ok(text.includes('H50.00.00-000000-0000') && !/[{}]/.test(text), `${kind} ${language}: ${text}`);
      }
    }
  });
  await test('on a telephone', async () => {
    const small = await newPage(browser, { width: 390, height: 844 });
    await signIn(small, server.base, 'admin', server.passwords.admin);
    await go(small);
    await small.getByText('21:00–07:00').waitFor();
    await look(small, 'notices-390');
  });
} finally {
  await browser.close();
  await server.stop();
}
end();
