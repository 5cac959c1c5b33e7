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
  if (n < 1_000_000_000) return `${amounts.format(Math.round(n / 100_000) / 10)} MB`;
  return `${amounts.format(Math.round(n / 100_000_000) / 10)} GB`;
}

/** What the forms take for a date: "1/7/2026", "01-07-2026", "01072026"; null when it is no day, or has no year. */
export { dateFromTyped as parseDate } from '../../forms/formats';

/** "2026-11-30" and 1 → "2026-12-01". */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
/** "2 ngày trước", "5 minutes ago": in the largest unit that fits. */
export function ago(at: string, now: number, language: 'vi' | 'en'): string {
  // Never ahead of now; −0 is said as the past.
  const seconds = -Math.max(0, Math.round((now - Date.parse(at)) / 1000));
  const words = new Intl.RelativeTimeFormat(language, { numeric: 'always' });
  for (const [unit, length] of [['day', 86_400], ['hour', 3_600], ['minute', 60]] as const)
    if (-seconds >= length) return words.format(Math.ceil(seconds / length), unit);
  return words.format(seconds, 'second');
}

/** As people say it: 0900 000 101. */
export function phone(text: string): string {
  const local = text.replace(/^\+84/, '0');
  return /^0\d{9}$/.test(local) ? `${local.slice(0, 4)} ${local.slice(4, 7)} ${local.slice(7)}` : text;
}
