import { describe, expect, it } from 'vitest';
import { fold, initials, search } from '../lib/fold';
import { addDays, ago, date, dateTime, money, parseDate, phone } from '../lib/format';
import { isScanning, readCard, readPersonalId } from '../lib/personal_id';
import { emptyCalendar, endOfWeek, remainingUntil, urgency, workedDaysAfter, workingMinutes, type WorkingCalendar } from '../lib/working_time';
import { remainingWords } from '../lib/words';
import { vi } from '../i18n/vi';
import { en } from '../i18n/en';

const at = (text: string) => Date.parse(`${text}:00+07:00`);
const holiday: WorkingCalendar = { ...emptyCalendar, days: new Map([['2026-11-24', false], ['2024-05-04', true], ['2024-04-29', false], ['2024-04-30', false], ['2024-05-01', false]]) };

describe('working time agrees with docs/calendar.md', () => {
  it('skips the weekend', () => expect(workingMinutes(emptyCalendar, at('2026-11-20T10:00'), at('2026-11-23T10:00'))).toBe(480));
  it('skips a holiday and the midday break', () => expect(workingMinutes(holiday, at('2026-11-23T13:00'), at('2026-11-26T11:30'))).toBe(960));
  it('counts a worked Saturday', () => expect(workingMinutes(holiday, at('2024-04-27T00:00'), at('2024-05-04T17:00'))).toBe(3 * 480));
  it('is negative after the deadline', () => expect(workingMinutes(emptyCalendar, at('2026-11-23T10:00'), at('2026-11-23T08:00'))).toBe(-120));
  it('says overdue even when no working minute has passed', () => expect(remainingUntil(emptyCalendar, at('2026-11-20T17:30'), '2026-11-20T17:00:00+07:00')).toBe(-1));
  it('knows no deadline from a far one', () => { expect(remainingUntil(emptyCalendar, 0, null)).toBeNull(); expect(urgency(null)).toBe('none'); });
  it('finds the third worked day after a deadline', () => expect(workedDaysAfter(holiday, at('2026-11-20T17:00'), 3)).toEqual(['2026-11-23', '2026-11-25', '2026-11-26']));
  it('ends the week with Sunday in Vietnam', () => expect(endOfWeek(at('2026-11-24T04:00'))).toEqual({ end: at('2026-11-30T00:00'), next: false }));
  it('looks at the next week when nothing of this one is left to work in', () => {
    expect(endOfWeek(at('2026-11-27T16:59'))).toEqual({ end: at('2026-11-30T00:00'), next: false });
    expect(endOfWeek(at('2026-11-27T17:00'))).toEqual({ end: at('2026-12-07T00:00'), next: true });
    expect(endOfWeek(at('2026-11-28T09:00'))).toEqual({ end: at('2026-12-07T00:00'), next: true });
    expect(endOfWeek(at('2024-05-04T08:00'), holiday)).toEqual({ end: at('2024-05-06T00:00'), next: false }); // a worked Saturday
  });
});

describe('remaining time in words', () => {
  it.each([[360, 'Còn 6 giờ làm việc'], [-120, 'Quá hạn 2 giờ làm việc'], [35, 'Còn 35 phút làm việc'], [150, 'Còn 2 giờ 30 phút làm việc'], [2400, 'Còn 5 ngày làm việc'], [0, 'Đến hạn'], [-1, 'Vừa quá hạn']])('%i → %s', (minutes, words) => expect(remainingWords(vi, minutes)).toBe(words));
  it('never calls an unknown deadline far', () => expect(remainingWords(vi, null)).toBe('Chưa rõ hạn'));
});

