import { describe, expect, it } from 'vitest';
import { check, compile } from './validate';
import { answersOf, quickStart, typedOf, withoutLabel } from './typed';

const { form } = compile({
  type: 'object', additionalProperties: false, required: ['relation'],
  properties: {
    relation: { type: 'string', enum: ['parent', 'other'], 'x-ui': { label: { vi: 'Quan hệ: với trẻ', en: 'Relation' }, order: 1, options: [{ value: 'parent', vi: 'cha, mẹ', en: 'parent' }] } },
    reason: { type: 'string', 'x-ui': { label: { vi: 'Lý do' }, order: 2, when: { properties: { relation: { const: 'other' } }, required: ['relation'] } } },
    area: { type: 'number', 'x-ui': { order: 3 } },
    fee: { type: 'integer', 'x-ui': { order: 4, widget: 'money' } },
    late: { type: 'boolean', 'x-ui': { order: 5 } },
    mother: { type: ['object', 'string'], additionalProperties: false, required: ['name'], properties: { name: { type: 'string', 'x-ui': { label: { vi: 'Họ tên' } } }, born: { type: 'string', format: 'date' } }, 'x-ui': { order: 6, label: { vi: 'Mẹ' } } },
  },
  allOf: [{ if: { properties: { relation: { const: 'other' } }, required: ['relation'] }, then: { required: ['reason'] } }],
});
if (!form) throw new Error('schema');

describe('answers of what was typed', () => {
  it('are read by kind, blanks left out', () =>
    expect(answersOf(form, { relation: 'parent', area: '12,5', fee: '50.000', late: 'false', 'mother.name': 'Mẫu', 'mother.born': '1/2/1990', reason: ' ' })).toEqual({
      relation: 'parent', area: 12.5, fee: 50000, late: false, mother: { name: 'Mẫu', born: '1990-02-01' },
    }));
  it('do not hold what is not asked for any more', () => {
    expect(answersOf(form, { relation: 'parent', reason: 'cũ' })).toEqual({ relation: 'parent' });
    expect(answersOf(form, { relation: 'other', reason: 'mới' })).toEqual({ relation: 'other', reason: 'mới' });
  });
  it('take a group as one line', () => expect(answersOf(form, { relation: 'parent', mother: 'Nguyễn Thị Mẫu' })).toEqual({ relation: 'parent', mother: 'Nguyễn Thị Mẫu' }));
  it('come back as they were typed', () => {
    const typed = { relation: 'other', reason: 'x', area: '12,5', fee: '50.000', late: 'true', 'mother.name': 'Mẫu', 'mother.born': '01/02/1990' };
    expect(typedOf(form, answersOf(form, typed))).toEqual(typed);
  });
});
describe('an error without its label', () => {
  const first = (answers: unknown) => withoutLabel(check(form, answers)[0]!, 'vi');
  it('begins with its sentence', () => expect(first({ relation: 'parent', area: 'x' })).toMatch(/^Phải là số/));
  it('survives a label with a colon and choices that begin small', () => expect(first({ relation: 'x' })).toBe('Hãy chọn một trong: cha, mẹ, other.'));
  it('of a part', () => expect(first({ relation: 'parent', mother: { born: '1990-02-01' } })).toBe('Chưa được điền. Hãy điền mục này.'));
  it('begins a clerk\'s form with groups as one line and no where a box must be answered', () => {
    const { form: counter } = compile({
      type: 'object', additionalProperties: false, required: ['authorised'],
      properties: {
        authorised: { type: 'boolean' },
        late: { type: 'boolean' },
        mother: { type: ['object', 'string'], additionalProperties: false, properties: { name: { type: 'string' } } },
        child: { type: 'object', additionalProperties: false, required: ['twin'], properties: { twin: { type: 'boolean' }, name: { type: 'string' } } },
      },
    });
    if (!counter) throw new Error('counter');
    const typed = quickStart(counter);
    expect(typed).toEqual({ authorised: 'false', mother: '', 'child.twin': 'false' });
    expect(answersOf(counter, { ...typed, mother: 'Nguyễn Thị Mẫu' })).toEqual({ authorised: false, mother: 'Nguyễn Thị Mẫu', child: { twin: false } });
  });
});
