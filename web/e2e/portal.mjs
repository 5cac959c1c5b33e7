// The citizen's pages in a real browser: home → procedure → filing → receipt → tracking, with scripts switched off and
// on; axe at 320 and 1280 px in both languages on every page, English words, weight, pictures into build/screenshots.
import assert from 'node:assert/strict';
import { axe, englishLeaks, newPage, openBrowser, quiet, shot, suite } from './browser.mjs';
import { file as fileAs, signIn as signInAs } from './lib/citizen.mjs';
import { start } from './server.mjs';

const LARGEST = 30 * 1024;
const server = await start({ dossiers: 60 });
const browser = await openBrowser();
const { findings, test, end } = suite(browser, server);

const signIn = (page) => signInAs(page, server);
const file = (page, name, stop) => fileAs(page, server, name, stop);
async function weigh(page) {
  const answer = await page.request.get(page.url());
  const size = (await answer.body()).length;
  if (size > LARGEST) findings.push(`${page.url()}: ${size} bytes`);
}
try {
  let code;
  await test('filing without scripts at 360 px, with pictures', async () => {
    const page = await newPage(browser, { width: 360, height: 780, javaScriptEnabled: false });
    code = await file(page, 'Hộ kinh doanh không kịch bản', async (p, name) => {
      await p.screenshot({ path: `build/screenshots/portal-${name}-360.png`.replace(/^/, new URL('../../', import.meta.url).pathname), fullPage: true });
      await weigh(p);
    });
    assert.match(code, /^[A-Z0-9.]+-\d{6}-\d+/);
    await page.goto(`${server.base}/tra-cuu?ma=${code}`);
    await page.locator('#dien-thoai').fill('0912345678');
    await page.locator('form:has(#dien-thoai) button').click();
    await page.getByText('Nộp hồ sơ').first().waitFor();
    await page.goto(`${server.base}/ho-so`);
    await page.getByText(code).waitFor();
  });

  await test('filing with scripts at 1280 px: the same way, nothing in the console', async () => {
    const page = await newPage(browser, { width: 1280, height: 800 });
    await file(page, 'Hộ kinh doanh có kịch bản', async (p, name) => {
      await quiet(p);
      await shot(p, `portal-${name}-1280`);
      findings.push(...(await axe(p, `${name} 1280 vi`)), ...(await englishLeaks(p)).map((x) => `${name}: English “${x}”`), ...p.faults.splice(0).map((x) => `${name}: ${x}`));
    });
  });

  await test('axe at 320 and 1280 px in both languages', async () => {
    const everyPage = async (width) => {
      const page = await newPage(browser, { width, height: 780 });
      await page.goto(`${server.base}/dang-nhap`);
      await signIn(page);
      await page.goto(`${server.base}/nop/1.001193`);
      await page.locator('form[action="/nop/1.001193"] button').last().click();
      await page.locator('#child_name').waitFor();
      const draft = page.url().split('/cau/')[0].slice(server.base.length);
      const own = await page.request.get(`${server.base}/ho-so`).then((r) => r.text());
      const codes = [...own.matchAll(/href="\/ho-so\/(H[^"/]+)"/g)].map((m) => m[1]);
      let asked;
      for (const c of codes) if ((await page.request.get(`${server.base}/ho-so/${c}`).then((r) => r.text())).includes('/bo-sung')) asked = c;
      assert.ok(asked, 'the demonstration citizen is asked for papers');
      const paths = ['/', '/thu-tuc', '/thu-tuc/1.001193', '/tra-cuu', '/cong-khai', '/khong-co', '/nop/1.001193', `${draft}/cau/child_name`, `${draft}/cau/child_sex`, `${draft}/cau/mother`,
        `${draft}/cau/birth_place`, `${draft}/nguoi-nop`, `${draft}/noi`, `${draft}/kiem-tra`, `${draft}/da-luu`, `${draft}/xoa`, '/ho-so', `/ho-so/${asked}`, `/ho-so/${asked}/bo-sung`,
        `/ho-so/${asked}/rut`, `/ho-so/${asked}/bien-nhan`, '/ho-so/du-lieu-cua-toi', `/tra-cuu/danh-gia?ma=${asked}`];
      for (const lang of ['en', 'vi'])
        for (const path of paths) {
          await page.goto(`${server.base}${path}${path.includes('?') ? '&' : '?'}lang=${lang}`);
          const where = `${path.replace(/[0-9a-f-]{36}/, 'draft')} ${width} ${lang}`;
          findings.push(...(await axe(page, where)));
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          if (wide > 0) findings.push(`${where}: ${wide} px too wide`);
          if (lang === 'vi') {
            findings.push(...(await englishLeaks(page)).map((x) => `${where}: English “${x}”`));
            const name = path.replace(asked, 'one').replace(/[0-9a-f-]{36}/, 'draft').replace(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, '') || 'home';
            await page.screenshot({ path: new URL(`../../build/screenshots/portal-${name}-${width}.png`, import.meta.url).pathname, fullPage: true });
          }
          page.faults.length = 0;
        }
      await page.context().close();
    };
    await Promise.all([320, 1280].map(everyPage)); // while one page is drawn the other is judged
  });
} finally {
  await browser.close();
  await server.stop();
}
end();
