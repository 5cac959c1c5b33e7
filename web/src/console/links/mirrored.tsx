// Dossiers that a central system handles itself: counted by themselves, with where from and how old each is.
import { Button } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../../api/session';
import type { components } from '../../api/schema';
import { Empty, Load } from '../../kit/kit';
import { dateTime, number } from '../../lib/format';
import { usePartnerWords } from './partner_words';

type Counts = components['schemas']['MirroredCounts'];
type Page = components['schemas']['MirroredPage'];

export function Mirrored({ system }: { system: string }) {
  const w = usePartnerWords();
  const counts = useQuery({ queryKey: ['mirrors', 'counts'], queryFn: ({ signal }) => api.get<Counts>('/api/v1/registers/mirrors', signal), refetchInterval: 30_000 });
  const list = useInfiniteQuery({
    queryKey: ['mirrors', system],
    queryFn: ({ signal, pageParam }) => api.get<Page>(`/api/v1/registers/mirrors/${system}/dossiers?limit=100${pageParam ? `&after=${encodeURIComponent(pageParam)}` : ''}`, signal),
    initialPageParam: '', getNextPageParam: (last) => last.next ?? undefined, refetchInterval: 30_000,
  });
  const own = counts.data?.items.find((i) => i.system === system);
  return (
    <>
      <p className="quiet">{w.mirrorLead}</p>
      {own && (
        <div className="tiles" style={{ gridTemplateColumns: 'repeat(auto-fit, minmax(108px, 1fr))', marginBottom: 12 }}>
          {(['received', 'in_time', 'late', 'open', 'open_late', 'unknown', 'gone', 'ours'] as const).map((k) => <div className="card tile" key={k} data-count={k}><div className={`value${(k === 'late' || k === 'open_late') && own[k] ? ' bad' : ''}`}>{number(own[k])}</div><div className="quiet">{w.mirrorCounts[k]}</div></div>)}
        </div>
      )}
      {own && <p className="quiet">{own.seen_at ? w.seenAt(dateTime(own.seen_at)) : w.neverSeen}</p>}
      <Load of={list}>
        {(pages) => {
          const rows = pages.pages.flatMap((p) => p.items);
          return rows.length === 0 ? <div className="card"><Empty title={w.noMirrored}>{w.noMirroredText}</Empty></div> : (
            <div className="tablebox inset" tabIndex={0} role="region" aria-label={w.tabs.mirrored}>
              <table className="plain">
                <thead><tr><th scope="col">{w.dossier}</th><th scope="col">{w.procedure}</th><th scope="col">{w.unit}</th><th scope="col">{w.state}</th><th scope="col">{w.received}</th><th scope="col">{w.due}</th><th scope="col">{w.finished}</th><th scope="col">{w.lastSeen}</th></tr></thead>
                <tbody>{rows.map((d) => (
                  <tr key={d.code} data-mirrored={d.code}>
                    <td className="mono">{d.ours ? <Link to="/desk" search={{ open: d.code }}>{d.code}</Link> : d.code}</td>
                    <td className="mono">{d.procedure}</td>
                    <td lang="vi">{d.unit}</td>
                    <td>{d.status === null ? <span className="state warn">{w.unknownStatus}</span> : <span className="state">{w.statuses[d.status] ?? d.status}</span>} <span className="quiet" lang="vi">{d.status_there}</span></td>
                    <td>{dateTime(d.received_at)}</td>
                    <td>{d.due ? dateTime(d.due) : <span className="quiet">{w.noDue}</span>}</td>
                    <td>{dateTime(d.finished_at)}</td>
                    <td>{dateTime(d.last_seen)}{d.gone_at && <div className="state warn">{w.goneAt(dateTime(d.gone_at))}</div>}</td>
                  </tr>
                ))}</tbody>
              </table>
            </div>
          );
        }}
      </Load>
      {list.hasNextPage && <Button mt={14} variant="default" onClick={() => void list.fetchNextPage()}>{w.more}</Button>}
    </>
  );
}
