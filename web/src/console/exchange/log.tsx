// The message log: who, what and when; masked. The address holds what was asked; what a search for a person needs (who,
// and why) stays out of it.
import { Button, Select, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { api } from '../../api/session';
import { useT } from '../../i18n';
import { Empty, ProblemNotice, Skeleton } from '../../kit/kit';
import { addDays, bytes, date, dateTime, number, parseDate } from '../../lib/format';
import { exchangePath, shown, useMay, useNames, type MessageRow } from './api';
import { MessagePage } from './message';
import { State } from './parts';
import { SystemSelect } from './right_form';
import { Usage } from './usage';
import { useLogWords } from './words_log';

interface Page { items: MessageRow[]; next: string | null; behind: number }

export function Log({ at }: { at?: string }) {
  const record = /^record\/(\d+)$/.exec(at ?? '')?.[1];
  if (record) return <MessagePage number={record} />;
  return <Tabs at={at} />;
}

/** A search for a person: of one address, so that another search is not for that person, too. */
interface Sought { at: string; user: string; purpose: string }

function Tabs({ at }: { at?: string }) {
  const w = useLogWords().log;
  const [sought, setSought] = useState<Sought | null>(null);
  const usage = at === 'usage';
  return (
    <>
      <h1>{w.title}</h1>
      <p className="lead">{w.lead}</p>
      <nav className="subnav" aria-label={w.title}>
        <Link activeOptions={{ exact: true }} to="/console" search={{ section: 'exchange-log' }} aria-current={usage ? undefined : 'page'}>{w.tabs.search}</Link>
        <Link activeOptions={{ exact: true }} to="/console" search={{ section: 'exchange-log', at: 'usage' }} aria-current={usage ? 'page' : undefined}>{w.tabs.usage}</Link>
      </nav>
      {usage ? <Usage /> : <Search key={at} asked={new URLSearchParams(at ?? '')} sought={sought?.at === (at ?? '') ? sought : null} seek={setSought} />}
    </>
  );
}

const midnight = (day: string) => `${day}T00:00:00+07:00`;

function Search({ asked, sought, seek }: { asked: URLSearchParams; sought: Sought | null; seek: (person: Sought | null) => void }) {
  const t = useT();
  const w = useLogWords().log;
  const may = useMay();
  const go = useNavigate();
  const said = (name: string) => asked.get(name) ?? '';
  const [v, setV] = useState({ client: said('client') || null, provider: said('provider') || null, service: said('service'), message_id: said('message_id'), from: date(said('from')), to: date(said('to')), succeeded: said('succeeded') || null });
  const [person, setPerson] = useState({ user: sought?.user ?? '', purpose: sought?.purpose ?? '' });
  const [judged, setJudged] = useState(false);
  const set = (patch: Partial<typeof v>) => setV({ ...v, ...patch });
  const days = { from: v.from.trim() ? parseDate(v.from) : undefined, to: v.to.trim() ? parseDate(v.to) : undefined };
  const wrong = {
    from: days.from === null ? w.badDay : undefined, to: days.to === null ? w.badDay : days.from && days.to && days.to < days.from ? w.order : undefined,
    purpose: person.user.trim() && (person.purpose.trim().length < 5 || person.purpose.trim().length > 300) ? w.purposeShort : undefined,
  };
  const query = new URLSearchParams([...asked].map(([k, x]) => (k === 'from' ? [k, midnight(x)] : k === 'to' ? [k, midnight(addDays(x, 1))] : [k, x])));
  if (sought) { query.set('user_id', sought.user); query.set('purpose', sought.purpose); }
  // Who acts for a member of his own alone names it first.
  const may_ask = may.registers || may.audits || asked.has('client') || asked.has('provider');
  const found = useInfiniteQuery({
    queryKey: ['exchange', 'messages', query.toString()],
    queryFn: ({ pageParam, signal }) => api.get<Page>(exchangePath(`messages?${new URLSearchParams([...query, ...(pageParam ? [['cursor', pageParam] as [string, string]] : [])])}`), signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    enabled: may_ask,
    // Each search for a person is a line of the log of reads: it is not repeated by itself.
    staleTime: sought ? Infinity : 15_000,
    refetchOnWindowFocus: sought === null,
    refetchInterval: (q) => (sought ? false : (q.state.data?.pages[0]?.behind ?? 0) > 0 ? 2_000 : 30_000),
  });
  const submit = (e: FormEvent) => {
    e.preventDefault();
    setJudged(true);
    if (Object.values(wrong).some(Boolean)) return;
    const next = new URLSearchParams(Object.entries({ client: v.client, provider: v.provider, service: v.service.trim(), message_id: v.message_id.trim(), from: days.from, to: days.to, succeeded: v.succeeded }).filter((x): x is [string, string] => Boolean(x[1]))).toString();
    const seeks = person.user.trim() ? { at: next, user: person.user.trim(), purpose: person.purpose.trim() } : null;
    seek(seeks);
    if (next !== asked.toString()) void go({ to: '/console', search: { section: 'exchange-log', at: next || undefined } });
    else if (!seeks) void found.refetch();
  };
  const rows = found.data?.pages.flatMap((p) => p.items) ?? [];
  const behind = found.data?.pages[0]?.behind ?? 0;
  return (
    <>
      <form className="card exform" noValidate onSubmit={submit}>
        <SystemSelect label={w.client} value={v.client} onChange={(client) => set({ client })} />
        <SystemSelect label={w.provider} value={v.provider} onChange={(provider) => set({ provider })} />
        <TextInput label={w.messageId} value={v.message_id} onChange={(e) => set({ message_id: e.currentTarget.value })} autoCapitalize="none" spellCheck={false} />
        <TextInput label={w.service} value={v.service} onChange={(e) => set({ service: e.currentTarget.value })} autoCapitalize="none" spellCheck={false} />
        <TextInput label={w.from} placeholder="dd/MM/yyyy" inputMode="numeric" value={v.from} onChange={(e) => set({ from: e.currentTarget.value })} error={judged ? wrong.from : undefined} />
        <TextInput label={w.to} placeholder="dd/MM/yyyy" inputMode="numeric" value={v.to} onChange={(e) => set({ to: e.currentTarget.value })} error={judged ? wrong.to : undefined} />
        <Select label={w.outcome} data={[{ value: 'true', label: w.good }, { value: 'false', label: w.bad }]} value={v.succeeded} onChange={(succeeded) => set({ succeeded })} placeholder={w.any} clearable clearButtonProps={{ 'aria-label': t.common.remove }} />
        {may.connects && (
          <details className="wide" open={sought !== null || undefined}><summary>{w.more}</summary>
            <div className="exform" style={{ marginTop: 10 }}>
              <TextInput label={w.user} description={w.userHint} value={person.user} onChange={(e) => setPerson({ ...person, user: e.currentTarget.value })} autoCapitalize="none" spellCheck={false} />
              <TextInput label={w.purpose} value={person.purpose} onChange={(e) => setPerson({ ...person, purpose: e.currentTarget.value })} error={judged ? wrong.purpose : undefined} maxLength={300} />
            </div>
          </details>
        )}
        <div className="acts"><Button type="submit" loading={found.isFetching && !found.isPending && !found.isFetchingNextPage}>{w.find}</Button>{asked.size > 0 && <Button variant="default" onClick={() => void go({ to: '/console', search: { section: 'exchange-log' } })}>{w.clear}</Button>}</div>
      </form>
      <div className="section">
        {behind > 0 && <p className="quiet" role="status">{w.behind(number(behind))}</p>}
        {!may_ask ? <div className="card"><Empty title={w.ownOnly} /></div> : found.error && !found.data ? <ProblemNotice error={found.error} retry={() => void found.refetch()} /> : found.isPending ? <Skeleton lines={6} /> : rows.length === 0 ? <div className="card"><Empty title={w.none}>{w.noneText}</Empty></div> : <Rows rows={rows} />}
        {found.hasNextPage && <Button mt={14} variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>{t.common.more}</Button>}
      </div>
    </>
  );
}

export const Outcome = ({ of: m }: { of: Pick<MessageRow, 'direction' | 'succeeded' | 'status' | 'fault_code'> }) => {
  const w = useLogWords().log;
  if (m.direction === 'request' && m.succeeded) return <State tone="">{w.noAnswer}</State>;
  return <><State tone={m.succeeded ? 'good' : 'bad'}>{m.succeeded ? w.good : w.bad}</State>{m.status !== null && <span className="quiet"> {m.status}</span>}{m.fault_code && <div className="exid quiet">{m.fault_code}</div>}</>;
};

function Rows({ rows }: { rows: MessageRow[] }) {
  const w = useLogWords().log;
  const names = useNames();
  const provider = (id: string) => id.split('/').slice(0, 4).join('/');
  return (
    <div className="tablebox inset" tabIndex={0} role="region" aria-label={w.title}>
      <table className="plain">
        <thead><tr><th scope="col">{w.at}</th><th scope="col">{w.what}</th><th scope="col">{w.who}</th><th scope="col">{w.result}</th></tr></thead>
        <tbody>{rows.map((m) => (
          <tr key={m.number}>
            <td className="when">{dateTime(m.at)}<div className="quiet">{w.side[m.side]}</div></td>
            <td><Link to="/console" search={{ section: 'exchange-log', at: `record/${m.number}` }} aria-label={`${w.open} ${m.number}: ${m.direction === 'request' ? w.request : w.response} ${m.message_id}`}>{m.direction === 'request' ? w.request : w.response}</Link> <span className="quiet">{shown(m.service.split('/').slice(4).join('/'))}</span><div className="exid quiet">{m.message_id}</div>{m.body_bytes > 0 && <div className="quiet">{bytes(m.body_bytes)}</div>}</td>
            <td>{names(m.client) ?? <span className="exid">{shown(m.client)}</span>}<div><span aria-hidden>→</span> {names(provider(m.service)) ?? <span className="exid">{shown(provider(m.service))}</span>}</div>{m.user_id && <div className="quiet">{m.user_id}</div>}</td>
            <td><Outcome of={m} /></td>
          </tr>
        ))}</tbody>
      </table>
    </div>
  );
}