describe('personal number', () => {
  it('reads province, sex and year', () => expect(readPersonalId('045185000001', 2026)).toMatchObject({ kind: 'read', province: 'Quảng Trị', sex: 'female', year: 1985 }));
  it('reads a person of this century', () => expect(readPersonalId('044 205 000 001', 2026)).toMatchObject({ kind: 'read', province: 'Quảng Bình', sex: 'male', year: 2005 }));
  it('finds a birth year ahead', () => expect(readPersonalId('045299000001', 2026)).toEqual({ kind: 'future', year: 2099 }));
  it('keeps a code that is not in the list, and says so', () => expect(readPersonalId('999000000001', 2026)).toMatchObject({ province: null, code: '999' }));
  it('counts what is missing', () => expect(readPersonalId('0451', 2026)).toEqual({ kind: 'incomplete', digits: 4 }));
  it('takes the fields of a scanned card', () => expect(readCard('045185000001|190000001|Người Nộp Mẫu|01011985|Nữ|Khu phố Mẫu|01012022')).toEqual({ number: '045185000001', name: 'Người Nộp Mẫu', born: '1985-01-01', address: 'Khu phố Mẫu' }));
  it('reads a card without an old number, and with letters composed or not', () => expect(readCard('045185000001||Nguyễn Thị Mẫu|31121985|Nữ|Khu phố Mẫu, Đông Hà, Quảng Trị|01012022||'.normalize('NFD'))).toMatchObject({ name: 'Nguyễn Thị Mẫu', born: '1985-12-31' }));
  it('waits for the end while the scanner is typing', () => {
    const text = '045185000001|190000001|Người Nộp Mẫu|01011985|Nữ|Khu phố Mẫu|01012022';
    for (let n = 1; n < text.length; ++n) expect(readCard(text.slice(0, n))).toBeNull();
    expect(isScanning(text.slice(0, 13))).toBe(true);
    expect(isScanning('045185000001')).toBe(false);
  });
  it('does not take an impossible birthday', () => expect(readCard('045185000001||Người Nộp Mẫu|31021985|Nữ|Khu phố Mẫu|01012022')?.born).toBeUndefined());
});

describe('search folds', () => {
  const names = ['Đăng ký kết hôn', 'Đăng ký khai sinh', 'Giấy khai sinh', 'Cấp bản sao trích lục hộ tịch', 'Đăng ký thành lập hộ kinh doanh'];
  const find = (query: string) => search(names, query, (n) => n);
  it('đ and every mark', () => expect(fold('Đường Điện Biên Phủ')).toBe('duong dien bien phu'));
  it('decomposed input', () => expect(fold('Quảng Trị'.normalize('NFD'))).toBe('quang tri'));
  it('without marks', () => expect(find('ket hon')).toEqual(['Đăng ký kết hôn']));
  it('by abbreviation', () => { expect(initials('Giấy khai sinh')).toBe('gks'); expect(find('gks')).toEqual(['Giấy khai sinh']); });
  it('marks that are typed must agree', () => expect(find('kết hồn')).toEqual([]));
  it('words in any order', () => expect(find('kinh doanh ho')).toEqual(['Đăng ký thành lập hộ kinh doanh']));
});

describe('dates and money as Vietnam writes them', () => {
  it('dd/MM/yyyy, 24 hours, Vietnam’s time', () => { expect(dateTime('2026-11-23T18:05:00Z')).toBe('01:05 24/11/2026'); expect(date('2026-11-24')).toBe('24/11/2026'); });
  it('đồng with dots', () => expect(money(1234567)).toBe('1.234.567 ₫'));
  it.each([['24/11/2026', '2026-11-24'], ['24/11', null], ['24/11/26', null], ['24112026', '2026-11-24'], ['31/02/2026', null], ['hôm nay', null]])('%s', (text, day) => expect(parseDate(text)).toBe(day));
  it('days are counted on the calendar', () => { expect(addDays('2026-12-31', 1)).toBe('2027-01-01'); expect(addDays('2028-03-01', -1)).toBe('2028-02-29'); });
  it.each([['2026-11-24T05:00:00Z', '30 giây trước'], ['2026-11-24T04:57:00Z', '3 phút trước'], ['2026-11-22T04:00:00Z', '2 ngày trước'], ['2026-11-24T06:00:00Z', '0 giây trước']])('age of %s', (at, words) => expect(ago(at, Date.parse('2026-11-24T05:00:30Z'), 'vi')).toBe(words));
  it('phones as people say them', () => expect(phone('+84900000101')).toBe('0900 000 101'));
});

describe('dictionaries', () => {
  const shape = (o: object): unknown => Object.fromEntries(Object.entries(o).map(([k, v]) => [k, typeof v === 'object' && v !== null ? shape(v as object) : typeof v]));
  it('have the same entries', () => expect(shape(en)).toEqual(shape(vi)));
  it('no English word in the Vietnamese one', () => {
    const texts: string[] = [];
    const collect = (o: object) => Object.values(o).forEach((v) => (typeof v === 'string' ? texts.push(v) : typeof v === 'object' && v && collect(v as object)));
    collect(vi);
    expect(texts.filter((x) => /\b(the|and|close|open|search|loading|error|save|cancel|delete|next|toggle|select|submit|please|dossier)\b/i.test(x))).toEqual([]);
  });
});
