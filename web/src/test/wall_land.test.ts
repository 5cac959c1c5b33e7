import { describe, expect, it } from 'vitest';
import { landBeside, landsOf, middleOf, type Topology } from '../wall/land';
import { addQuarters, dayOf, grainFor, periodOf, quarterOf, spanOf } from '../wall/periods';
import { periodShort } from '../wall/logic';

// Two squares beside one another: the arc between them is shared, and run backwards by the second.
const two: Topology = {
  transform: { scale: [0.1, 0.1], translate: [106, 16] }, bbox: [106, 16, 108, 17],
  objects: { units: { geometries: [
    { type: 'Polygon', properties: { code: '1', name: 'Xã Một' }, arcs: [[0, 1]] },
    { type: 'MultiPolygon', properties: { code: '2', name: 'Xã Hai' }, arcs: [[[~0, 2]]] },
  ] } },
  arcs: [[[10, 0], [0, 10]], [[10, 10], [-10, 0], [0, -10], [10, 0]], [[10, 0], [10, 0], [0, 10], [-10, 0]]],
};
describe('boundaries', () => {
  const lands = landsOf(two);
  it('are put together from shared arcs, closed and in degrees', () => {
    expect(lands.map((l) => l.code)).toEqual(['1', '2']);
    expect(lands[0]!.polygons[0]![0]).toEqual([[107, 16], [107, 17], [106, 17], [106, 16], [107, 16]]);
    expect(lands[1]!.polygons[0]![0]![0]).toEqual([107, 17]);
    for (const l of lands) for (const p of l.polygons) for (const r of p) expect(r[0]).toEqual(r.at(-1));
  });
  it('have a middle that lies within, also of a bent shape', () => {
    expect(lands[0]!.middle[0]).toBeCloseTo(106.5);
    const bent: [number, number][] = [[0, 0], [10, 0], [10, 10], [9, 10], [9, 1], [0, 1], [0, 0]];
    const [x, y] = middleOf([[bent]]);
    expect(x).toBeGreaterThan(9);
    expect(y).toBeCloseTo(5);
  });
  it('are walked by arrow keys', () => {
    expect(landBeside(lands, '1', 'ArrowRight')).toBe('2');
    expect(landBeside(lands, '2', 'ArrowLeft')).toBe('1');
    expect(landBeside(lands, '1', 'ArrowUp')).toBeNull();
    expect(landBeside(lands, '1', 'Tab')).toBeNull();
  });
});

describe('periods', () => {
  const moment = { month: '2026-11', today: '2026-11-28' };
  it('end where the wall looks', () => {
    expect(spanOf(moment, 'month')).toEqual({ from: '2025-12', to: '2026-11' });
    expect(spanOf(moment, 'quarter')).toEqual({ from: '2025-Q1', to: '2026-Q4' });
    expect(spanOf(moment, 'day')).toEqual({ from: '2026-10-30', to: '2026-11-28' });
    expect(spanOf({ ...moment, day: '2026-11-05' }, 'hour')).toEqual({ from: '2026-11-05T00', to: '2026-11-05T23' });
    expect(periodOf({ ...moment, month: '2026-02' }, 'day')).toBe('2026-02-28');
    expect(dayOf({ ...moment, day: '2026-12-01' })).toBe('2026-11-28');
    expect([quarterOf('2026-01'), quarterOf('2026-12'), addQuarters('2026-Q1', -1)]).toEqual(['2026-Q1', '2026-Q4', '2025-Q4']);
  });
  it('are those the indicator has and that were kept', () => {
    expect(grainFor({ ...moment, grain: 'day' }, ['day', 'month'])).toBe('day');
    expect(grainFor({ ...moment, grain: 'day' }, ['month'])).toBe('month');
    expect(grainFor({ ...moment, grain: 'quarter' }, ['year'])).toBeNull();
    expect(grainFor({ ...moment, grain: 'day', known: '2026-11-20' }, ['day', 'month'])).toBe('day');
    expect(grainFor({ ...moment, grain: 'day', known: '2026-11-20', agency: 'a' }, ['day', 'month'])).toBe('month');
    expect(grainFor({ ...moment, grain: 'quarter', known: '2026-11-20' }, ['quarter', 'month'])).toBe('month');
  });
  it('of an hour are written short', () => expect(periodShort('2026-11-28T09')).toBe('09:00 28/11'));
});
