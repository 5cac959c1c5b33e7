// The power company's lanes: each on the company's own clock, apart from the dossier's.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../../api/session';
import type { components } from '../../api/schema';
import { Empty, Load } from '../../kit/kit';
import { dateTime, number } from '../../lib/format';
import { usePartnerWords } from './partner_words';

type Lanes = components['schemas']['PowerLanes'];
const tone: Record<Lanes['items'][number]['judgement'], string> = { running: 'accent', late_running: 'bad', in_time: 'good', late: 'bad', dropped: '', unknown: 'warn' };

export function PowerLanes() {
  const w = usePartnerWords();
  const lanes = useQuery({ queryKey: ['lanes'], queryFn: ({ signal }) => api.get<Lanes>('/api/v1/power/lanes?limit=200', signal), refetchInterval: 15_000 });
  /** Minutes as days, hours and minutes of the calendar: it is the company's clock, not the office's. */
  const span = (minutes: number) => w.span(number(Math.floor(minutes / 1440)), Math.floor((minutes % 1440) / 60), minutes % 60);
  return (
    <>
      <p className="quiet">{w.laneLead}</p>
      <Load of={lanes}>
        {(l) => (
          <>
            <div className="tiles" style={{ gridTemplateColumns: 'repeat(auto-fit, minmax(108px, 1fr))', marginBottom: 12 }}>
              {(['running', 'late_running', 'in_time', 'late', 'dropped', 'unknown'] as const).map((k) => <div className="card tile" key={k} data-count={k}><div className={`value${(k === 'late' || k === 'late_running') && l.year[k] ? ' bad' : ''}`}>{number(l.year[k])}</div><div className="quiet">{w.judgements[k]}</div></div>)}
            </div>
            {l.waiting.length > 0 && <div className="notice warn"><strong>{w.waitingTitle(number(l.waiting.length))}</strong><ul>{l.waiting.map((p) => <li key={p.number}><Link to="/desk" search={{ open: p.code }}>{p.code}</Link> · {dateTime(p.at)} · {p.problem}</li>)}</ul></div>}
            {l.items.length === 0 ? <div className="card"><Empty title={w.noLanes}>{w.noLanesText}</Empty></div> : (
              <div className="tablebox inset" tabIndex={0} role="region" aria-label={w.tabs.lanes}>
                <table className="plain">
                  <thead><tr><th scope="col">{w.dossier}</th><th scope="col">{w.state}</th><th scope="col">{w.word}</th><th scope="col">{w.startedAt}</th><th scope="col">{w.due}</th><th scope="col">{w.finished}</th><th scope="col">{w.lateBy}</th></tr></thead>
                  <tbody>{l.items.map((x) => (
                    <tr key={`${x.code}/${x.task}`} data-lane={x.code}>
                      <td className="mono"><Link to="/desk" search={{ open: x.code }}>{x.code}</Link></td>
                      <td><span className={`state ${tone[x.judgement]}`}>{w.judgements[x.judgement]}</span></td>
                      <td lang="vi">{x.word}{x.moved_at && <div className="quiet">{dateTime(x.moved_at)}</div>}</td>
                      <td>{dateTime(x.started_at)}</td>
                      <td>{x.due ? dateTime(x.due) : <span className="quiet">{w.noDue}</span>}</td>
                      <td>{dateTime(x.finished_at ?? x.ended_at)}</td>
                      <td>{x.late_minutes === null ? '' : span(x.late_minutes)}</td>
                    </tr>
                  ))}</tbody>
                </table>
              </div>
            )}
          </>
        )}
      </Load>
    </>
  );
}
