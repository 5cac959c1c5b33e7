// Requests: who asked, what changes, approved or refused with a reason by another person.
import { Button, Modal, Select, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, useAccount } from '../../api/session';
import type { Account } from '../../api/types';
import { useT } from '../../i18n';
import { Empty, Fact, Load, ProblemNotice, Skeleton } from '../../kit/kit';
import { date, dateTime } from '../../lib/format';
import { Ask } from '../parts';
import { exchangePath, shown, useMay, useNames, useServices, type Request } from './api';
import { Id, State, type Tone } from './parts';
import { Endpoints } from './registry';
import { RequestForm } from './request_form';
import { useWords } from './words';
import { useWorkWords } from './words_work';

const tones: Record<Request['state'], Tone> = { open: 'accent', approved: 'good', refused: 'bad', withdrawn: '' };
const states = ['open', 'approved', 'refused', 'withdrawn'] as const;
interface Page { items: Request[]; next: string | null }

/** Who stands behind a label of an actor; names are known to administrators alone. */
function useWho(): (label: string | null) => string {
  const w = useWorkWords().requests;
  const account = useAccount();
  const { registers } = useMay();
  const { data } = useQuery({ queryKey: ['accounts', 'names'], queryFn: async ({ signal }) => (await api.get<{ items: Account[] }>('/api/v1/accounts?limit=200', signal)).items, enabled: registers, staleTime: 300_000 });
  return (label) => {
    if (!label) return '';
    const id = label.slice(label.indexOf(':') + 1);
    if (label.startsWith('system')) return w.program;
    return id === account.account ? w.me : (data?.find((a) => a.account === id)?.name ?? w.someone);
  };
}

