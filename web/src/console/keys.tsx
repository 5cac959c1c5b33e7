// API keys of machine accounts: who has which, when it was last used; made (the secret shown once), revoked.
import { Button, Modal, Select, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { api } from '../api/session';
import type { Account, ApiKey } from '../api/types';
import { useT } from '../i18n';
import { Empty, ProblemNotice, Skeleton } from '../kit/kit';
import { addDays, date, dateTime, parseDate } from '../lib/format';
import { localDate } from '../lib/working_time';
import { Ask, Secret } from './parts';
import { useWords } from './words';

interface Page { items: ApiKey[]; next: string | null }
const state = (k: ApiKey): 'live' | 'revoked' | 'ended' => (k.revoked_at ? 'revoked' : k.expires_at && Date.parse(k.expires_at) <= Date.now() ? 'ended' : 'live');

export function Keys({ login }: { login?: string }) {
  const t = useT();
  const w = useWords().keys;
  const client = useQueryClient();
  const [making, setMaking] = useState(false);
  const [asked, setAsked] = useState<ApiKey | null>(null);
  const query = (cursor: string) => new URLSearchParams({ ...(login ? { login } : {}), ...(cursor ? { cursor } : {}) }).toString();
  const keys = useInfiniteQuery({ queryKey: ['keys', login ?? ''], queryFn: ({ pageParam, signal }) => api.get<Page>(`/api/v1/keys?${query(pageParam)}`, signal), initialPageParam: '', getNextPageParam: (p) => p.next ?? undefined });
  const rows = keys.data?.pages.flatMap((p) => p.items) ?? [];
  const revoke = useMutation({
    mutationFn: (id: string) => api.send({ path: `/api/v1/keys/${id}`, method: 'DELETE' }),
    onSuccess: () => { setAsked(null); notifications.show({ message: w.revoked, withCloseButton: false }); void client.invalidateQueries({ queryKey: ['keys'] }); },
  });
  return (
    <>
      <div className="row spread"><h1>{w.nav}</h1><Button onClick={() => setMaking(true)}>{w.make}</Button></div>
      <p className="lead">{w.lead}</p>
      {login && <p>{w.only(login)} <Link to="/console" search={{ section: 'keys' }}>{w.all}</Link></p>}
      {keys.error && !keys.data ? <ProblemNotice error={keys.error} retry={() => void keys.refetch()} /> : keys.isPending ? <Skeleton lines={6} /> : rows.length === 0 ? <div className="card"><Empty title={w.none}>{w.noneText}</Empty></div> : (
        <div className="tablebox inset" tabIndex={0} role="region" aria-label={w.nav}>
          <table className="plain">
            <thead><tr><th scope="col">{w.system}</th><th scope="col">{w.label}</th><th scope="col">{t.admin.state}</th><th scope="col">{w.lastUsed}</th><th scope="col">{w.expires}</th><th scope="col">{w.created}</th><td /></tr></thead>
            <tbody>{rows.map((k) => (
              <tr key={k.id} data-key={k.label}>
                <td>{k.name}<div className="quiet mono">{k.login}</div></td>
                <td>{k.label}<div className="quiet mono">hlk_{k.id}_…</div></td>
                <td><span className={`state ${state(k) === 'live' ? 'good' : ''}`}>{w.states[state(k)]}</span>{k.revoked_at && <div className="quiet">{dateTime(k.revoked_at)}</div>}</td>
                <td className="when">{dateTime(k.last_used_at) || <span className="quiet">{w.unused}</span>}</td>
                <td className="when">{k.expires_at ? date(addDays(localDate(Date.parse(k.expires_at)), -1)) : <span className="quiet">{w.noEnd}</span>}</td>
                <td className="when">{dateTime(k.created_at)}</td>
                <td className="num">{state(k) !== 'revoked' && <Button size="xs" variant="default" aria-label={`${w.revoke}: ${k.label}`} onClick={() => { revoke.reset(); setAsked(k); }}>{w.revoke}</Button>}</td>
              </tr>
            ))}</tbody>
          </table>
        </div>
      )}
      {keys.hasNextPage && <Button mt={14} variant="default" loading={keys.isFetchingNextPage} onClick={() => void keys.fetchNextPage()}>{t.common.more}</Button>}
      <Modal opened={making} onClose={() => setMaking(false)} size="lg" title={w.make} closeButtonProps={{ 'aria-label': t.common.close }}>
        <Make login={login} />
      </Modal>
      <Ask open={asked !== null} title={w.revokeTitle} act={w.revoke} danger busy={revoke.isPending} error={revoke.error} onAct={() => asked && revoke.mutate(asked.id)} onClose={() => setAsked(null)}>
        <p style={{ margin: 0 }}>{asked && w.revokeText(asked.label, asked.name)}</p>
      </Ask>
    </>
  );
}

function Make({ login }: { login?: string }) {
  const t = useT();
  const w = useWords().keys;
  const client = useQueryClient();
  const machines = useQuery({
    queryKey: ['accounts', 'machines'],
    queryFn: async ({ signal }) => {
      const all: Account[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: { items: Account[]; next: string | null } = await api.get(`/api/v1/accounts?${new URLSearchParams({ kind: 'machine', ...(cursor ? { cursor } : {}) })}`, signal);
        all.push(...page.items.filter((a) => a.state !== 'closed'));
        cursor = page.next;
      }
      return all;
    },
  });
  const [system, setSystem] = useState<string | null>(login ?? null);
  const [label, setLabel] = useState('');
  const [until, setUntil] = useState('');
  const [judged, setJudged] = useState(false);
  const last = until.trim() ? parseDate(until) : null;
  const today = localDate(Date.now());
  const wrong = { system: !system ? t.common.required : undefined, label: !label.trim() ? t.common.required : undefined, until: !until.trim() ? undefined : !last ? t.actions.badDate : last < today ? w.past : undefined };
  const make = useMutation({
    mutationFn: async () => (await api.send<{ key: string }>({ path: `/api/v1/accounts/${encodeURIComponent(system ?? '')}/keys`, method: 'POST', body: { label: label.trim(), ...(last ? { expires: `${addDays(last, 1)}T00:00:00+07:00` } : {}) } })).data,
    onSuccess: () => void client.invalidateQueries({ queryKey: ['keys'] }),
  });
  if (make.data) return <Secret title={w.shown} value={make.data.key} />;
  const submit = (e: FormEvent) => { e.preventDefault(); setJudged(true); if (Object.values(wrong).every((x) => !x)) make.mutate(); };
  if (machines.data?.length === 0) return <div className="notice warn">{w.noSystems}</div>;
  return (
    <form className="stack" noValidate onSubmit={submit}>
      {(make.error || machines.error) && <ProblemNotice error={make.error ?? machines.error} focus />}
      <Select label={w.system} data={(machines.data ?? []).map((a) => ({ value: a.login, label: `${a.name} (${a.login})` }))} value={system} onChange={setSystem} searchable openOnFocus={false} allowDeselect={false} error={judged ? wrong.system : undefined} data-autofocus />
      <TextInput label={w.label} value={label} onChange={(e) => setLabel(e.currentTarget.value)} error={judged ? wrong.label : undefined} maxLength={200} />
      <TextInput label={`${w.expires} (${t.common.optional})`} description={w.expiresHint} placeholder="dd/MM/yyyy" inputMode="numeric" value={until} onChange={(e) => setUntil(e.currentTarget.value)} error={judged ? wrong.until : undefined} />
      <Button type="submit" loading={make.isPending}>{w.make}</Button>
    </form>
  );
}
