import { describe, expect, it } from 'vitest';
import { layout } from '../wall/layout';
import { addMonths, cutOffAfter, isCutOff, isDay, isMonth, lowestGroup, middle, neighbour, periodShort, scaleOf, sceneAt, shadeOf, stepOf, toneOf } from '../wall/logic';
import type { IndexGroup } from '../wall/api';

describe('months', () => {
  it('go over the turn of the year', () => {
    expect(addMonths('2026-01', -1)).toBe('2025-12');
    expect(addMonths('2025-12', 1)).toBe('2026-01');
    expect(addMonths('2026-11', -11)).toBe('2025-12');
  });
  it('are told from what is none', () => {
    expect(['2026-11', '2026-13', '2026-1', '26-11', 5].map(isMonth)).toEqual([true, false, false, false, false]);
    expect(['2026-11-30', '2026-11-32', '2026-11'].map(isDay)).toEqual([true, false, false]);
  });
  it('are written short', () => expect(['2026-11', '2026-11-05', '2026-Q4', '2026-W48', '2026-H1', '2026', '2026-2030'].map(periodShort)).toEqual(['11/2026', '05/11/2026', 'Q4/2026', 'W48/2026', 'H1/2026', '2026', '2026–2030']));
});

describe('colour', () => {
  const good = { status: 'known', level: 'good', value: 99 } as const;
  it('says what the level says of a figure that is there', () => {
    expect(toneOf(good)).toBe('good');
    expect(toneOf({ ...good, level: 'critical' })).toBe('bad');
    expect(toneOf({ ...good, level: null })).toBe('plain');
    expect(toneOf({ ...good, status: 'provisional' })).toBe('good');
  });
  it('is never green for what is stale, unknown, withheld, missing or cut off', () => {
    for (const status of ['stale', 'unknown', 'suppressed'] as const) expect(toneOf({ ...good, status })).toBe('none');
    expect(toneOf({ ...good, value: null })).toBe('none');
    expect(toneOf(null)).toBe('none');
    expect(toneOf(good, true)).toBe('none');
  });
  it('goes when a live board was not answered for long, and stays on a past month', () => {
    expect(isCutOff(true, 1_000, 1_000 + cutOffAfter)).toBe(false);
    expect(isCutOff(true, 1_000, 1_001 + cutOffAfter)).toBe(true);
    expect(isCutOff(false, 1_000, 1_001 + cutOffAfter)).toBe(false);
    expect(isCutOff(true, 0, 10 * cutOffAfter)).toBe(false);
  });
});

it('the lowest group is the one with the smallest share; one without data is none', () => {
  const group = (code: string, points: number, of: number) => ({ code, points, of }) as IndexGroup;
  expect(lowestGroup({ groups: [group('1', 0, 0), group('2', 15, 20), group('3', 5, 10), group('4', 8, 20)] })?.code).toBe('4');
  expect(lowestGroup({ groups: [group('1', 0, 0)] })).toBeNull();
});

describe('the map', () => {
  it('has each of the 78 communes once, no two in one cell', () => {
    expect(layout.length).toBe(78);
    expect(new Set(layout.map(([code]) => code)).size).toBe(78);
    expect(new Set(layout.map(([, c, r]) => `${c} ${r}`)).size).toBe(78);
  });
  it('keeps north above south and the island out at sea', () => {
    const at = new Map(layout.map(([code, c, r]) => [code, middle(c, r)] as const));
    const hoi = at.get('18880')!, ha = at.get('19333')!, island = at.get('19742')!, laoBao = at.get('19432')!;
    expect(hoi[1]).toBeLessThan(ha[1]);
    expect(laoBao[0]).toBeLessThan(ha[0]);
    const touching = layout.filter(([code]) => code !== '19742' && Math.hypot(at.get(code)![0] - island[0], at.get(code)![1] - island[1]) < 1.8);
    expect(touching).toEqual([]);
  });
  it('reaches every cell with the arrow keys', () => {
    const seen = new Set(['18880']);
    for (const queue = ['18880']; queue.length > 0;) {
      const from = queue.pop()!;
      for (const key of ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown']) {
        const next = neighbour(layout, from, key);
        if (next && !seen.has(next)) { seen.add(next); queue.push(next); }
      }
    }
    expect(seen.size).toBe(78);
  });
  it('has five steps, and none for what is not known', () => {
    const scale = scaleOf([0, null, 100], false)!;
    expect([0, 19.9, 20, 60, 99, 100].map((v) => stepOf(v, scale))).toEqual([0, 0, 1, 3, 4, 4]);
    expect(shadeOf({ value: null, tone: 'none' }, scale)).toBe('unknown');
    expect(shadeOf(undefined, scale)).toBe('unknown');
    expect(shadeOf({ value: 99, tone: 'none' }, scale)).toBe('unknown'); // stale
    expect(shadeOf({ value: 0, tone: 'plain' }, scale)).toBe('s0'); // zero is known
    expect(shadeOf({ value: 1, tone: 'good' }, { ...scale, kind: 'levels' })).toBe('good');
    expect(scaleOf([null], false)).toBeNull();
  });
});

it('a narrow screen shows one part after another, then the next figure; a wide one the next figure each time', () => {
  expect([0, 1, 2, 3].map((n) => sceneAt(n, 3, 4))).toEqual([{ part: 0, metric: 0 }, { part: 1, metric: 0 }, { part: 2, metric: 0 }, { part: 0, metric: 1 }]);
  expect([0, 1, 4].map((n) => sceneAt(n, 1, 4))).toEqual([{ part: 0, metric: 0 }, { part: 0, metric: 1 }, { part: 0, metric: 0 }]);
});