export function Requests() {
  const t = useT();
  const w = useWorkWords().requests;
  const [making, setMaking] = useState(false);
  const [state, setState] = useState<string>('open');
  const found = useInfiniteQuery({
    queryKey: ['exchange', 'requests', state],
    queryFn: ({ pageParam, signal }) => api.get<Page>(exchangePath(`requests?${new URLSearchParams({ ...(state === 'all' ? {} : { state }), ...(pageParam ? { cursor: pageParam } : {}) })}`), signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: 15_000,
  });
  const rows = found.data?.pages.flatMap((p) => p.items) ?? [];
  return (
    <>
      <div className="row spread"><h1>{w.title}</h1><Button onClick={() => setMaking(true)}>{w.make}</Button></div>
      <p className="lead">{w.lead}</p>
      <Select className="exfilter" label={w.show} data={[...states.map((s) => ({ value: s as string, label: w.states[s] })), { value: 'all', label: t.common.all }]} value={state} onChange={(v) => setState(v ?? 'open')} allowDeselect={false} />
      {found.error && !found.data ? <ProblemNotice error={found.error} retry={() => void found.refetch()} /> : found.isPending ? <Skeleton lines={6} /> : rows.length === 0 ? <div className="card"><Empty title={w.none}>{w.noneText}</Empty></div> : <div className="stack">{rows.map((r) => <One key={r.request} request={r} />)}</div>}
      {found.hasNextPage && <Button mt={14} variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>{t.common.more}</Button>}
      <Modal opened={making} onClose={() => setMaking(false)} size="lg" title={w.make} closeButtonProps={{ 'aria-label': t.common.close }}><RequestForm done={() => setMaking(false)} /></Modal>
    </>
  );
}

function One({ request: r }: { request: Request }) {
  const t = useT();
  const w = useWorkWords().requests;
  const account = useAccount();
  const who = useWho();
  const client = useQueryClient();
  const [asking, setAsking] = useState<'approval' | 'refusal' | 'withdrawal' | null>(null);
  const [reason, setReason] = useState('');
  const own = r.requested_by.endsWith(account.account);
  const decide = useMutation({
    mutationFn: (what: 'approval' | 'refusal' | 'withdrawal') => api.send({ path: exchangePath(`requests/${r.request}/${what}`), method: 'POST', ...(what === 'refusal' ? { body: { reason: reason.trim() } } : {}) }),
    onSuccess: (_, what) => { setAsking(null); notifications.show({ message: what === 'approval' ? w.approved : what === 'refusal' ? w.refused : w.withdrawn, withCloseButton: false }); void client.invalidateQueries({ queryKey: ['exchange'] }); },
  });
  const ask = (what: typeof asking) => { decide.reset(); setReason(''); setAsking(what); };
  return (
    <section className="card" data-request={r.request}>
      <div className="reqhead"><h2><What request={r} /></h2><State tone={tones[r.state]}>{w.states[r.state]}</State></div>
      <p className="quiet" style={{ margin: '2px 0 10px' }}>{w.kinds[r.kind]} · {w.asked(who(r.requested_by), dateTime(r.requested_at))}{r.decided_at && r.state !== 'withdrawn' && <> · {w.decided(who(r.decided_by), dateTime(r.decided_at))}</>}</p>
      <Changes request={r} />
      {r.note && <p style={{ margin: '10px 0 0' }}><span className="quiet">{w.note}:</span> {r.note}</p>}
      {r.reason && <div className="notice bad" style={{ marginTop: 10 }}><strong>{w.refuseReason}</strong>{r.reason}</div>}
      {r.state === 'open' && (
        <div className="row" style={{ marginTop: 14 }}>
          {own ? <><Button variant="default" onClick={() => ask('withdrawal')}>{w.withdraw}</Button><span className="quiet">{w.own}</span></> : <><Button onClick={() => ask('approval')}>{w.approve}</Button><Button variant="default" onClick={() => ask('refusal')}>{w.refuse}</Button></>}
        </div>
      )}
      <Ask open={asking === 'approval'} title={w.approveTitle} act={w.approve} busy={decide.isPending} error={decide.error} onAct={() => decide.mutate('approval')} onClose={() => setAsking(null)}><p style={{ margin: 0 }}>{w.approveText}</p></Ask>
      <Ask open={asking === 'withdrawal'} title={w.withdrawTitle} act={w.withdraw} busy={decide.isPending} error={decide.error} onAct={() => decide.mutate('withdrawal')} onClose={() => setAsking(null)}><p style={{ margin: 0 }}>{w.withdrawText}</p></Ask>
      <Modal opened={asking === 'refusal'} onClose={() => setAsking(null)} title={w.refuseTitle} closeButtonProps={{ 'aria-label': t.common.close }}>
        <form className="stack" onSubmit={(e) => { e.preventDefault(); if (reason.trim()) decide.mutate('refusal'); }}>
          {decide.error && <ProblemNotice error={decide.error} focus />}
          <Textarea label={w.refuseReason} description={w.refuseHint} autosize minRows={2} value={reason} onChange={(e) => setReason(e.currentTarget.value)} maxLength={1000} data-autofocus />
          <div className="row" style={{ justifyContent: 'flex-end' }}><Button variant="default" onClick={() => setAsking(null)}>{t.common.cancel}</Button><Button type="submit" color="red" disabled={!reason.trim()} loading={decide.isPending}>{w.refuse}</Button></div>
        </form>
      </Modal>
    </section>
  );
}

/** A request in a few words. */
function What({ request: r }: { request: Request }) {
  const w = useWorkWords().requests;
  const names = useNames();
  const b = r.body;
  if (r.kind === 'subsystem' && 'member' in b) return <>{w.newSubsystem}: {b.name}</>;
  if (r.kind === 'service' && 'provider' in b) return <>{w.kinds.service}: {b.title || b.code || (names(b.provider) ?? shown(b.provider))}</>;
  if ('service' in b) return <>{b.subject ? (names(b.subject) ?? shown(b.subject)) : b.group} → {shown(b.service.split('/').slice(3).join('/'))}</>;
  return <>{w.kinds[r.kind]}</>;
}

function Changes({ request: r }: { request: Request }) {
  const w = useWorkWords();
  const c = useWords().common;
  const names = useNames();
  const b = r.body;
  if (r.kind === 'subsystem' && 'member' in b)
    return <dl className="facts"><Fact name={w.requests.of}>{names(b.member) ?? shown(b.member)}</Fact><Fact name={c.id}><Id id={`${b.member}/${b.code}`} /></Fact>{b.description && <Fact name={w.requests.form.description}>{b.description}</Fact>}{b.contact && <Fact name={w.catalogue.contact}>{b.contact}</Fact>}{b.from && <Fact name={c.from}>{date(b.from)}</Fact>}</dl>;
  if (r.kind === 'service' && 'provider' in b) return <ServiceChanges request={r} />;
  if ('service' in b)
    return (
      <dl className="facts">
        <Fact name={w.rights.who}>{b.subject ? <Id id={b.subject} name={names(b.subject)} /> : `${w.rights.group} ${b.group ?? ''}`}</Fact>
        <Fact name={c.service}><Id id={b.service} /></Fact>
        <Fact name={w.rights.may}><span className="verb">{!b.method || b.method === '*' ? c.any : b.method}</span><span className="exid">{b.path ?? '**'}</span></Fact>
        <Fact name={w.rights.when}>{date(b.from ?? null) || dateTime(r.requested_at).slice(6)} – {b.to ? date(b.to) : c.noEnd}</Fact>
        <Fact name={c.basis}>{b.basis}</Fact>
      </dl>
    );
  return null;
}

function ServiceChanges({ request: r }: { request: Request }) {
  const w = useWorkWords().requests;
  const c = useWords().common;
  const names = useNames();
  const services = useServices();
  const [open, setOpen] = useState(false);
  const whole = useQuery({ queryKey: ['exchange', 'request', r.request], queryFn: ({ signal }) => api.get<Request>(exchangePath(`requests/${r.request}`), signal), enabled: open });
  const b = r.body;
  if (!('provider' in b)) return null;
  const now = b.code ? services.data?.find((s) => s.provider === b.provider && s.code === b.code) : undefined;
  return (
    <>
      <dl className="facts">
        <Fact name={w.changes}>{r.state !== 'open' ? w.kinds.service : now ? w.changedService : w.newService}</Fact>
        <Fact name={c.provider}><Id id={b.provider} name={names(b.provider)} /></Fact>
        <Fact name={w.form.type}>{w.form.types[b.type]}</Fact>
        {b.code && <Fact name={w.form.serviceCode}>{b.code}</Fact>}
        {b.description && <Fact name={w.form.description}>{b.description}</Fact>}
        {b.endpoints && b.endpoints.length > 0 && <Fact name={w.form.endpoints}><Endpoints of={b.endpoints} /></Fact>}
        {now && r.state === 'open' && <Fact name={w.endpointsNow}><Endpoints of={now.endpoints} /></Fact>}
      </dl>
      {b.type !== 'REST' && (
        <details onToggle={(e) => setOpen(e.currentTarget.open)}><summary className="quiet">{w.showDocument}</summary>{open && <Load of={whole} lines={3}>{(x) => <pre className="answer" tabIndex={0} lang="en">{'document' in x.body ? x.body.document : ''}</pre>}</Load>}</details>
      )}
    </>
  );
}
