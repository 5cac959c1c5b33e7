import { describe, expect, it } from 'vitest';
import type { DossierTask } from '../api/types';
import { commandsFor, holds, taskFor, type Person } from '../lib/rights';
// @ts-expect-error plain JavaScript, used by the build
import { filesOf, judge } from '../../scripts/budget.mjs';
import { nameOf } from '../lib/keys';

const above = new Map([['phong', 'xa'], ['xa', 'tinh'], ['tinh', null]]);
const person = (role: 'clerk' | 'handler' | 'head', agency: string | null = 'xa'): Person => ({ officer: 'toi', grants: [{ role, agency, from: '2026-01-01', to: null }], above });
const task = (more: Partial<DossierTask>): DossierTask => ({ number: 1, step: 's', step_name: null, agency_name: 'Xã', officer_name: null, lane: 'main', stage: 1, kind: 'work', function: 'f', agency: 'xa', position: null, officer: null, planned_minutes: 60, started: '', due: null, ended: null, state: 'open', required: true, asked: false, silence_reported: false, ...more });
const dossier = (state: 'filed' | 'processing' | 'signing' | 'returned', more = {}) => ({ state, agency: 'xa', reception: 'xa', unpaid: 0, extensions: 0, ...more });

describe('what is offered', () => {
  it('a grant reaches what lies below, not above', () => { expect(holds(person('clerk'), 'receive', 'phong')).toBe(true); expect(holds(person('clerk'), 'receive', 'tinh')).toBe(false); });
  it('a clerk receives, a handler does not', () => { expect(commandsFor(person('clerk'), dossier('filed'), [])).toContain('receive'); expect(commandsFor(person('handler'), dossier('filed'), [])).not.toContain('receive'); });
  it('nothing on a closed dossier', () => expect(commandsFor(person('head'), dossier('returned'), [])).toEqual([]));
  it('one apology only', () => { expect(commandsFor(person('head'), dossier('processing'), [])).toContain('extend'); expect(commandsFor(person('head'), dossier('processing', { extensions: 1 }), [])).not.toContain('extend'); });
  it('signing is for who may approve', () => { const t = [task({ kind: 'sign' })]; expect(commandsFor(person('head'), dossier('signing'), t)).toContain('result'); expect(commandsFor(person('handler'), dossier('signing'), t)).not.toContain('result'); });
  it('a task in other hands is not mine; one in my hands comes first', () => {
    expect(taskFor(person('handler'), [task({ officer: 'khac' })])).toBeNull();
    expect(taskFor(person('handler'), [task({ number: 1 }), task({ number: 2, officer: 'toi' })])?.number).toBe(2);
  });
});

describe('budgets', () => {
  const manifest = { 'index.html': { file: 'a.js', css: ['a.css'], imports: ['_b.js'], dynamicImports: ['src/x.tsx'] }, '_b.js': { file: 'b.js' }, 'src/x.tsx': { file: 'x.js', imports: ['index.html'] } };
  it('count what loads at first, once, and not what is lazy', () => expect(filesOf(manifest, ['index.html']).sort()).toEqual(['a.css', 'a.js', 'b.js']));
  it('break when a route is too heavy', () => {
    const [fine, heavy] = judge(manifest, { routes: { home: { entries: ['index.html'], kb: 30 }, x: { entries: ['index.html', 'src/x.tsx'], kb: 30 } } }, () => 10_000);
    expect(fine.over).toBe(false);
    expect(heavy).toMatchObject({ bytes: 40_000, over: true });
  });
  it('an entry that is gone fails the build', () => expect(() => filesOf(manifest, ['src/gone.tsx'])).toThrow(/no entry/));
});

describe('keys', () => {
  const press = (key: string, more = {}) => nameOf({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...more });
  it.each([['j', {}, 'j'], ['X', { shiftKey: true }, 'shift+x'], ['?', { shiftKey: true }, '?'], ['k', { ctrlKey: true }, 'ctrl+k'], ['Escape', {}, 'escape']])('%s', (key, more, name) => expect(press(key, more)).toBe(name));
});
