import { describe, expect, it } from 'vitest';
import { compile } from '../forms/validate';
import { nodeAt, place, shownAs, valueOf } from '../forms/typed';
import { all, drop, dropAll, find, keep } from './kept';
import { fitted, greyOf, judge, measure } from './picture';

/** Lines of "writing" on paper; `blur` is how many times neighbours are averaged. */
function paper(ground: number, ink: number, blur = 0): [Uint8ClampedArray, number, number] {
  const [width, height] = [320, 240];
  let grey = new Uint8ClampedArray(width * height).fill(ground);
  for (let y = 20; y < height - 20; ++y) for (let x = 20; x < width - 20; ++x) if (y % 16 < 9 && (x * 7 + y * 3) % 11 < 4) grey[y * width + x] = ink;
  for (let turn = 0; turn < blur; ++turn) {
    const next = grey.slice();
    for (let y = 1; y < height - 1; ++y)
      for (let x = 1; x < width - 1; ++x) {
        let sum = 0;
        for (let dy = -1; dy <= 1; ++dy) for (let dx = -1; dx <= 1; ++dx) sum += grey[(y + dy) * width + x + dx] ?? 0;
        next[y * width + x] = sum / 9;
      }
    grey = next;
  }
  return [grey, width, height];
}
describe('a photo of a paper', () => {
  it('is clear when edges are sharp and there is light', () => expect(judge(measure(...paper(210, 40)), 2000)).toBe('good'));
  it('is blurred when edges are soft', () => expect(judge(measure(...paper(210, 40, 6)), 2000)).toBe('blurred'));
  it('is dark', () => expect(judge(measure(...paper(50, 10)), 2000)).toBe('dark'));
  it('is burnt out', () => expect(judge(measure(...paper(255, 254)), 2000)).toBe('bright'));
  it('is too small to read', () => expect(judge(measure(...paper(210, 40)), 320)).toBe('small'));
  it('has no measures of nothing', () => expect(measure(new Uint8ClampedArray(0), 0, 0)).toEqual({ mean: 0, burnt: 0, sharpness: 0 }));
  it('is grey by how bright colours look', () => expect([...greyOf(new Uint8ClampedArray([255, 0, 0, 255, 0, 255, 0, 255, 255, 255, 255, 255]))]).toEqual([76, 150, 255]));
  it('is made smaller, never larger, and never nothing', () => {
    expect(fitted(4000, 3000, 2400)).toEqual({ width: 2400, height: 1800 });
    expect(fitted(100, 50, 2400)).toEqual({ width: 100, height: 50 });
    expect(fitted(100_000, 1, 640)).toEqual({ width: 640, height: 1 });
  });
});

class Memory implements Storage {
  private items = new Map<string, string>();
  constructor(private most = Infinity) {}
  get length() { return this.items.size; }
  key(i: number) { return [...this.items.keys()][i] ?? null; }
  getItem(key: string) { return this.items.get(key) ?? null; }
  setItem(key: string, value: string) { if (value.length > this.most) throw new Error('quota'); this.items.set(key, value); }
  removeItem(key: string) { this.items.delete(key); }
  clear() { this.items.clear(); }
}
describe('what is kept without network', () => {
  const day = 24 * 60 * 60 * 1000;
  const one = (at: number, draft = 'd1') => ({ at, draft, page: '/nop/d1/1', action: '/nop/d1/1', fields: [['child_name', 'Trẻ mẫu']] as [string, string][], waiting: true });
  it('is found by draft and page, and dropped', () => {
    const s = new Memory();
    expect(keep(s, one(1000))).toBe(true);
    expect(find(s, 'd1', '/nop/d1/1', 2000)?.fields[0]?.[1]).toBe('Trẻ mẫu');
    expect(find(s, 'd1', '/nop/d1/2', 2000)).toBeNull();
    drop(s, one(0));
    expect(s.length).toBe(0);
  });
  it('goes after a day', () => {
    const s = new Memory();
    keep(s, one(1000));
    expect(find(s, 'd1', '/nop/d1/1', 1000 + day)).toBeNull();
    expect(s.length).toBe(0);
  });
  it('is told in order; damaged items go, what is not ours stays', () => {
    const s = new Memory();
    s.setItem('theme', 'dark');
    s.setItem('hl-draft:x:/y', '{oops');
    keep(s, one(2000, 'b'));
    keep(s, one(1000, 'a'));
    expect(all(s, 3000).map((k) => k.draft)).toEqual(['a', 'b']);
    dropAll(s);
    expect(s.length).toBe(1);
    expect(s.getItem('theme')).toBe('dark');
  });
  it('says so when the browser keeps nothing', () => expect(keep(new Memory(10), one(1))).toBe(false));
});

describe('what stands in fields', () => {
  const { form } = compile({
    type: 'object', additionalProperties: false,
    properties: {
      born: { type: 'string', format: 'date' }, fee: { type: 'integer', 'x-ui': { widget: 'money' } }, area: { type: 'number' }, late: { type: 'boolean' },
      phone: { type: 'string', format: 'phone' }, mother: { type: 'object', additionalProperties: false, properties: { id: { type: 'string', format: 'personal-id' } } },
    },
  });
  if (!form) throw new Error('schema');
  const node = (path: string) => { const n = nodeAt(form.root, path.split('.')); if (!n) throw new Error(path); return n; };
  it('is read as it is typed here', () => {
    expect(valueOf(node('born'), '1/7/2026')).toBe('2026-07-01');
    expect(valueOf(node('born'), 'hôm qua')).toBe('hôm qua');
    expect(valueOf(node('fee'), '1.234.567 đ')).toBe(1234567);
    expect(valueOf(node('fee'), '1.5')).toBe('1.5');
    expect(valueOf(node('area'), '1.234,5')).toBe(1234.5);
    expect(valueOf(node('late'), '')).toBeNull();
    expect(valueOf(node('late'), 'false')).toBe(false);
    expect(valueOf(node('mother.id'), '045 085 900001')).toBe('045085900001');
  });
  it('is written back as people read it', () => {
    expect(shownAs(node('born'), '01072026')).toBe('01/07/2026');
    expect(shownAs(node('fee'), '1234567')).toBe('1.234.567');
    expect(shownAs(node('fee'), 'nhiều')).toBe('nhiều');
    expect(shownAs(node('phone'), '+84912345678')).toBe('0912 345 678');
    expect(shownAs(node('phone'), '+1 202 555 0143')).toBe('+1 202 555 0143');
  });
  it('takes its place in the answers without touching what every object has', () => {
    const out: Record<string, unknown> = {};
    place(out, ['mother', 'id'], '1');
    place(out, ['constructor', 'x'], 1);
    expect(JSON.stringify(out)).toBe('{"mother":{"id":"1"},"constructor":{"x":1}}');
    expect((Object as unknown as { x?: number }).x).toBeUndefined();
  });
});
