// What the portal's script and service worker promise, in a real browser against the real program: installable, an
// offline page, a draft that outlives the network, live judging, photos, find-as-you-type, nothing personal left.
// The page of a draft is a small one of this test's own with the agreed attributes (web/islands/README.md), before the
// program's real drafts: what is tested is the script, whatever the portal's pages look like.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { aftermath, axe, newPage, openBrowser, quiet, shot } from './browser.mjs';
import { grey, png } from '../scripts/png.mjs';
import { start } from './server.mjs';

const began = Date.now();
const steps = [];
const step = async (name, run) => {
  const from = Date.now();
  await run();
  steps.push(`${name} ${Date.now() - from} ms`);
};

const policy = "default-src 'none'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; script-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const html = (title, body) => `<!doctype html><html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title} – Hiền Lương</title><link rel="stylesheet" href="/portal/portal.css"><link rel="icon" href="/portal/icon.svg" type="image/svg+xml"><link rel="manifest" href="/portal/manifest.webmanifest"><script type="module" src="/portal/islands.js"></script></head><body><header class="top"><div class="wide top-in"><a class="brand" href="/"><b>Hiền Lương</b></a></div></header><main id="content" class="wide">${body}</main></body></html>`;
const text = (s) => String(s ?? '').replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);
const procedure = '1.001193';

/** In front of the program: everything goes to it but the pages of this test. Can be cut off and slowed down. */
async function front(origin, token) {
  const state = { cut: false, posts: [] };
  const call = async (method, path, body) => {
    const answer = await fetch(`${origin}/api/v1/${path}`, { method, headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() }, body: body && JSON.stringify(body) });
    return { status: answer.status, body: answer.status === 204 ? null : await answer.json() };
  };
  const created = await call('POST', 'drafts', { procedure, body: { answers: {} } });
  assert.equal(created.status, 201, JSON.stringify(created.body));
  const id = created.body.id;
  const page = (draft) => {
    const a = draft.body.answers ?? {};
    return html('Khai sinh', `<h1>Thông tin của trẻ</h1>
<form method="post" action="/thu/1" data-form="${procedure}" data-draft="${id}">
<input type="hidden" name="version" value="${draft.version}">
<p><label for="child_name">Họ, chữ đệm, tên của trẻ</label><input id="child_name" name="child_name" value="${text(a.child_name)}" maxlength="200"></p>
<p><label for="child_birth_date">Ngày sinh của trẻ</label><input id="child_birth_date" name="child_birth_date" inputmode="numeric" value="${text(a.child_birth_date)}"></p>
<fieldset><legend>Giới tính của trẻ</legend><label><input type="radio" name="child_sex" id="child_sex" value="male"> Nam</label> <label><input type="radio" name="child_sex" value="female"> Nữ</label></fieldset>
<p><label for="mother-personal_id">Số định danh của mẹ</label><input id="mother-personal_id" name="mother.personal_id" inputmode="numeric"></p>
<p><label for="copies_wanted">Số bản sao</label><input id="copies_wanted" name="copies_wanted" inputmode="numeric"></p>
<p><label for="tep">Giấy chứng sinh</label><input id="tep" type="file" data-photo accept="image/*,application/pdf"></p>
<p><button class="button" type="submit">Lưu và tiếp tục</button></p>
</form>
<form method="post" action="/thu/ra" data-sign-out><button class="button secondary" type="submit">Đăng xuất</button></form>`);
  };
  const server = http.createServer((request, answer) => {
    void (async () => {
      if (state.cut) return request.socket.destroy();
      const path = new URL(request.url, 'http://x').pathname;
      const send = (status, body, more = {}) => {
        answer.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': policy, 'Cache-Control': 'no-store', ...more });
        answer.end(body);
      };
      const posted = async () => {
        const chunks = [];
        for await (const chunk of request) chunks.push(chunk);
        return Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
      };
      if (path === '/thu/1' && request.method === 'GET') return send(200, page((await call('GET', `drafts/${id}`)).body));
      if (path === '/thu/1') {
        const fields = await posted();
        state.posts.push(fields);
        const saved = await call('PUT', `drafts/${id}`, { version: Number(fields.version), body: { answers: { child_name: fields.child_name, child_birth_date: fields.child_birth_date } } });
        if (saved.status >= 400) return send(saved.status, html('Lỗi', `<h1>${text(saved.body.detail)}</h1>`));
        return send(303, '', { Location: '/thu/2' });
      }
      if (path === '/thu/2') return send(200, html('Bước sau', '<h1>Bước sau</h1><p>Đã lưu.</p>'));
      if (path === '/thu/xong') return send(200, html('Đã nộp', '<h1 data-forget>Đã nộp hồ sơ</h1>'));
      if (path === '/thu/ra') { await posted(); return send(303, '', { Location: '/thu/2' }); }
      const to = new URL(request.url, origin);
      const passed = http.request(to, { method: request.method, headers: { ...request.headers, host: to.host } }, (got) => {
        answer.writeHead(got.statusCode, got.headers);
        got.pipe(answer);
      });
      passed.on('error', () => answer.destroy());
      request.pipe(passed);
    })().catch((e) => { console.error(e); answer.destroy(); });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { state, id, call, base: `http://localhost:${server.address().port}`, close: () => { server.closeAllConnections(); server.close(); } };
}

/** A PNG of "writing" on paper, made here. */
function paper(width, height, ground, ink, soft, noise = 0) {
  let seed = 7;
  const grain = () => (noise ? ((seed = (seed * 1103515245 + 12345) & 0x7fffffff) >> 16) % noise : 0);
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; ++y)
    for (let x = 0; x < width; ++x) {
      const wave = Math.sin(x / 40) * Math.sin(y / 40);
      const sharp = y % 48 < 26 && (x * 7 + y * 3) % 40 < 14;
      rows[y * (width + 1) + 1 + x] = soft ? Math.round(ground + (ink - ground) * (0.5 + wave / 2)) : (sharp ? ink : ground) + grain();
    }
  return png(width, height, grey, rows, 6);
}

