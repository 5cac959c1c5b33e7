import { Button, CopyButton, Modal, Select, TextInput } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState, type FormEvent } from 'react';
import { newKey } from '../api/client';
import { useAgencies } from '../api/queries';
import { api } from '../api/session';
import type { Account, Grant } from '../api/types';
import { useT } from '../i18n';
import { Empty, ProblemNotice, Skeleton, useTitle } from '../kit/kit';
import { date, dateTime, parseDate } from '../lib/format';

interface Page { items: Account[]; next: string | null }
const roles = ['clerk', 'handler', 'approver', 'head', 'administrator', 'auditor', 'integrator'] as const;

export function Accounts() {
  const t = useT();
  useTitle(t.admin.accounts);
  const [open, setOpen] = useState<Account | 'new' | null>(null);
  const accounts = useInfiniteQuery({ queryKey: ['accounts'], queryFn: ({ pageParam, signal }) => api.get<Page>(`/api/v1/accounts${pageParam ? `?cursor=${encodeURIComponent(pageParam)}` : ''}`, signal), initialPageParam: '', getNextPageParam: (p) => p.next ?? undefined });
  const rows = accounts.data?.pages.flatMap((p) => p.items) ?? [];
  const shown = open && open !== 'new' ? (rows.find((r) => r.login === open.login) ?? open) : null;
  return (
    <>
      <div className="row" style={{ justifyContent: 'space-between', marginBottom: 16 }}><h1>{t.admin.accounts}</h1><Button onClick={() => setOpen('new')}>{t.admin.newAccount}</Button></div>
      {accounts.error && !accounts.data ? <ProblemNotice error={accounts.error} retry={() => void accounts.refetch()} /> : accounts.isPending ? <Skeleton lines={8} /> : rows.length === 0 ? <Empty title={t.common.nothing} /> : (
        <div className="tablebox inset" tabIndex={0} role="region" aria-label={t.admin.accounts}>
          <table className="plain">
            <thead><tr><th scope="col">{t.session.login}</th><th scope="col">{t.admin.name}</th><th scope="col">{t.admin.kind}</th><th scope="col">{t.admin.state}</th><th scope="col">{t.admin.grants}</th><th scope="col">{t.admin.lastSeen}</th></tr></thead>
            <tbody>{rows.map((a) => (
              <tr key={a.account}>
                <td><button type="button" className="linkish" onClick={() => setOpen(a)}>{a.login}</button></td><td>{a.name}</td><td>{t.admin.kinds[a.kind]}</td>
                <td><span className={`state ${a.state === 'active' ? 'good' : a.state === 'locked' ? 'warn' : ''}`}>{t.admin.accountStates[a.state]}</span></td>
                <td>{[...new Set(a.grants.map((g) => t.roles[g.role]))].join(', ') || '–'}</td><td style={{ whiteSpace: 'nowrap' }}>{dateTime(a.last_seen) || t.admin.never}</td>
              </tr>
            ))}</tbody>
          </table>
        </div>
      )}
      {accounts.hasNextPage && <Button mt={14} variant="default" loading={accounts.isFetchingNextPage} onClick={() => void accounts.fetchNextPage()}>{t.common.more}</Button>}
      <Modal opened={open !== null} onClose={() => setOpen(null)} size="lg" title={open === 'new' ? t.admin.newAccount : shown?.name} closeButtonProps={{ 'aria-label': t.common.close }}>
        {open === 'new' ? <NewAccount /> : shown ? <One account={shown} /> : null}
      </Modal>
    </>
  );
}

function Secret({ title, value }: { title: string; value: string }) {
  const t = useT();
  return <div className="notice good" role="status"><strong>{title}</strong><div className="row"><span className="mono" style={{ fontSize: '1.125rem' }}>{value}</span><CopyButton value={value}>{({ copied, copy }) => <Button size="xs" variant="default" onClick={copy}>{copied ? t.common.copied : t.common.copy}</Button>}</CopyButton></div></div>;
}

function NewAccount() {
  const t = useT();
  const client = useQueryClient();
  const [login, setLogin] = useState('');
  const [name, setName] = useState('');
  const [kind, setKind] = useState('officer');
  const [officer, setOfficer] = useState('');
  const make = useMutation({
    mutationFn: async () => (await api.send<{ account: string; one_time_password: string | null }>({ path: '/api/v1/accounts', method: 'POST', body: { login: login.trim(), name: name.trim(), kind, ...(officer.trim() ? { officer: officer.trim() } : {}) } })).data,
    onSuccess: () => void client.invalidateQueries({ queryKey: ['accounts'] }),
  });
  if (make.data) return make.data.one_time_password ? <Secret title={t.admin.passwordShown} value={make.data.one_time_password} /> : <div className="notice good" role="status">{login}</div>;
  return (
    <form className="stack" onSubmit={(e: FormEvent) => { e.preventDefault(); make.mutate(); }}>
      {make.error && <ProblemNotice error={make.error} focus />}
      <TextInput label={t.session.login} value={login} onChange={(e) => setLogin(e.currentTarget.value)} required withAsterisk={false} data-autofocus autoCapitalize="none" />
      <TextInput label={t.admin.name} value={name} onChange={(e) => setName(e.currentTarget.value)} required withAsterisk={false} />
      <Select label={t.admin.kind} data={[{ value: 'officer', label: t.admin.kinds.officer }, { value: 'machine', label: t.admin.kinds.machine }]} value={kind} onChange={(v) => setKind(v ?? 'officer')} allowDeselect={false} />
      {kind === 'officer' && <TextInput label={`${t.admin.officer} (${t.common.optional})`} value={officer} onChange={(e) => setOfficer(e.currentTarget.value)} />}
      <Button type="submit" loading={make.isPending}>{t.admin.create}</Button>
    </form>
  );
}

