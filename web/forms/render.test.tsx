import { MantineProvider } from '@mantine/core';
import { readFileSync } from 'node:fs';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { FormFields } from './render';
import type { Typed } from './typed';
import { compile } from './validate';

const { schemas } = JSON.parse(readFileSync(new URL('../../tests/forms/answers.json', import.meta.url), 'utf8')) as { schemas: Record<string, unknown> };
const formOf = (name: string) => {
  const { form } = compile(schemas[name]);
  if (!form) throw new Error(name);
  return form;
};
const drawn = (name: string, typed: Typed, more: Partial<Parameters<typeof FormFields>[0]> = {}) =>
  renderToStaticMarkup(<MantineProvider><FormFields form={formOf(name)} typed={typed} onTyped={() => undefined} language="vi" {...more} /></MantineProvider>);

describe('a form drawn with Mantine', () => {
  it('has a labelled field for every leaf, groups in fieldsets', () => {
    const html = drawn('birth', {});
    for (const label of ['Họ và tên trẻ', 'Ngày sinh', 'Giới tính', 'Số bản sao', 'Ghi chú']) expect(html).toContain(label);
    expect(html).toContain('<legend');
    expect(html).toContain('data-field="mother.personal_id"');
    expect(html.match(/for="f-child_name"/g)?.length).toBe(1);
    expect(html).toContain('id="f-mother-address-commune"');
  });
  it('speaks English without Vietnamese buttons', () => {
    const html = drawn('birth', {}, { language: 'en' });
    expect(html).toContain('Child&#x27;s name');
    expect(html).toContain('Write as one line');
    expect(html).not.toContain('Viết thành');
  });
  it('shows a field only while its condition holds', () => {
    expect(drawn('conditions', { relation: 'parent' })).not.toContain('data-field="reason"');
    expect(drawn('conditions', { relation: 'other' })).toContain('data-field="reason"');
  });
  it('tells what is missing once the person tried to send, and not before', () => {
    expect(drawn('birth', {})).not.toContain('Hãy điền mục này');
    const html = drawn('birth', { child_name: 'A' }, { judgeAll: true });
    expect(html).toContain('Chưa được điền. Hãy điền mục này.');
    expect(html).toContain('Phải có ít nhất 2 ký tự');
    expect(html).toContain('aria-invalid="true"');
  });
  it('shows the refusals of the server at their fields', () =>
    expect(drawn('birth', { fee: '5' }, { errors: [{ pointer: '/fee', code: 'x', vi: 'Lệ phí: không đúng biểu.', en: '' }] })).toContain('Không đúng biểu.'));
  it('draws a group that was written as one line as one field', () => {
    const html = drawn('birth', { mother: 'Nguyễn Thị Mẫu' });
    expect(html).toContain('data-field="mother"');
    expect(html).not.toContain('data-field="mother.name"');
    expect(html).toContain('Điền theo từng mục');
  });
  it('is drawn for a clerk with lists of the browser\'s own and boxes to tick', () => {
    const html = drawn('birth', { mother: '' }, { quick: true });
    expect(html).toContain('<select');
    expect(html).toContain('data-field="mother"');
    expect(html).not.toContain('type="radio"');
  });
});
