// The chain of the configuration's keys as people look at it.
import { describe, expect, it } from 'vitest';
import { spoken, statementOf, stateOf, type KeyStatement } from '../console/exchange/key_chain';

const base64url = (text: string) => btoa(String.fromCharCode(...new TextEncoder().encode(text))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
const jws = (payload: string) => `h.${base64url(payload)}.s`;
const statement = (number: number, reason: KeyStatement['reason'] = 'planned'): KeyStatement => ({ number, key_id: `key-${number}`, previous: '', issued: '2026-11-29T03:00:00.000Z', valid_from: '2026-12-06T03:00:00.000Z', reason });

describe('keys that sign the configuration', () => {
  it('reads a statement through both signatures', () => {
    expect(statementOf(jws(jws(JSON.stringify({ ...statement(2), instance: 'QUẢNG TRỊ' }))))).toMatchObject({ number: 2, key_id: 'key-2' });
  });
  it('says so when something cannot be read', () => {
    for (const text of ['', 'a.b', jws('{'), jws(jws('{'))]) expect(statementOf(text)).toBeNull();
  });
  it('tells the one that signs from those before and after it', () => {
    const all = [statement(1), statement(2), statement(3)];
    expect(all.map((s) => stateOf(s, all, 'key-2'))).toEqual(['past', 'signs', 'announced']);
    expect(all.map((s) => stateOf(s, all, 'the first key'))).toEqual(['announced', 'announced', 'announced']);
  });
  it('is read out in groups of four', () => {
    expect(spoken('9f2c41aa07')).toBe('9f2c 41aa 07');
  });
});