function One({ account }: { account: Account }) {
  const t = useT();
  const client = useQueryClient();
  const agencies = useAgencies().data ?? [];
  const [role, setRole] = useState<string>('clerk');
  const [agency, setAgency] = useState<string | null>(null);
  const [until, setUntil] = useState('');
  const [reason, setReason] = useState('');
  const [label, setLabel] = useState('');
  const key = useRef(newKey());
  const act = useMutation({
    mutationFn: async ({ what, body }: { what: string; body?: unknown }) => (await api.send<{ key?: string } | undefined>({ path: `/api/v1/accounts/${encodeURIComponent(account.login)}/${what}`, method: 'POST', body, key: key.current })).data,
    onSettled: () => { key.current = newKey(); void client.invalidateQueries({ queryKey: ['accounts'] }); },
  });
  const agencyName = (id: string | null) => (id === null ? t.admin.wholeInstallation : (agencies.find((a) => a.id === id)?.name ?? id));
  const to = until ? parseDate(until, new Date().getFullYear()) : null;
  const revoke = (g: Grant) => act.mutate({ what: 'revocations', body: { role: g.role, agency: g.agency } });
  return (
    <div className="stack">
      {act.error && <ProblemNotice error={act.error} focus />}
      {act.data?.key && <Secret title={t.admin.keyShown} value={act.data.key} />}
      <p style={{ margin: 0 }} className="quiet"><span className="mono">{account.login}</span> · {t.admin.kinds[account.kind]} · {account.second_factor ? t.admin.factorYes : t.admin.factorNo}</p>
      <h3>{t.admin.grants}</h3>
      {account.grants.length === 0 && <p className="quiet">{t.common.none}</p>}
      {account.grants.map((g, i) => <div className="row" key={i} style={{ justifyContent: 'space-between' }}><span>{t.roles[g.role]} · {agencyName(g.agency)} <span className="quiet">{t.admin.since.toLowerCase()} {date(g.from)}{g.to ? ` – ${date(g.to)}` : ''}</span></span><Button size="xs" variant="default" onClick={() => revoke(g)}>{t.admin.revoke}</Button></div>)}
      <form className="row" style={{ alignItems: 'flex-end' }} onSubmit={(e) => { e.preventDefault(); act.mutate({ what: 'grants', body: { role, agency, ...(to ? { to } : {}) } }); }}>
        <Select label={t.admin.role} data={roles.map((r) => ({ value: r, label: t.roles[r] }))} value={role} onChange={(v) => setRole(v ?? 'clerk')} allowDeselect={false} w={170} />
        <Select label={t.queue.agencyLabel} data={agencies.map((a) => ({ value: a.id, label: a.name }))} value={agency} onChange={setAgency} searchable clearable placeholder={t.admin.wholeInstallation} clearButtonProps={{ 'aria-label': t.common.remove }} style={{ flex: 1, minWidth: 200 }} />
        <TextInput label={t.admin.to} placeholder="dd/MM/yyyy" value={until} onChange={(e) => setUntil(e.currentTarget.value)} error={until && !to ? t.actions.badDate : undefined} w={130} />
        <Button type="submit" loading={act.isPending}>{t.admin.grant}</Button>
      </form>
      {account.kind === 'machine' && <form className="row" style={{ alignItems: 'flex-end' }} onSubmit={(e) => { e.preventDefault(); act.mutate({ what: 'keys', body: { label } }); }}><TextInput label={t.admin.keyLabel} value={label} onChange={(e) => setLabel(e.currentTarget.value)} required withAsterisk={false} style={{ flex: 1 }} /><Button type="submit" variant="default">{t.admin.key}</Button></form>}
      {account.state === 'active' ? (
        <form className="row" style={{ alignItems: 'flex-end' }} onSubmit={(e) => { e.preventDefault(); act.mutate({ what: 'closing', body: { reason } }); }}><TextInput label={t.admin.closeReason} value={reason} onChange={(e) => setReason(e.currentTarget.value)} required withAsterisk={false} style={{ flex: 1 }} /><Button type="submit" color="red" variant="outline">{t.admin.closing}</Button></form>
      ) : <Button variant="default" onClick={() => act.mutate({ what: 'reopening' })}>{t.admin.reopening}</Button>}
    </div>
  );
}
