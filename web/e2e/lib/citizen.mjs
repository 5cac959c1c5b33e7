// What a citizen does on the portal's pages, with scripts or without.
export const pdf = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');

/** On the page that asks who one is. */
export async function signIn(page, server) {
  await page.locator('#ten').fill('mau-cong-dan');
  await page.locator('#mat-khau').fill(server.passwords['mau-cong-dan']);
  await page.locator('form:has(#ten) button[type=submit]').click();
}
export const go = (page) => page.locator('button[name=viec][value=tiep]').click();
/** From the front page to the receipt; `stop` sees every page. */
export async function file(page, server, name, stop = async () => {}) {
  await page.goto(server.base);
  await stop(page, 'home');
  await page.locator('#q').fill('thanh lap ho kinh doanh');
  await page.locator('form[role=search] button').click();
  await stop(page, 'catalogue');
  await page.goto(`${server.base}/thu-tuc/1.001612`);
  await stop(page, 'procedure');
  await page.locator('a[href="/nop/1.001612"]').click();
  await stop(page, 'start');
  await page.locator('form[action="/nop/1.001612"] button').click();
  await page.locator('#business_name').waitFor();
  await go(page);
  await page.locator('.summary').waitFor();
  await stop(page, 'question-error');
  await page.locator('#business_name').fill(name);
  await go(page);
  await page.locator('#address-province').fill('Tỉnh Quảng Trị');
  await page.locator('#address-commune').fill('Phường Đông Hà');
  await stop(page, 'question-address');
  await go(page);
  await page.locator('#lines').fill('Bán lẻ tạp hoá');
  await stop(page, 'question-text');
  await go(page);
  await page.locator('#capital').fill('50000000');
  await go(page);
  await page.locator('input[name=founded_by][value=person]').check();
  await stop(page, 'question-radio');
  await go(page);
  await page.locator('input[name=authorised][value=false]').check();
  await go(page);
  await page.locator('#name').fill('Người Mẫu');
  await page.locator('#id_number').fill('045185000001');
  await page.locator('#phone').fill('0912345678');
  await stop(page, 'applicant');
  await go(page);
  await page.locator('#ten-xa').fill('gio hai'); // a commune of before 1 July 2025: the places of today are offered
  await go(page);
  await page.locator('input[name=tim]').first().waitFor();
  await stop(page, 'place');
  await page.locator('#ten-xa').fill('');
  await page.locator('#noi').selectOption('vn-19333');
  await go(page);
  await page.locator('#tep, #ten').first().waitFor();
  if (page.url().includes('/dang-nhap')) {
    await stop(page, 'sign-in');
    await signIn(page, server);
  }
  await page.locator('#tep').waitFor();
  await page.locator('#tep').setInputFiles({ name: 'Giấy đề nghị.pdf', mimeType: 'application/pdf', buffer: pdf });
  await page.locator('button[value=them]').click();
  await page.getByText('Giấy đề nghị.pdf').first().waitFor();
  await stop(page, 'paper');
  // With scripts the page is sent in the background and left when it was taken.
  for (let i = 0; i < 6 && !page.url().includes('/kiem-tra'); ++i) {
    const before = page.url();
    await go(page);
    await page.waitForURL((url) => url.href !== before);
  }
  await stop(page, 'check');
  await page.locator('#cam-doan').check();
  await page.locator('form:has(#cam-doan) button').click();
  await page.waitForURL(/bien-nhan/);
  await stop(page, 'receipt');
  return decodeURIComponent(page.url().split('/').at(-2));
}