const program = await start({ dossiers: 40 });
const site = await front(program.origin, program.tokens['mau-mot-cua']);
const browser = await openBrowser();
try {
  const page = await newPage(browser, { width: 390, height: 844 });
  const context = page.context();
  const offline = async (is) => { site.state.cut = is; await context.setOffline(is); };
  const findings = [];
  const inShape = async (name) => { findings.push(...await axe(page, name)); await shot(page, `offline-${name}`); };
  const kept = () => page.evaluate(() => Object.keys(localStorage).filter((k) => k.startsWith('hl-draft:')).map((k) => localStorage[k]).join());
  const ready = () => page.waitForFunction(() => document.documentElement.dataset.islands === 'ready');
  const form = () => page.waitForSelector('form[data-form][data-ready=true]');

  await step('installable', async () => {
    await page.goto(`${site.base}/thu/1`);
    await ready();
    await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === 'activated' && navigator.serviceWorker.controller !== null);
    const devtools = await context.newCDPSession(page);
    const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
    assert.deepEqual(installabilityErrors.filter((e) => e.errorId !== 'in-incognito'), []);
    const manifest = await (await page.request.get(`${site.base}/portal/manifest.webmanifest`)).json();
    assert.equal(manifest.lang, 'vi');
    for (const icon of manifest.icons) assert.equal((await page.request.get(site.base + icon.src)).status(), 200, icon.src);
    const script = await page.request.get(`${site.base}/sw.js`);
    assert.match(await script.text(), /hl-shell-[0-9a-f]{16}/);
    assert.equal(script.headers()['cache-control'], 'no-cache');
  });

  await step('live judging', async () => {
    await form();
    await page.locator('#child_birth_date').fill('31/4/2026');
    await page.locator('#child_name').focus();
    const wrong = page.locator('#child_birth_date-error');
    await wrong.waitFor();
    assert.match(await wrong.textContent(), /Không phải ngày có thật/);
    assert.equal(await page.locator('#child_birth_date').getAttribute('aria-invalid'), 'true');
    await page.locator('#mother-personal_id').fill('003085900001');
    await page.locator('#copies_wanted').fill('hai');
    await page.locator('#child_name').focus();
    assert.match(await page.locator('#mother-personal_id-error').textContent(), /003 không phải mã của tỉnh/);
    assert.match(await page.locator('#copies_wanted-error').textContent(), /số nguyên/);
    await inShape('live-errors');
    await page.locator('#child_birth_date').fill('01072026');
    await page.locator('#mother-personal_id').fill('045 085 900 001');
    await page.locator('#copies_wanted').fill('2');
    await page.locator('#child_name').focus();
    await wrong.waitFor({ state: 'hidden' });
    assert.equal(await page.locator('#child_birth_date').inputValue(), '01/07/2026');
    assert.equal(await page.locator('#mother-personal_id').inputValue(), '045085900001');
    assert.equal(await page.locator('.hl-error:visible').count(), 0);
  });

  await step('photo', async () => {
    const put = (name, ...drawing) => page.locator('#tep').setInputFiles({ name, mimeType: 'image/png', buffer: paper(...drawing) });
    const look = (is) => page.locator(`.hl-photo [data-look=${is}]`).waitFor();
    await put('ro.png', 1200, 1600, 215, 40, false);
    await look('good');
    await put('toi.png', 1200, 1600, 45, 12, false);
    await look('dark');
    await put('mo.png', 1200, 1600, 200, 120, true);
    await look('blurred');
    await page.locator('.hl-photo').scrollIntoViewIfNeeded();
    await inShape('photo-hint');
    await page.locator('#tep').evaluate((e) => { e.multiple = true; });
    await page.locator('#tep').setInputFiles([{ name: 'a.png', mimeType: 'image/png', buffer: paper(1200, 1600, 215, 40, false) }, { name: 'b.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4') }, { name: 'c.png', mimeType: 'image/png', buffer: paper(2600, 2000, 190, 40, false, 48) }]);
    await page.waitForFunction(() => document.querySelectorAll('.hl-photo img').length === 2);
    assert.deepEqual(await page.evaluate(() => [...document.querySelector('#tep').files].map((f) => f.name)), ['a.png', 'b.pdf', 'c.jpg']);
    await put('lon.png', 3200, 2400, 190, 40, false, 48);
    await look('good');
    await page.locator('[data-smaller]').waitFor();
    const sent = await page.evaluate(async () => {
      const file = document.querySelector('#tep').files[0];
      const picture = await createImageBitmap(file);
      return { name: file.name, type: file.type, side: Math.max(picture.width, picture.height) };
    });
    assert.deepEqual(sent, { name: 'lon.jpg', type: 'image/jpeg', side: 2400 });
    await page.locator('#tep').setInputFiles([]);
  });

  await step('typed without network, kept, sent when it returns', async () => {
    await page.locator('#child_name').fill('Nguyễn Thị Ngoại Tuyến');
    await offline(true);
    await page.getByRole('button', { name: 'Lưu và tiếp tục' }).click();
    await page.getByText('Mất kết nối mạng. Nội dung vừa nhập được giữ').waitFor();
    assert.match(await kept(), /Ngoại Tuyến/);
    await inShape('kept');
    await page.reload();
    await page.getByRole('heading', { name: 'Thiết bị đang mất kết nối mạng' }).waitFor();
    await page.getByText('vẫn được giữ trên thiết bị này').first().waitFor();
    await inShape('page');
    await page.setViewportSize({ width: 320, height: 640 });
    await inShape('page-320');
    await page.setViewportSize({ width: 1280, height: 800 });
    await inShape('page-1280');
    await page.setViewportSize({ width: 390, height: 844 });
    await offline(false);
    await page.getByRole('heading', { name: 'Bước sau' }).waitFor();
    assert.equal(await kept(), '');
    const draft = await site.call('GET', `drafts/${site.id}`);
    assert.equal(draft.body.body.answers.child_name, 'Nguyễn Thị Ngoại Tuyến');
  });

  await step('sent from the page itself', async () => {
    await page.goto(`${site.base}/thu/1`);
    await form();
    await offline(true);
    await page.locator('#child_name').fill('Lần thứ hai');
    await page.getByRole('button', { name: 'Lưu và tiếp tục' }).click();
    await page.getByText('sẽ tự gửi khi có mạng').waitFor();
    await offline(false);
    await page.getByRole('heading', { name: 'Bước sau' }).waitFor();
    assert.equal((await site.call('GET', `drafts/${site.id}`)).body.body.answers.child_name, 'Lần thứ hai');
  });

  await step('a conflict is explained, nothing overwritten', async () => {
    await page.goto(`${site.base}/thu/1`);
    await form();
    const now = (await site.call('GET', `drafts/${site.id}`)).body;
    assert.equal((await site.call('PUT', `drafts/${site.id}`, { version: now.version, body: { answers: { child_name: 'Máy khác sửa' } } })).status, 200);
    await page.locator('#child_name').fill('Bản của tôi');
    await page.getByRole('button', { name: 'Lưu và tiếp tục' }).click();
    await page.getByText('đã được sửa ở nơi khác').waitFor();
    assert.equal(await page.locator('#child_name').inputValue(), 'Bản của tôi');
    assert.equal((await site.call('GET', `drafts/${site.id}`)).body.body.answers.child_name, 'Máy khác sửa');
    await inShape('conflict');
    await page.reload();
    await page.getByText('Bạn muốn dùng nội dung nào?').waitFor();
    assert.equal(await page.locator('#child_name').inputValue(), 'Máy khác sửa');
    await inShape('conflict-choice');
    await page.getByRole('button', { name: 'Điền nội dung tôi đã nhập' }).click();
    assert.equal(await page.locator('#child_name').inputValue(), 'Bản của tôi');
  });

  await step('nothing personal left', async () => {
    await offline(true);
    await page.locator('#child_name').fill('Chưa gửi');
    await page.waitForFunction(() => Object.keys(localStorage).some((k) => localStorage[k].includes('Chưa gửi')));
    await offline(false);
    await page.getByRole('button', { name: 'Đăng xuất' }).click();
    await page.getByRole('heading', { name: 'Bước sau' }).waitFor();
    assert.equal(await kept(), '');
    await page.evaluate(() => localStorage.setItem('hl-draft:x:/thu/1', JSON.stringify({ at: Date.now(), draft: 'x', page: '/thu/1', action: '/thu/1', fields: [['a', 'b']], waiting: true })));
    await page.goto(`${site.base}/thu/xong`);
    await ready();
    await page.waitForFunction(() => localStorage.length === 0);
    const left = await page.evaluate(async () => {
      const out = [];
      for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) out.push(new URL(request.url).pathname);
      return { paths: out, databases: (await indexedDB.databases()).length, session: sessionStorage.length };
    });
    assert.deepEqual(left.paths.filter((p) => p.startsWith('/api') || p.startsWith('/app') || p.startsWith('/thu/')), []);
    assert.deepEqual([left.databases, left.session], [0, 0]);
  });

  await step('public pages without network', async () => {
    await page.goto(`${site.base}/thu-tuc`);
    await offline(true);
    await page.goto(`${site.base}/thu-tuc`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    assert.doesNotMatch(await page.title(), /Mất kết nối/);
    await page.goto(`${site.base}/tra-cuu`);
    await page.getByRole('heading', { name: 'Thiết bị đang mất kết nối mạng' }).waitFor();
    await offline(false);
    await page.getByRole('heading', { name: 'Thiết bị đang mất kết nối mạng' }).waitFor({ state: 'hidden' });
  });

  await step('find while typing', async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(`${site.base}/thu-tuc`);
    if (!await page.locator('form[data-find]').count()) throw new Error('the catalogue does not ask for find-as-you-type (data-find)');
    await ready();
    const input = page.locator('form[data-find] input[name=q]').first();
    await input.pressSequentially('dang ky khai sinh');
    await quiet(page); // each pause in typing asks anew, and the last answer stands
    await page.locator('.hl-list li').first().waitFor();
    assert.match(await page.locator('.hl-list').textContent(), /khai sinh/i);
    await page.keyboard.press('ArrowDown');
    assert.equal(await input.getAttribute('aria-activedescendant'), await page.locator('.hl-list li').first().getAttribute('id'));
    await inShape('find');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/thu-tuc\/[0-9]/);
  });

  await step("the portal's own questions", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`${program.origin}/nop/${procedure}?lang=vi`);
    await page.locator('main form button').first().click();
    await form();
    const question = page.url();
    await page.locator('#child_name').fill('Trẻ Mẫu');
    await context.setOffline(true);
    await page.locator('button[value=tiep]').click();
    await page.getByText('sẽ tự gửi khi có mạng').waitFor();
    await context.setOffline(false);
    await page.waitForURL((url) => url.href !== question && url.pathname.includes('/cau/'));
    await form();
    await page.locator('button[value=tiep]').click();
    await page.locator('.summary').waitFor();
    await form(); // the page of a refusal is helped like any other
    await page.locator('#child_birth_date').fill('31/2/2026');
    await page.locator('#child_birth_date').blur();
    await page.getByText('Không phải ngày có thật').waitFor();
    await inShape('portal-question');
    await page.goto(`${page.url()}?lang=en`);
    await form();
    await page.locator('#child_birth_date').fill('31/2/2026');
    await page.locator('#child_birth_date').blur();
    await page.getByText('Is not a real date').waitFor();
    await inShape('portal-question-en');
  });

  assert.deepEqual(findings, []);
  assert.deepEqual(page.faults, []);
  console.log(`offline: all well in ${((Date.now() - began) / 1000).toFixed(1)} s\n  ${steps.join('\n  ')}`);
} catch (error) {
  console.log(`FAIL ${String(error.stack ?? error).split('\n').slice(0, 12).join('\n     ')}\n     done before: ${steps.join(', ')}\n${await aftermath(browser, 'offline', program)}`);
  process.exitCode = 1;
} finally {
  await browser.close();
  site.close();
  await program.stop();
}
