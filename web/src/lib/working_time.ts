// Working minutes between two instants, for words on screens ("Còn 6 giờ làm việc"). The deadline itself is always the
// server's; here only the way to it is counted, with the days of its calendar and the usual shifts of Vietnam (UTC+7).

export interface WorkingCalendar {
  /** date → worked; a date that is not in it follows the weekday. */
  days: ReadonlyMap<string, boolean>;
  /** [from, to) in minutes of the day. */
  shifts: readonly (readonly [number, number])[];
  /** Days whose shifts are not the usual ones. */
  special?: ReadonlyMap<string, readonly (readonly [number, number])[]>;
}

export const usualShifts = [
  [450, 690],
  [780, 1020],
] as const;
/** {from: "07:30", to: "11:30"} → [450, 690]. */
export function minutesOf(shift: { from: string; to: string }): readonly [number, number] {
  const minutes = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
  return [minutes(shift.from), minutes(shift.to)];
}
export const emptyCalendar: WorkingCalendar = { days: new Map(), shifts: usualShifts };

const zone = 7 * 3600_000;
const day = 86_400_000;

/** The date in Vietnam, YYYY-MM-DD. */
export function localDate(at: number): string {
  return new Date(at + zone).toISOString().slice(0, 10);
}

function worked(calendar: WorkingCalendar, date: string): boolean {
  const known = calendar.days.get(date);
  if (known !== undefined) return known;
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6;
}

/** Working minutes from `from` to `to`; negative when `to` is earlier. Whole minutes, rounded down. */
export function workingMinutes(calendar: WorkingCalendar, from: number, to: number): number {
  if (to < from) return -workingMinutes(calendar, to, from);
  let total = 0;
  const first = Math.floor((from + zone) / day);
  const last = Math.floor((to + zone) / day);
  // A deadline years away is not read to the minute: four years of days are enough to tell it is far.
  for (let n = first; n <= Math.min(last, first + 1500); ++n) {
    const midnight = n * day - zone;
    if (!worked(calendar, localDate(midnight))) continue;
    for (const [start, end] of calendar.special?.get(localDate(midnight)) ?? calendar.shifts) {
      const a = Math.max(from, midnight + start * 60_000);
      const b = Math.min(to, midnight + end * 60_000);
      if (b > a) total += b - a;
    }
  }
  return Math.floor(total / 60_000);
}

export type Urgency = 'none' | 'far' | 'soon' | 'urgent' | 'overdue';

/** Overdue; within half a day; within two days; further away. */
export function urgency(remaining: number | null): Urgency {
  if (remaining === null) return 'none';
  if (remaining < 0) return 'overdue';
  if (remaining <= 240) return 'urgent';
  if (remaining <= 960) return 'soon';
  return 'far';
}

/** The remaining working minutes of a due time; just past it but outside working hours counts as overdue by nothing. */
export function remainingUntil(calendar: WorkingCalendar, now: number, due: string | null): number | null {
  if (!due) return null;
  const at = Date.parse(due);
  const minutes = workingMinutes(calendar, now, at);
  return at < now && minutes === 0 ? -1 : minutes;
}

/** The next `count` worked days after `from`, as dates. */
export function workedDaysAfter(calendar: WorkingCalendar, from: number, count: number): string[] {
  const found: string[] = [];
  for (let at = from + day; found.length < count && at < from + 400 * day; at += day) {
    const date = localDate(at);
    if (worked(calendar, date)) found.push(date);
  }
  return found;
}

/** Monday 00:00 in Vietnam: the end of the week that is worked in. When nothing of it is left to work in (a Friday evening,
 *  the days before a holiday is over) the next one counts: that is what one has before him. */
export function endOfWeek(now: number, calendar: WorkingCalendar = emptyCalendar): { end: number; next: boolean } {
  const days = Math.floor((now + zone) / day);
  const weekday = (days + 3) % 7; // 0 = Monday; 1970-01-01 was a Thursday
  const end = (days - weekday + 7) * day - zone;
  const next = workingMinutes(calendar, now, end) === 0;
  return { end: next ? end + 7 * day : end, next };
}
