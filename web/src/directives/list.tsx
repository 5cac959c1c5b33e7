// The list of directives with how each stands to its deadline, and what wants somebody's attention above it.
import { Button, NativeSelect } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconCircleDashed, IconClock, IconClockExclamation, IconHandStop, IconHourglass } from '@tabler/icons-react';
import { useState } from 'react';
import { Empty, Load } from '../kit/kit';
import { dateTime, number } from '../lib/format';
import { useDirectives, useSummary, type Directive, type Filter, type State } from './api';
import { useWords } from './words';

const looks: Record<State, [tone: string, icon: typeof IconCheck]> = { issued: ['accent', IconCircleDashed], working: ['', IconClock], handed_in: ['warn', IconHourglass], closed: ['good', IconCheck], withdrawn: ['', IconHandStop] };
export function Standing({ of: d }: { of: Directive }) {
  const w = useWords();
  const [tone, Icon] = d.state === 'closed' && d.verdict === 'late' ? (['bad', IconCheck] as const) : looks[d.state];
  return (
    <span className="row">
      <span className={`state ${tone}`}><Icon size={14} aria-hidden />{w.states[d.state]}{d.verdict && ` · ${w.verdict[d.verdict]}`}</span>
      {d.timing.overdue && <span className="state bad"><IconClockExclamation size={14} aria-hidden />{w.overdue}</span>}
      {d.timing.due_soon && <span className="state warn"><IconAlertTriangle size={14} aria-hidden />{w.dueSoon}</span>}
    </span>
  );
}
export function Left({ of: d }: { of: Directive }) {
  const w = useWords();
  const left = d.timing.left_minutes;
  const hours = left === null ? '' : number(Math.round(Math.abs(left) / 6) / 10);
  return <>{dateTime(d.deadline.due)}{left !== null && <span className="quiet"> · {d.timing.overdue ? w.late(hours) : w.left(hours)}</span>}</>;
}

const filters: Record<string, Filter> = { open: { state: 'open' }, overdue: { state: 'open', overdue: true }, due_soon: { state: 'open', due_soon: true }, handed_in: { state: 'handed_in' }, closed: { state: 'closed' }, all: {} };

export function DirectiveList({ agency, names, onOpen, empty }: { agency?: string | undefined; names: ReadonlyMap<string, string>; onOpen: (code: string) => void; empty?: string }) {
  const w = useWords();
  const [shown, setShown] = useState('open');
  const [cursors, setCursors] = useState<string[]>([]);
  const summary = useSummary();
  const list = useDirectives({ ...filters[shown], agency, cursor: cursors.at(-1), limit: 50 });
  return (
    <div className="stack">
      {summary.data && (
        <div className="tiles">
          {(['open', 'overdue', 'due_soon', 'unacknowledged', 'handed_in', 'extension_asked'] as const).map((k) => (
            <div className="card tile" key={k}><div className={`value${k === 'overdue' && summary.data[k] ? ' bad' : (k === 'due_soon' || k === 'unacknowledged') && summary.data[k] ? ' warn' : ''}`}>{number(summary.data[k])}</div><div className="quiet">{w.counts[k]}</div></div>
          ))}
        </div>
      )}
      <NativeSelect label={w.filter} maw={320} value={shown} onChange={(e) => { setShown(e.currentTarget.value); setCursors([]); }} data={Object.keys(filters).map((f) => ({ value: f, label: w.filters[f]! }))} />
      <Load of={list} lines={8}>
        {(page) => page.items.length === 0 ? <div className="card"><Empty title={w.empty}><p>{empty ?? w.emptyText}</p></Empty></div> : (
          <div className="tablebox inset" tabIndex={0} role="region" aria-label={w.back}>
            <table className="plain">
              <thead><tr><th scope="col">{w.code}</th><th scope="col">{w.what}</th><th scope="col">{w.who}</th><th scope="col">{w.state}</th><th scope="col">{w.due}</th><th scope="col" className="num">{w.progress}</th></tr></thead>
              <tbody>
                {page.items.map((d) => (
                  <tr key={d.code} data-directive={d.code}>
                    <td className="mono"><button type="button" className="linkish" onClick={() => onOpen(d.code)}>{d.code}</button></td>
                    <td lang="vi">{d.title}</td>
                    <td lang="vi">{names.get(d.agency) ?? d.agency}{d.officer && <span className="quiet"> · {d.officer.name}</span>}</td>
                    <td><Standing of={d} /></td>
                    <td><Left of={d} /></td>
                    <td className="num">{w.percent(d.percent)}</td>
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
