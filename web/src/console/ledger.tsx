import { Button, TextInput } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api/session';
import type { Checkpoint, EventPage, Follower, ReadPage, Verification } from '../api/types';
import { useT } from '../i18n';
import { Empty, Fact, Load, ProblemNotice, Skeleton } from '../kit/kit';
import { dateTime, number } from '../lib/format';

const fresh = { refetchInterval: 10_000 };

function Followers() {
  const t = useT();
  const followers = useQuery({ queryKey: ['followers'], queryFn: async ({ signal }) => (await api.get<{ items: Follower[] }>('/api/v1/followers', signal)).items, ...fresh });
  return (
    <section className="section">
      <h2>{t.admin.followers}</h2>
      <Load of={followers}>
        {(list) => list.length === 0 ? <Empty title={t.common.nothing} /> : (
          <div className="tablebox inset" tabIndex={0} role="region" aria-label={t.admin.followers}>
            <table className="plain">
              <thead><tr><th scope="col">{t.admin.follower}</th><th scope="col" className="num">{t.admin.position}</th><th scope="col">{t.admin.lag}</th><th scope="col">{t.admin.problem}</th></tr></thead>
              <tbody>{list.map((f) => <tr key={f.name}><td className="mono">{f.name}</td><td className="num">{number(f.position)}</td><td><span className={`state ${f.lag === 0 ? 'good' : 'warn'}`}>{f.lag === 0 ? t.admin.upToDate : t.admin.events(number(f.lag))}</span></td><td>{f.problem ?? '–'}</td></tr>)}</tbody>
            </table>
          </div>
        )}
      </Load>
    </section>
  );
}

export function Health() {
  const t = useT();
  const health = useQuery({ queryKey: ['health'], queryFn: async () => { const answer = await fetch('/healthz'); return { ok: answer.ok }; }, ...fresh });
  const point = useCheckpoint();
  return (
    <>
      <h1>{t.admin.health}</h1>
      <div className="tiles" style={{ marginTop: 18 }}>
        <div className="card tile">{health.data ? <><span className={`state ${health.data.ok ? 'good' : 'bad'}`}>{health.data.ok ? t.admin.healthy : t.admin.failing}</span></> : health.error ? <span className="state bad">{t.admin.failing}</span> : <Skeleton lines={1} />}</div>
        <div className="card tile"><div className="value">{point.data ? number(point.data.size) : '–'}</div><div className="quiet">{t.admin.size}</div></div>
        <div className="card tile"><div className="value" style={{ fontSize: '1.25rem' }}>{point.data ? dateTime(point.data.at) : '–'}</div><div className="quiet">{t.admin.signedAt}</div></div>
      </div>
      <Followers />
    </>
  );
}

const useCheckpoint = () => useQuery({ queryKey: ['checkpoint'], queryFn: ({ signal }) => api.get<Checkpoint>('/api/v1/ledger/checkpoint', signal), ...fresh });

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
                  <tbody>{[...page.items].reverse().map((e) => <tr key={e.id}><td className="num">{number(e.position)}</td><td style={{ whiteSpace: 'nowrap' }}>{dateTime(e.at)}</td><td>{t.events[e.type] ?? <span className="mono">{e.type}</span>}</td><td className="mono">{e.actor}</td><td className="mono">{e.stream}</td></tr>)}</tbody>
                </table>
              </div>
            )}
          </Load>
        </section>
      )}
    </>
  );
}

export function Reads() {
  const t = useT();
  const [subject, setSubject] = useState('');
  const reads = useInfiniteQuery({
    queryKey: ['reads', subject],
    queryFn: ({ pageParam, signal }) => api.get<ReadPage>(`/api/v1/personal-reads?${new URLSearchParams({ ...(subject ? { subject } : {}), ...(pageParam ? { cursor: pageParam } : {}) })}`, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const rows = reads.data?.pages.flatMap((p) => p.items) ?? [];
  return (
    <>
      <h1>{t.admin.reads}</h1>
      <TextInput my={16} maw={420} label={t.admin.subjectFilter} value={subject} onChange={(e) => setSubject(e.currentTarget.value.trim())} />
      {reads.error && !reads.data ? <ProblemNotice error={reads.error} retry={() => void reads.refetch()} /> : reads.isPending ? <Skeleton lines={8} /> : rows.length === 0 ? <Empty title={t.common.nothing} /> : (
        <div className="tablebox inset" tabIndex={0} role="region" aria-label={t.admin.reads}>
          <table className="plain">
            <thead><tr><th scope="col">{t.admin.at}</th><th scope="col">{t.admin.actor}</th><th scope="col">{t.admin.purpose}</th><th scope="col">{t.admin.what}</th><th scope="col">{t.admin.subject}</th></tr></thead>
            <tbody>{rows.map((r, i) => <tr key={i}><td style={{ whiteSpace: 'nowrap' }}>{dateTime(r.at)}</td><td className="mono">{r.actor}</td><td>{r.purpose}</td><td>{r.what}</td><td className="mono">{r.subject}</td></tr>)}</tbody>
          </table>
        </div>
      )}
      {reads.hasNextPage && <Button mt={14} variant="default" loading={reads.isFetchingNextPage} onClick={() => void reads.fetchNextPage()}>{t.common.more}</Button>}
    </>
  );
}
