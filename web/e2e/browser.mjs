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
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  return violations.map((v) => `${where}: ${v.id} (${v.impact}) ${v.nodes.slice(0, 3).map((n) => `${n.target} — ${n.failureSummary?.split('\n').slice(1, 3).join(' ')}`).join(' | ')}`);
}
export const shot = (page, name) => page.screenshot({ path: join(shots, `${name}.png`) });

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
