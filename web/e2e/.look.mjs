import { start, fill } from '/work/main/web/e2e/server.mjs';
import { openBrowser, newPage, signIn, axe, shot, englishLeaks } from '/work/main/web/e2e/browser.mjs';
const s = await start(); 
try {
const codes = await fill(s, 24);
const b = await openBrowser();
const out=[];
const visit = async (page, name, who) => { await page.waitForTimeout(900); await shot(page, name); out.push(...await axe(page,name)); const l = await englishLeaks(page); if(l.length) out.push(name+' english: '+JSON.stringify(l)); out.push(...page.faults.splice(0).map(f=>name+' console: '+f)); };
for (const width of [1366, 360]) {
  const page = await newPage(b, {width, height: width===1366?768:740});
  await page.goto(s.base+'/app/desk'); await visit(page,`signin-${width}`);
  await signIn(page, s.base, 'mau-mot-cua', s.passwords['mau-mot-cua']); await visit(page,`desk-clerk-${width}`);
  await page.goto(s.base+'/app/desk?view=agency&open='+codes[2]); await visit(page,`desk-dossier-${width}`);
  for (const tab of ['clocks','history','papers','flow']) { await page.locator(`[data-tab=${tab}]`).click(); await visit(page,`desk-${tab}-${width}`); }
  await page.goto(s.base+'/app/desk/reception'); await visit(page,`reception-empty-${width}`);
  await page.keyboard.type('ho kinh doanh'); await visit(page,`reception-search-${width}`);
  await page.keyboard.press('Enter'); await page.waitForTimeout(300); await page.keyboard.type('045085900000'); await visit(page,`reception-form-${width}`);
  await page.context().close();
  const p2 = await newPage(b, {width, height: width===1366?768:740});
  await signIn(p2, s.base, 'mau-lanh-dao', s.passwords['mau-lanh-dao']);
  await p2.goto(s.base+'/app/desk/head'); await visit(p2,`head-${width}`);
  await p2.goto(s.base+'/app/desk?view=agency&open='+codes[2]); await p2.waitForTimeout(500);
  if (width===360) await p2.getByRole('button',{name:'Việc có thể làm'}).click();
  await p2.locator('[data-command=extend]').click(); await visit(p2,`desk-extend-${width}`);
  if (width===1366) { await p2.keyboard.press('Escape'); await p2.keyboard.press('Control+k'); await visit(p2,'palette-1366'); await p2.keyboard.press('Escape'); await p2.waitForTimeout(300); await p2.keyboard.press('?'); await visit(p2,'keys-1366'); }
  await p2.context().close();
}
await b.close();
console.log(out.join('\n')||'CLEAN');
} finally { await s.stop(); }
