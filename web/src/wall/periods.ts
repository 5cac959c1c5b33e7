// Which periods the wall asks for: a grain, and where the line ends. An indicator without the grain keeps its own.
import { addDays } from '../lib/format';
import { addMonths } from './logic';

export type Grain = 'hour' | 'day' | 'month' | 'quarter';
export const grains: readonly Grain[] = ['hour', 'day', 'month', 'quarter'];
export const isGrain = (text: unknown): text is Grain => grains.includes(text as Grain);

export const quarterOf = (month: string) => `${month.slice(0, 4)}-Q${Math.ceil(Number(month.slice(5, 7)) / 3)}`;
export function addQuarters(quarter: string, by: number): string {
  const n = Number(quarter.slice(0, 4)) * 4 + Number(quarter.slice(6)) - 1 + by;
  return `${Math.floor(n / 4)}-Q${(n % 4) + 1}`;
}
const lastDayOf = (month: string) => addDays(`${addMonths(month, 1)}-01`, -1);

export interface Moment {
  /** The month looked at; days and hours have a day of it, or the last one there is. */
  month: string;
  day?: string;
  grain?: Grain;
  known?: string;
  agency?: string;
  today: string;
}
export const dayOf = (m: Moment): string => (m.day && m.day <= m.today ? m.day : [lastDayOf(m.month), m.today].sort()[0]!);

/** What can be asked: what was known on a day is kept of months, and of days for the whole province. */
export function grainFor(m: Moment, has: readonly string[]): Grain | null {
  const wanted = m.grain ?? 'month';
  const kept = (g: Grain) => has.includes(g) && (!m.known || g === 'month' || (g === 'day' && !m.agency));
  return kept(wanted) ? wanted : kept('month') ? 'month' : null;
}
/** First and last period of the line that ends at the moment. */
export function spanOf(m: Moment, grain: Grain): { from: string; to: string } {
  if (grain === 'month') return { from: addMonths(m.month, -11), to: m.month };
  if (grain === 'quarter') return { from: addQuarters(quarterOf(m.month), -7), to: quarterOf(m.month) };
  const day = dayOf(m);
  if (grain === 'day') return { from: addDays(day, -29), to: day };
  return { from: `${day}T00`, to: `${day}T23` };
}
export const periodOf = (m: Moment, grain: Grain): string => spanOf(m, grain).to;
