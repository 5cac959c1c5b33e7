// What the wall decides without a screen: months, what a figure may look like, the scale of a map, neighbours of a cell.
import type { Figure, Index, IndexGroup } from './api';

// ---- Months
/** "2026-11" moved by months. */
export function addMonths(month: string, by: number): string {
  const [year, m] = month.split('-').map(Number) as [number, number];
  const n = year * 12 + m - 1 + by;
  return `${Math.floor(n / 12)}-${String((n % 12) + 1).padStart(2, '0')}`;
}
export const isMonth = (text: unknown): text is string => typeof text === 'string' && /^20\d{2}-(0[1-9]|1[0-2])$/.test(text);
export const isDay = (text: unknown): text is string => typeof text === 'string' && /^20\d{2}-(0[1-9]|1[0-2])-([0-2]\d|3[01])$/.test(text);

/** "2026-11" → "11/2026" and so on; what the API writes for a period, in few letters. */
export function periodShort(text: string): string {
  const month = /^(\d{4})-(\d{2})$/.exec(text);
  if (month) return `${month[2]}/${month[1]}`;
  const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (day) return `${day[3]}/${day[2]}/${day[1]}`;
  const hour = /^(\d{4})-(\d{2})-(\d{2})T(\d{2})$/.exec(text);
  if (hour) return `${hour[4]}:00 ${hour[3]}/${hour[2]}`;
  const part = /^(\d{4})-([WQH])(\d+)$/.exec(text);
  if (part) return `${part[2]}${part[3]}/${part[1]}`;
  return text.replace(/-(\d{4})$/, '–$1');
}

// ---- What a figure may look like
export type Tone = 'none' | 'plain' | 'good' | 'warn' | 'bad';
/** Colour says something only of a figure that is there and fresh: what is unknown, hidden or stale is never green. */
export function toneOf(figure: Pick<Figure, 'status' | 'level' | 'value'> | null | undefined, cutOff = false): Tone {
  if (!figure || figure.value === null || cutOff || figure.status === 'unknown' || figure.status === 'stale' || figure.status === 'suppressed') return 'none';
  return figure.level === 'good' ? 'good' : figure.level === 'warning' ? 'warn' : figure.level === 'critical' ? 'bad' : 'plain';
}
/** How long a live board may go unanswered before everything on it is old. */
export const cutOffAfter = 150_000;
export const isCutOff = (live: boolean, updatedAt: number, now: number): boolean => live && updatedAt > 0 && now - updatedAt > cutOffAfter;

// ---- The index
export const shareOf = (x: { points: number | null; of: number }): number | null => (x.points !== null && x.of > 0 ? x.points / x.of : null);
/** The group that gives the smallest share of what it could give; those without data stand outside. */
export function lowestGroup(index: Pick<Index, 'groups'>): IndexGroup | null {
  let lowest: IndexGroup | null = null;
  for (const group of index.groups) {
    const share = shareOf(group);
    if (share !== null && (lowest === null || share < (shareOf(lowest) ?? 1))) lowest = group;
  }
  return lowest;
}

// ---- The map
export type Shade = 'unknown' | 'good' | 'warn' | 'bad' | `s${0 | 1 | 2 | 3 | 4}`;
export interface Scale { kind: 'levels' | 'steps'; least: number; most: number }
/** Five equal steps between the least and the most that is known. */
export function scaleOf(values: readonly (number | null)[], levels: boolean): Scale | null {
  const known = values.filter((v): v is number => v !== null);
  if (known.length === 0) return null;
  return { kind: levels ? 'levels' : 'steps', least: Math.min(...known), most: Math.max(...known) };
}
export function stepOf(value: number, scale: Scale): 0 | 1 | 2 | 3 | 4 {
  if (scale.most === scale.least) return 2;
  return Math.min(4, Math.floor(((value - scale.least) / (scale.most - scale.least)) * 5)) as 0 | 1 | 2 | 3 | 4;
}
export interface Cell { value: number | null; tone: Tone }
export function shadeOf(cell: Cell | undefined, scale: Scale | null): Shade {
  if (!cell || !scale || cell.value === null || cell.tone === 'none') return 'unknown';
  if (scale.kind === 'levels' && cell.tone !== 'plain') return cell.tone;
  return `s${stepOf(cell.value, scale)}`;
}

/** Middle of a cell in units of its side; rows that are odd stand half a cell to the right. */
export const middle = (column: number, row: number): readonly [x: number, y: number] => [Math.sqrt(3) * (column + (row % 2) / 2), 1.5 * row];
/** The cell one comes to with an arrow key: the nearest one whose direction is within 60° of the key's. */
export function neighbour(cells: readonly (readonly [code: string, column: number, row: number])[], from: string, key: string): string | null {
  const aim = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  const start = cells.find(([code]) => code === from);
  if (!aim || !start) return null;
  const [x, y] = middle(start[1], start[2]);
  let best: string | null = null;
  let near = Infinity;
  for (const [code, column, row] of cells) {
    const [a, b] = middle(column, row);
    const distance = Math.hypot(a - x, b - y);
    const along = (a - x) * aim[0]! + (b - y) * aim[1]!;
    if (code === from || along < distance * 0.5) continue;
    // Of two that are as near, the one that lies straighter.
    const cost = distance * 2 - along;
    if (cost < near - 1e-9) { near = cost; best = code; }
  }
  return best;
}

// ---- Rotation
/** What a step of the rotation shows: a narrow screen one part after another, a wide one always everything, with
 *  another figure on its map. */
export function sceneAt(step: number, parts: number, metrics: number): { part: number; metric: number } {
  return { part: step % parts, metric: metrics === 0 ? 0 : Math.floor(step / parts) % metrics };
}
