import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { root } from './server.mjs';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const shots = join(root, 'build/screenshots');
mkdirSync(shots, { recursive: true });

export async function openBrowser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
}
export async function newPage(browser, { width = 1366, height = 768, ...more } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, locale: 'vi-VN', timezoneId: 'Asia/Ho_Chi_Minh', reducedMotion: 'reduce', ...more });
  const page = await context.newPage();
  page.faults = [];
  page.on('console', (m) => { if (m.type() === 'error' && !/status of (401|404|409|412|422|503)|net::ERR_/.test(m.text())) page.faults.push(m.text()); });
  page.on('pageerror', (e) => page.faults.push(String(e)));
  page.setDefaultTimeout(15_000);
  return page;
}
export async function signIn(page, base, login, password) {
  await page.goto(`${base}/app/desk`);
  await page.getByLabel('Tên đăng nhập').fill(login);
  await page.locator('input[type=password]').fill(password);
  await page.keyboard.press('Enter');
  await page.locator('.top').waitFor();
}
/** axe is evaluated by the debugger, which the page's Content-Security-Policy does not bind. */
export async function axe(page, where) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  return violations.map((v) => `${where}: ${v.id} (${v.impact}) ${v.nodes.slice(0, 3).map((n) => `${n.target} — ${n.failureSummary?.split('\n').slice(1, 3).join(' ')}`).join(' | ')}`);
}
export const shot = (page, name) => page.screenshot({ path: join(shots, `${name}.png`) });

/** Tests that go on after a failure, and findings that each count as one. HL_TEST=words runs those whose name has the
 *  words. On PostgreSQL pages are not looked at again: they look the same whatever the engine. */
export function suite(browser) {
  const findings = [];
  let passed = 0;
  let failed = 0;
  return {
    findings,
    async test(name, run) {
      if (!name.includes(process.env.HL_TEST ?? '')) return;
      if (process.env.HL_ENGINE === 'postgres' && /^(every page|axe) /.test(name)) return;
      const began = performance.now();
      try {
        await run();
        ++passed;
        console.log(`ok   ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
      } catch (error) {
        ++failed;
        for (const context of browser.contexts()) for (const page of context.pages()) await shot(page, `failed-${name.split(' ')[0]}`).catch(() => {});
        console.log(`FAIL ${name}\n     ${String(error.stack ?? error).split('\n').slice(0, 8).join('\n     ')}`);
      }
    },
    /** Prints what was found and ends the process. */
    end() {
      for (const finding of new Set(findings)) {
        ++failed;
        console.log(`FAIL ${finding}`);
      }
      console.log(`${passed} passed, ${failed} failed`);
      process.exit(failed ? 1 : 0);
    },
  };
}

/** English words that stand where a Vietnamese reader meets them. */
export async function englishLeaks(page) {
  return page.evaluate(() => {
    const english = /\b(the|and|close|open|search|loading|error|save|cancel|delete|next|previous|toggle|select|clear|menu|sort|filter|password|submit|yes|no|not found|undefined|null|NaN)\b/i;
    const texts = [];
    for (const e of document.querySelectorAll('body *')) {
      if (e.closest('[lang=en], .sheet, .mono, kbd, script, style')) continue;
      for (const a of ['aria-label', 'placeholder', 'title', 'alt']) if (e.getAttribute(a)) texts.push(e.getAttribute(a));
      for (const n of e.childNodes) if (n.nodeType === 3 && n.textContent.trim()) texts.push(n.textContent.trim());
    }
    return texts.filter((x) => english.test(x.replace(/English|\bno\b(?=\s*[^a-z])/g, '')) && !/[ăâđêôơưàáảãạèéẻẽẹìíỉĩịòóỏõọùúủũụỳýỷỹỵ]/i.test(x));
  });
}
