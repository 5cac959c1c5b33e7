// A box of an agency: what waits and is late above, the documents below with their urgency.
import { Button, NativeSelect, SegmentedControl, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconArrowBackUp, IconCheck, IconCircleDashed, IconClock, IconClockExclamation, IconFlame, IconSend, IconShieldQuestion, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useLanguage } from '../i18n';
import { Empty, Load } from '../kit/kit';
import { date, dateTime, number } from '../lib/format';
import { useBox, useCodes, useCounts, useHeld, type BoxFilter, type Line } from './api';
import { useWords } from './words';

const looks: Record<Line['state'], [tone: string, icon: typeof IconCheck]> = {
  arrived: ['accent', IconCircleDashed], registered: ['', IconClock], assigned: ['', IconClock], processing: ['', IconClock], finished: ['good', IconCheck],
  refused: ['bad', IconX], sent: ['good', IconSend], taking_back: ['warn', IconArrowBackUp], taken_back: ['', IconArrowBackUp],
};
/** A signature that a person must look at before the document is registered. */
export const doubtful = new Set<string>(['unbound', 'revoked', 'unchecked']);
export function Standing({ of: d }: { of: Line }) {
  const w = useWords();
  const english = useLanguage().language === 'en';
  const codes = useCodes();
  const [tone, Icon] = looks[d.state];
  const priority = codes.data?.priorities.find((p) => p.code === d.priority);
  return (
    <span className="row">
      {d.urgent && <span className="state bad"><IconFlame size={14} aria-hidden />{english ? priority?.en : priority?.vi}</span>}
      <span className={`state ${tone}`}><Icon size={14} aria-hidden />{d.direction === 'out' && d.state === 'registered' ? w.outRegistered : w.states[d.state]}</span>
      {d.late && <span className="state bad"><IconClockExclamation size={14} aria-hidden />{w.late[d.late]}</span>}
      {d.direction === 'in' && doubtful.has(d.signature) && <span className="state bad"><IconShieldQuestion size={14} aria-hidden />{w.signatures[d.signature]}</span>}
      {d.asked && <span className="state warn"><IconAlertTriangle size={14} aria-hidden />{w.asked[d.asked]}</span>}
    </span>
  );
}
export const numberOf = (d: Line, none: string) => [d.number, d.notation].filter(Boolean).join('/') || none;

const filters: Record<'in' | 'out', Record<string, Partial<BoxFilter>>> = {
  in: { all: {}, waiting: { state: 'arrived' }, work: { state: 'registered,assigned,processing' }, late: { late: 'true' }, done: { state: 'finished,refused,taken_back' } },
  out: { all: {}, tosend: { state: 'registered' }, late: { late: 'true' } },
};

export function Boxes({ agency, direction, registers, onDirection, onOpen }: { agency: string; registers: boolean; direction: 'in' | 'out'; onDirection: (d: 'in' | 'out') => void; onOpen: (key: string) => void }) {
  const w = useWords();
  const english = useLanguage().language === 'en';
  const [shown, setShown] = useState('all');
  const [words, setWords] = useState('');
  const [cursors, setCursors] = useState<string[]>([]);
  const counts = useCounts(agency);
  const held = useHeld(registers);
  const choice = filters[direction][shown] ? shown : 'all';
  const list = useBox({ agency, direction, ...filters[direction][choice], words, cursor: cursors.at(-1) });
  return (
    <div className="stack">
      {counts.data && (
        <div className="tiles" style={{ gridTemplateColumns: 'repeat(auto-fit, minmax(108px, 1fr))' }}>
          {(['waiting', 'late_to_register', 'in_work', 'overdue', 'to_send', 'asked'] as const).map((k) => (
            <div className="card tile" key={k} data-count={k}><div className={`value${(k === 'overdue' || k === 'late_to_register') && counts.data[k] ? ' bad' : k === 'asked' && counts.data[k] ? ' warn' : ''}`}>{number(counts.data[k])}</div><div className="quiet">{w.counts[k]}</div></div>
          ))}
        </div>
      )}
      {held.data && held.data.items.length > 0 && (
        <details className="notice warn"><summary>{w.held(held.data.items.length)}</summary>
          <ul>{held.data.items.map((h) => <li key={h.key}><span className="mono">{h.document_id || h.of_document}</span> · {english ? h.en : <span lang="vi">{h.vi}</span>} <span className="quiet">{dateTime(h.held_at)}</span></li>)}</ul>
        </details>
      )}
      <div className="row">
        <SegmentedControl aria-label={w.box} value={direction} onChange={(v) => { onDirection(v as 'in' | 'out'); setCursors([]); }} data={[{ value: 'in', label: w.in }, { value: 'out', label: w.out }]} />
        <NativeSelect aria-label={w.show} value={choice} onChange={(e) => { setShown(e.currentTarget.value); setCursors([]); }} data={Object.keys(filters[direction]).map((f) => ({ value: f, label: w.filters[f]! }))} />
        <TextInput aria-label={w.find} placeholder={w.find} type="search" value={words} onChange={(e) => { setWords(e.currentTarget.value); setCursors([]); }} style={{ flex: '1 1 200px' }} />
      </div>
      <Load of={list} lines={8}>
        {(page) => page.items.length === 0 ? <div className="card"><Empty title={direction === 'in' ? w.emptyIn : w.emptyOut}><p>{direction === 'in' ? w.emptyInText : w.emptyOutText}</p></Empty></div> : (
          <div className="tablebox inset" tabIndex={0} role="region" aria-label={direction === 'in' ? w.in : w.out}>
            <table className="plain">
              <thead><tr><th scope="col">{w.number}</th><th scope="col">{w.subject}</th><th scope="col">{direction === 'in' ? w.from : w.promulgated}</th><th scope="col">{w.state}</th><th scope="col">{direction === 'in' ? w.registerNumber : w.issuedAt}</th><th scope="col">{w.due}</th></tr></thead>
              <tbody>
                {page.items.map((d) => (
                  <tr key={d.key} data-document={d.document_id ?? d.key}>
                    <td className="mono"><button type="button" className="linkish" onClick={() => onOpen(d.key)}>{numberOf(d, w.noNumber)}</button></td>
                    <td lang="vi">{d.subject}</td>
                    <td lang="vi">{direction === 'in' ? d.from.name ?? d.from.organ_id : date(d.promulgated)}</td>
                    <td><Standing of={d} /></td>
                    <td>{direction === 'in' ? (d.register_number ? `${d.register_number}/${d.register_year}` : dateTime(d.register_by)) : dateTime(d.arrived_at)}</td>
                    <td>{date(d.due)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Load>
      {(cursors.length > 0 || list.data?.next) && (
        <div className="row">
          {cursors.length > 0 && <Button variant="default" onClick={() => setCursors([])}>{w.first}</Button>}
          {list.data?.next && <Button variant="default" onClick={() => setCursors([...cursors, list.data.next!])}>{w.next}</Button>}
        </div>
      )}
    </div>
  );
}
