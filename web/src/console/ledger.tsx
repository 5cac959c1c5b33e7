// The ledger: its head and signature, verified from here, its newest events.
import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../api/session';
import type { Checkpoint, EventPage, Verification } from '../api/types';
import { useT } from '../i18n';
import { Fact, Load, ProblemNotice } from '../kit/kit';
import { dateTime, number } from '../lib/format';
import { useWords } from './words';

const useCheckpoint = () => useQuery({ queryKey: ['checkpoint'], queryFn: ({ signal }) => api.get<Checkpoint>('/api/v1/ledger/checkpoint', signal), refetchInterval: 10_000 });

/** Verification on the server, watched while it runs. */
function Verify() {
  const t = useT();
  const w = t.verification;
  const client = useQueryClient();
  const state = useQuery({ queryKey: ['verification'], queryFn: ({ signal }) => api.get<Verification>('/api/v1/ledger/verification', signal), refetchInterval: (q) => (q.state.data?.running ? 500 : false) });
  const start = useMutation({ mutationFn: async () => (await api.send<Verification>({ path: '/api/v1/ledger/verification', method: 'POST' })).data, onSuccess: (now) => { client.setQueryData(['verification'], now); } });
  const last = state.data?.last;
  const problems = last?.problems ?? [];
  return (
    <section className="section card">
      <h2>{w.title}</h2>
      <p className="quiet">{w.lead}</p>
      {start.error && <ProblemNotice error={start.error} />}
      <Load of={state} lines={1}>
        {(s) => (
          <div role="status">
            {s.running ? <p>{w.running(number(s.checked), number(s.events))} <progress value={s.checked} max={Math.max(s.events, 1)} aria-label={w.title} /></p>
              : !last ? <p>{w.never}</p>
              : last.failed ? <p className="notice bad"><strong>{w.failed}</strong> {last.failed}</p>
              : problems.length > 0 ? <div className="notice bad"><strong>{w.damaged(number(problems.length))}</strong><ul>{problems.map((p, i) => <li key={i}>{p}</li>)}</ul></div>
              : <p className="notice good">{w.whole(number(last.events ?? 0), dateTime(last.finished_at ?? ''))}</p>}
          </div>
        )}
      </Load>
      <Button mt={10} loading={start.isPending} disabled={state.data?.running} onClick={() => start.mutate()}>{w.start}</Button>
    </section>
  );
}

export function Ledger({ mayRead }: { mayRead: boolean }) {
  const t = useT();
  const words = useWords();
  const point = useCheckpoint();
  const size = point.data?.size;
  const events = useQuery({ queryKey: ['events', size], queryFn: ({ signal }) => api.get<EventPage>(`/api/v1/ledger/events?from=${Math.max(0, (size ?? 0) - 50)}&limit=50`, signal), enabled: mayRead && size !== undefined });
  return (
    <>
      <h1>{t.admin.ledger}</h1>
      <Load of={point}>
        {(c) => (
          <section className="card" style={{ marginTop: 18 }}>
            <dl className="facts"><Fact name={t.admin.size}>{number(c.size)}</Fact><Fact name={t.admin.signedAt}>{dateTime(c.at)}</Fact><Fact name={t.admin.root}><span className="mono" style={{ whiteSpace: 'normal' }}>{c.root}</span></Fact></dl>
            <h2 style={{ marginTop: 16 }}>{t.admin.note}</h2><pre className="sheet inset" tabIndex={0}>{c.note}</pre>
            <h2 style={{ marginTop: 16 }}>{t.admin.verifier}</h2><pre className="sheet inset" tabIndex={0}>{c.verifier}</pre>
          </section>
        )}
      </Load>
      {mayRead && <Verify />}
      {mayRead && (
        <section className="section">
          <h2>{t.admin.recent}</h2>
          <Load of={events}>
            {(page) => (
              <div className="tablebox inset" tabIndex={0} role="region" aria-label={t.admin.recent}>
                <table className="plain">
                  <thead><tr><th scope="col" className="num">{t.admin.position}</th><th scope="col">{t.admin.at}</th><th scope="col">{t.admin.type}</th><th scope="col">{t.admin.actor}</th><th scope="col">{t.admin.stream}</th></tr></thead>
                  <tbody>{[...page.items].reverse().map((e) => <tr key={e.id}><td className="num">{number(e.position)}</td><td style={{ whiteSpace: 'nowrap' }}>{dateTime(e.at)}</td><td>{t.events[e.type] ?? words.events[e.type] ?? <span className="mono">{e.type}</span>}</td><td className="mono">{e.actor}</td><td className="mono">{e.stream}</td></tr>)}</tbody>
                </table>
              </div>
            )}
          </Load>
        </section>
      )}
    </>
  );
}
