// Vietnamese formats of form fields: the personal number, telephone numbers, dates as typed, money as shown. The same
// rules stand in src/procedures/form_formats.cpp; tests/forms holds both together. No dependencies.

/** Codes of provinces below 100 (Circular 07/2016/TT-BCA, annex); from 100 on they are countries. */
const provinceCodes = new Set([
  1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37, 38, 40, 42, 44, 45, 46, 48,
  49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77, 79, 80, 82, 83, 84, 86, 87, 89, 91, 92, 93, 94, 95, 96,
]);
export type IdLook = 'good' | 'not_twelve_digits' | 'no_such_province' | 'born_in_future';

export function birthYearOf(id: string): number {
  return 1900 + Math.floor(Number(id[3]) / 2) * 100 + Number(id.slice(4, 6));
}
/** `today` is an ISO date; without it the year is not judged. */
export function lookAtPersonalId(text: string, today?: string): IdLook {
  if (!/^[0-9]{12}$/.test(text)) return 'not_twelve_digits';
  const code = Number(text.slice(0, 3));
  if (code < 100 && !provinceCodes.has(code)) return 'no_such_province';
  if (today && birthYearOf(text) > Number(today.slice(0, 4))) return 'born_in_future';
  return 'good';
}

const oldPrefixes: Record<string, string> = {
  '0120': '70', '0121': '79', '0122': '77', '0126': '76', '0128': '78', '0123': '83', '0124': '84', '0125': '85', '0127': '81',
  '0129': '82', '0162': '32', '0163': '33', '0164': '34', '0165': '35', '0166': '36', '0167': '37', '0168': '38', '0169': '39',
  '0186': '56', '0188': '58', '0199': '59',
};
export function phoneFromTyped(typed: string): string | null {
  let s = typed.normalize('NFC').replace(/[\u200b\u200c\u200d\u2060\ufeff\u00ad]/g, '').replace(/[\s.()-]/g, '');
  if (s.startsWith('+')) s = s.slice(1);
  else if (s.startsWith('00')) s = s.slice(2);
  else if (s.startsWith('0')) s = `84${s.slice(1)}`;
  else if (!s.startsWith('84') || s.length < 11) return null;
  if (!/^[1-9][0-9]{7,14}$/.test(s)) return null;
  if (!s.startsWith('84')) return `+${s}`;
  if (s.length === 12 && s[2] === '1') {
    const moved = oldPrefixes[`0${s.slice(2, 5)}`];
    if (moved) return `+84${moved}${s.slice(5)}`;
  }
  const national = s.slice(2);
  return /^[35789][0-9]{8}$/.test(national) || /^2[0-9]{8,9}$/.test(national) ? `+${s}` : null;
}

/** A real day of the calendar, years 0000 to 9999. */
export function isDate(iso: string): boolean {
  const found = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(iso);
  if (!found) return false;
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  if (month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return day <= (month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31);
}
const ends = /^[ \t\r\n]+|[ \t\r\n]+$/g;
/** "1/7/2026", "01-07-2026", "01072026", "2026-07-01" → "2026-07-01"; null when it is no day of the calendar. */
export function dateFromTyped(typed: string): string | null {
  const s = typed.replace(ends, '');
  if (isDate(s)) return s;
  const found = /^([0-9]{2})([0-9]{2})([0-9]{4})$/.exec(s) ?? /^([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})$/.exec(s);
  if (!found) return null;
  const [day, month, year] = found.length === 5 ? [found[1], found[3], found[4]] : [found[1], found[2], found[3]];
  const iso = `${year}-${month?.padStart(2, '0')}-${day?.padStart(2, '0')}`;
  return isDate(iso) ? iso : null;
}
/** "2026-07-01" → "01/07/2026"; anything else as it is. */
export function dateShown(iso: string): string {
  return isDate(iso) ? iso.split('-').reverse().join('/') : iso;
}

/** 1234567 → "1.234.567", in every browser alike. */
export function grouped(n: number): string {
  const digits = String(Math.abs(n)).replace(/\B(?=(\d{3})+(?!\d))/g, '.');
  return n < 0 ? `-${digits}` : digits;
}
/** "1.234.567", "1 234 567 đ", "1234567" → 1234567; null for parts of a đồng, misplaced dots and more than 2^53 − 1. */
export function moneyFromTyped(typed: string): number | null {
  let s = typed.replace(ends, '');
  for (const unit of ['₫', 'đồng', 'đ', 'VND'])
    if (s.endsWith(unit)) {
      s = s.slice(0, -unit.length).replace(ends, '');
      break;
    }
  if (!/^[0-9]+$/.test(s) && !/^[0-9]{1,3}([. ])[0-9]{3}(\1[0-9]{3})*$/.test(s)) return null;
  const digits = s.replace(/[. ]/g, '');
  const n = Number(digits);
  return digits.length <= 16 && Number.isSafeInteger(n) ? n : null;
}
/** "12,5", "1.234,5", "-3" → the number; null when it is none. */
export function numberFromTyped(typed: string): number | null {
  const s = typed.replace(ends, '').replace('−', '-');
  const sign = s.startsWith('-') ? '-' : '';
  const body = s.slice(sign.length);
  const vietnamese = /^(?:[0-9]+|[0-9]{1,3}(?:[. ][0-9]{3})+)(?:,[0-9]+)?$/;
  const plain = /^[0-9]+\.[0-9]+$/;
  if (vietnamese.test(body)) return Number(sign + body.replace(/[. ]/g, '').replace(',', '.'));
  // "1.5" cannot be a group of three, so it can only be meant as a decimal.
  return plain.test(body) ? Number(sign + body) : null;
}

export function looksLikeEmail(text: string): boolean {
  if (text.length > 254) return false;
  const at = text.indexOf('@');
  if (at < 1 || at > 64 || !/^[A-Za-z0-9._%+-]+$/.test(text.slice(0, at))) return false;
  const labels = text.slice(at + 1).split('.');
  return labels.length >= 2 && labels.every((label) => label.length <= 63 && /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/.test(label));
}
