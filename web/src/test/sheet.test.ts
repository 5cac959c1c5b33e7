import { describe, expect, it } from 'vitest';
import { at, move, parseMoment, partOf, pathOf, put, write, type Json } from '../console/sheet';

const sheet: Json = { code: '1.000001', name: { vi: 'Thủ tục “thử”\n', en: null }, fees: [], components: [{ id: 'a', copies: 1 }, { id: 'b', copies: 2 }], valid: { from: '2026-01-01', to: null } };

describe('a sheet', () => {
  it('is written as JSON that reads back, one member a line', () => {
    const written = write(sheet);
    expect(JSON.parse(written.text)).toEqual(sheet);
    expect(written.text.trimEnd().split('\n').length).toBe(written.lines.length);
  });
  it('knows what stands on each line', () => {
    const written = write(sheet);
    const lines = written.text.split('\n');
    for (const [needle, path] of [['"copies": 2', ['components', 1, 'copies']], ['"vi":', ['name', 'vi']], ['"fees": []', ['fees']]] as const) {
      const n = lines.findIndex((l) => l.includes(needle)) + 1;
      expect(pathOf(`sheet.yaml:${n}`, written)).toEqual(path);
    }
    const second = lines.findIndex((l, i) => l.trim() === '{' && lines[i + 1]?.includes('"b"')) + 1;
    expect(pathOf(`x:${second}`, written)).toEqual(['components', 1]);
    expect(pathOf('sheet.yaml', written)).toBeNull();
    expect(pathOf('sheet.yaml:9999', written)).toBeNull();
  });
  it('is changed by path without touching the old one', () => {
    const next = put(sheet, ['components', 0, 'copies'], 5);
    expect(at(next, ['components', 0, 'copies'])).toBe(5);
    expect(at(sheet, ['components', 0, 'copies'])).toBe(1);
    expect(at(put(sheet, ['components', 0], undefined), ['components', 0, 'id'])).toBe('b');
    expect(at(put(sheet, ['valid'], undefined), ['valid'])).toBeUndefined();
    expect(at(put(sheet, ['flow', 'hours', 'handle'], 3), ['flow', 'hours', 'handle'])).toBe(3);
  });
  it('keeps its lists in the order people give them', () => {
    expect(move(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b']);
    expect(move(['a'], 0, 1)).toEqual(['a']);
  });
  it('puts every path on a tab', () => {
    expect(partOf(['clock', 'cutoff'])).toBe('rules');
    expect(partOf(['sources', 0])).toBe('basis');
    expect(partOf(['owner'])).toBe('card');
    expect(partOf(['form', 1, 'id'])).toBe('form');
  });
});

describe('a moment', () => {
  const day = (t: string) => (t === '24/11/2026' ? '2026-11-24' : null);
  it('is written as people here write it', () => {
    expect(parseMoment('08:30 24/11/2026', day)).toBe('2026-11-24T08:30:00+07:00');
    expect(parseMoment('8h30 24/11/2026', day)).toBe('2026-11-24T08:30:00+07:00');
    expect(parseMoment('25:00 24/11/2026', day)).toBeNull();
    expect(parseMoment('08:30', day)).toBeNull();
  });
});
