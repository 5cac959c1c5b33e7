// The corpus that the server's validator is held to as well (tests/procedures/form_schema_test.cpp).
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dateFromTyped, lookAtPersonalId, moneyFromTyped, phoneFromTyped } from './formats';
import { check, compile, parseAnswers, type FormError } from './validate';

const folder = new URL('../../tests/forms/', import.meta.url);
const load = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
interface Case { name: string; schema: unknown; data?: unknown; text?: string; today?: string; errors?: FormError[]; codes?: string[] }

describe('answers', () => {
  const { schemas, cases } = load('answers.json') as { schemas: Record<string, unknown>; cases: Case[] };
  it('has a fair number of cases', () => expect(cases.length).toBeGreaterThan(100));
  it.each(cases)('$name', ({ schema, data, text, today, errors }) => {
    const { form, errors: wrong } = compile(schemas[schema as string]);
    expect(wrong).toEqual([]);
    if (!form) throw new Error('not compiled');
    // What a caller hands over must not change under the judge's hands.
    const before = text ?? JSON.stringify(data);
    const read = parseAnswers(before);
    const got = 'error' in read ? [{ ...read.error }] : check(form, read.value, today);
    expect(got.map((e) => ({ pointer: e.pointer, code: e.code }))).toEqual((errors ?? []).map((e) => ({ pointer: e.pointer, code: e.code })));
    if (got[0]?.code !== 'json.malformed') expect(got).toEqual(errors);
    expect(({} as Record<string, unknown>)['late']).toBeUndefined();
  });
});

describe('schemas', () => {
  const { cases } = load('schemas.json') as { cases: Case[] };
  it.each(cases)('$name', ({ schema, errors, codes }) => {
    const { form, errors: got } = compile(schema);
    if (codes) expect([...new Set(got.map((e) => e.code))]).toEqual(codes);
    else expect(got).toEqual(errors);
    expect(form === null).toBe(got.length > 0);
  });
});

describe('what people type', () => {
  const typed = load('typed.json') as { dates: [string, string | null][]; money: [string, number | null][]; phones: [string, string | null][]; personal_ids: [string, string | null, string][] };
  it.each(typed.dates)('date %j', (text, iso) => expect(dateFromTyped(text)).toBe(iso));
  it.each(typed.money)('money %j', (text, dong) => expect(moneyFromTyped(text)).toBe(dong));
  it.each(typed.phones)('phone %j', (text, number) => expect(phoneFromTyped(text)).toBe(number));
  it.each(typed.personal_ids)('personal number %j', (text, today, look) => expect(lookAtPersonalId(text, today ?? undefined)).toBe(look));
});

it('reads every file of the corpus', () => expect(readdirSync(folder).filter((f) => f.endsWith('.json')).sort()).toEqual(['answers.json', 'schemas.json', 'typed.json']));
