// dd/MM/yyyy, 24 hours, 1.234.567 ₫, always in Vietnam's time whatever the computer says.
const zone = 'Asia/Ho_Chi_Minh';
const dateParts = new Intl.DateTimeFormat('en-GB', { timeZone: zone, day: '2-digit', month: '2-digit', year: 'numeric' });
const timeParts = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const amounts = new Intl.NumberFormat('vi-VN');

export function date(at: string | null | undefined): string {
  if (!at) return '';
  if (/^\d{4}-\d{2}-\d{2}$/.test(at)) return at.split('-').reverse().join('/');
  return dateParts.format(new Date(at));
}
export function time(at: string | null | undefined): string {
  return at ? timeParts.format(new Date(at)) : '';
}
export function dateTime(at: string | null | undefined): string {
  return at ? `${time(at)} ${date(at)}` : '';
}
export function number(n: number): string {
  return amounts.format(n);
}
export function money(dong: number): string {
  return `${amounts.format(dong)} ₫`;
}
export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  if (n < 1_000_000) return `${amounts.format(Math.round(n / 100) / 10)} KB`;
  return `${amounts.format(Math.round(n / 100_000) / 10)} MB`;
}

/** "24/11/2026" or "24/11" or "24112026" → "2026-11-24"; null when it is no day. */
export function parseDate(text: string, thisYear: number): string | null {
  const found = /^(\d{1,2})[/.\-\s]?(\d{1,2})(?:[/.\-\s]?(\d{4}))?$/.exec(text.trim());
  if (!found) return null;
  const [d, m, y] = [Number(found[1]), Number(found[2]), found[3] ? Number(found[3]) : thisYear];
  const made = new Date(Date.UTC(y, m - 1, d));
  if (made.getUTCDate() !== d || made.getUTCMonth() !== m - 1) return null;
  return made.toISOString().slice(0, 10);
}

/** As people say it: 0900 000 101. */
export function phone(text: string): string {
  const local = text.replace(/^\+84/, '0');
  return /^0\d{9}$/.test(local) ? `${local.slice(0, 4)} ${local.slice(4, 7)} ${local.slice(7)}` : text;
}
