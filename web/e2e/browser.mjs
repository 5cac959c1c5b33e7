import { randomBytes } from 'node:crypto';
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
  // What is being asked of the server now, and since when. The live feed never ends and is not waited for.
  page.asking = new Map();
  page.on('request', (r) => { if (!r.url().includes('/feed')) page.asking.set(r, performance.now()); });
  for (const end of ['requestfinished', 'requestfailed']) page.on(end, (r) => page.asking.delete(r));
  // For whoever reads of a failure: the last answers that were refusals.
  page.refusals = [];
  page.on('response', (r) => { if (r.status() >= 400) page.refusals = [...page.refusals.slice(-5), `${r.status()} ${r.request().method()} ${r.url()}`]; });
  // Two builds beside the tests make a page ten times slower: a limit ends what hangs and judges no speed.
  page.setDefaultTimeout(45_000);
  return page;
}
/** Nothing has been asked of the server for a quarter of a second (pauses in typing and gathered questions are shorter
 *  than that), what came is drawn, and nothing moves. */
export async function quiet(page) {
  for (let since = performance.now(), until = since + 30_000; performance.now() < until; ) {
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 15))));
    const now = performance.now();
    // The browser does not tell the end of what a page sent while it was left.
    for (const [request, at] of page.asking) if (now - at > 20_000) page.asking.delete(request);
    if (page.asking.size > 0) since = now;
    else if (now - since >= 250) break;
  }
  await page.waitForFunction(() => !document.querySelector('.skeleton, [aria-busy=true]') && document.fonts.status === 'loaded'
    && document.getAnimations().every((a) => a.playState !== 'running' || a.effect?.getComputedTiming().endTime === Infinity), undefined, { timeout: 15_000 }).catch(() => {});
}
/** What the program should come to by itself, asked again and again. */
export async function until(what, condition) {
  for (const limit = performance.now() + 60_000; performance.now() < limit; ) {
    if (await condition()) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`never: ${what}`);
}
/** Where every page of a failed test stood: pictures, addresses, what the page and the program said. */
export async function aftermath(browser, name, server) {
  const said = [];
  let n = 0;
  for (const context of browser.contexts())
    for (const page of context.pages()) {
      await page.screenshot({ path: join(shots, `failed-${name}-${++n}.png`), timeout: 10_000 }).catch(() => {});
      const notices = await page.evaluate(() => [...document.querySelectorAll('[role=alert], [role=dialog], .hl-notice, .error, .mantine-Notification-root')].map((e) => e.innerText.replace(/\s+/g, ' ').slice(0, 160))).catch(() => []);
      said.push(`page ${n} ${page.url()}`, ...page.refusals.map((x) => `  answered ${x}`), ...page.faults.map((x) => `  console: ${x}`), ...notices.map((x) => `  says: ${x}`));
    }
  return [...said, ...(server?.troubles() ?? [])].map((line) => `     ${line}`).join('\n');
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
export function suite(browser, server) {
  const findings = [];
  let passed = 0;
  let failed = 0;
  return {
    findings,
    /** One page as it stands: its picture, axe, what the console said, English before Vietnamese readers, its width. */
    async look(page, name, language = 'vi') {
      await quiet(page);
      await shot(page, name);
      findings.push(...(await axe(page, name)), ...page.faults.splice(0).map((x) => `${name}: ${x}`));
      if (language === 'vi') findings.push(...(await englishLeaks(page)).map((x) => `${name}: English “${x}”`));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 1) findings.push(`${name}: ${wide} px wider than the screen`);
    },
    /** An account with one role, of one agency or over the whole installation, with a password and a session of its own. */
    async person(login, name, role, agency) {
      const made = await server.call(server.tokens.admin, 'accounts', { login, name });
      await server.call(server.tokens.admin, `accounts/${login}/grants`, { role, agency });
      const first = await server.call(null, 'sessions', { login, password: made.one_time_password });
      server.passwords[login] = `cau dai de nho ${randomBytes(6).toString('hex')}`;
      await server.call(first.token, 'me/password', { old_password: made.one_time_password, password: server.passwords[login] });
      server.tokens[login] = (await server.call(null, 'sessions', { login, password: server.passwords[login] })).token;
    },
    /** A page of its own with that person signed in; its language is Vietnamese unless one is named. */
    async open(login, size = { width: 1280, height: 900 }, language = null) {
      const page = await newPage(browser, size);
      await signIn(page, server.base, login, server.passwords[login]);
      if (language) await page.evaluate((l) => localStorage.setItem('hl.language', l), language);
      return page;
    },
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
        console.log(`FAIL ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)\n     ${String(error.stack ?? error).split('\n').slice(0, 12).join('\n     ')}\n${await aftermath(browser, name.replace(/\W+/g, '-').slice(0, 40), server)}`);
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
