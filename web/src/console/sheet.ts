// A procedure's sheet as the forms edit it: plain data, changed by path; written one member a line, so that what the
// server says about a line comes back to the field that stands there.
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Sheet = { [key: string]: Json };
export type Path = (string | number)[];

export const pathText = (path: Path): string => path.join('/');

export function at(value: Json | undefined, path: Path): Json | undefined {
  let v: Json | undefined = value;
  for (const key of path) {
    if (v === null || typeof v !== 'object') return undefined;
    v = Array.isArray(v) ? v[Number(key)] : v[String(key)];
  }
  return v;
}
export const text = (value: Json | undefined): string => (value === null || value === undefined ? '' : typeof value === 'object' ? '' : String(value));
export const list = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);

/** A copy with `value` there; undefined removes the member. Groups on the way are made. */
export function put(root: Json, path: Path, value: Json | undefined): Json {
  const [key, ...rest] = path;
  if (key === undefined) return value ?? null;
  if (Array.isArray(root)) {
    const copy = [...root];
    if (rest.length === 0 && value === undefined) copy.splice(Number(key), 1);
    else copy[Number(key)] = put(copy[Number(key)] ?? {}, rest, value);
    return copy;
  }
  const copy: { [k: string]: Json } = root !== null && typeof root === 'object' ? { ...root } : {};
  if (rest.length === 0 && value === undefined) delete copy[String(key)];
  else copy[String(key)] = put(copy[String(key)] ?? (typeof rest[0] === 'number' ? [] : {}), rest, value);
  return copy;
}
export function move(items: Json[], from: number, to: number): Json[] {
  if (to < 0 || to >= items.length) return items;
  const copy = [...items];
  const [moved] = copy.splice(from, 1);
  copy.splice(to, 0, moved as Json);
  return copy;
}

export interface Written {
  text: string;
  /** For each line (from 1) the path of what stands there. */
  lines: Path[];
}
export function write(sheet: Json): Written {
  const out: string[] = [];
  const lines: Path[] = [];
  const line = (depth: number, body: string, path: Path) => {
    out.push(' '.repeat(depth) + body);
    lines.push(path);
  };
  const emit = (value: Json, path: Path, depth: number, before: string, after: string) => {
    if (value === null || typeof value !== 'object') return line(depth, before + JSON.stringify(value) + after, path);
    const members: [string | number, Json][] = Array.isArray(value) ? value.map((v, i) => [i, v]) : Object.entries(value);
    const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
    if (members.length === 0) return line(depth, before + open + close + after, path);
    line(depth, before + open, path);
    members.forEach(([key, v], i) => emit(v, [...path, key], depth + 1, typeof key === 'number' ? '' : `${JSON.stringify(key)}: `, i + 1 < members.length ? ',' : ''));
    line(depth, close + after, path);
  };
  emit(sheet, [], 0, '', '');
  return { text: out.join('\n') + '\n', lines };
}
/** "sheet.yaml:12" → the path on line 12; null when it names no line. */
export function pathOf(place: string, written: Written): Path | null {
  const found = /:(\d+)$/.exec(place);
  return found ? (written.lines[Number(found[1]) - 1] ?? null) : null;
}
/** The tab a path belongs to. */
export function partOf(path: Path): string {
  const first = String(path[0] ?? '');
  if (['channels', 'fees', 'components', 'form', 'flow'].includes(first)) return first;
  if (first === 'clock' || first === 'rules') return 'rules';
  if (['basis', 'sources', 'unverified', 'results'].includes(first)) return 'basis';
  return 'card';
}

/** "08:30 24/11/2026" → "2026-11-24T08:30:00+07:00"; null when it is none. */
export function parseMoment(value: string, day: (text: string) => string | null): string | null {
  const found = /^(\d{1,2})[:h](\d{2})\s+(.+)$/.exec(value.trim());
  if (!found) return null;
  const [h, m] = [Number(found[1]), Number(found[2])];
  const date = day(found[3] ?? '');
  return date && h < 24 && m < 60 ? `${date}T${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}:00+07:00` : null;
}
