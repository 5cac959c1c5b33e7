import type { LegalTime } from '../api/types';
import type { Dictionary } from '../i18n/vi';

/** Working minutes in words: minutes below an hour, hours below two days, then whole days; never rounded up. */
export function span(t: Dictionary, minutes: number): string {
  const n = Math.abs(minutes);
  if (n < 60) return t.time.minutes(n);
  if (n < 960) {
    const rest = n % 60;
    return n < 240 && rest > 0 ? t.time.hoursMinutes(Math.floor(n / 60), rest) : t.time.hours(Math.floor(n / 60));
  }
  return t.time.days(Math.floor(n / 480));
}

/** "Còn 6 giờ làm việc", "Quá hạn 2 giờ làm việc". */
export function remainingWords(t: Dictionary, remaining: number | null): string {
  if (remaining === null) return t.time.unknown;
  if (remaining === 0) return t.time.now;
  if (remaining === -1) return t.time.justOver;
  return remaining < 0 ? t.time.overdue(span(t, remaining)) : t.time.left(span(t, remaining));
}

/** What the law allows; not verified is said, never shown as nothing. */
export function timeWords(t: Dictionary, time: LegalTime | null | undefined): string {
  if (!time) return t.reception.timeUnknown;
  if (time.same_day) return t.reception.sameDay;
  return time.unit === 'working_hours' ? t.reception.hours(time.value) : time.unit === 'working_days' ? t.reception.workingDays(time.value) : t.reception.calendarDays(time.value);
}
