// Accounts of officers, machines and citizens; one is opened in a dialog (account.tsx).
import { Button, Modal, Select, TextInput } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { api } from '../api/session';
import type { Account } from '../api/types';
import { useT } from '../i18n';
import { Empty, ProblemNotice, Skeleton, useTitle } from '../kit/kit';
import { dateTime } from '../lib/format';
import { standing } from '../lib/rights';
import { localDate } from '../lib/working_time';
import { OneAccount } from './account';
import { Secret } from './parts';
import { useWords } from './words';

interface Page { items: Account[]; next: string | null }
const kinds = ['officer', 'machine', 'citizen'] as const;

export function Accounts() {
  const t = useT();
  const w = useWords();
  useTitle(t.admin.accounts);
  const [kind, setKind] = useState('');
  const today = localDate(Date.now());
  const [open, setOpen] = useState<Account | 'new' | null>(null);
  const accounts = useInfiniteQuery({ queryKey: ['accounts', kind], queryFn: ({ pageParam, signal }) => api.get<Page>(`/api/v1/accounts?${new URLSearchParams({ ...(kind ? { kind } : {}), ...(pageParam ? { cursor: pageParam } : {}) })}`, signal), initialPageParam: '', getNextPageParam: (p) => p.next ?? undefined });
  const rows = accounts.data?.pages.flatMap((p) => p.items) ?? [];
  const shown = open && open !== 'new' ? (rows.find((r) => r.login === open.login) ?? open) : null;
  return (
    <>
      <div className="row" style={{ justifyContent: 'space-between', marginBottom: 16 }}><h1>{t.admin.accounts}</h1><Button onClick={() => setOpen('new')}>{t.admin.newAccount}</Button></div>
      <Select mb={16} maw={260} label={w.grants.kindFilter} data={[{ value: '', label: w.grants.allKinds }, ...kinds.map((k) => ({ value: k, label: t.admin.kinds[k] }))]} value={kind} onChange={(v) => setKind(v ?? '')} allowDeselect={false} />
      {accounts.error && !accounts.data ? <ProblemNotice error={accounts.error} retry={() => void accounts.refetch()} /> : accounts.isPending ? <Skeleton lines={8} /> : rows.length === 0 ? <Empty title={t.common.nothing} /> : (
        <div className="tablebox inset" tabIndex={0} role="region" aria-label={t.admin.accounts}>
          <table className="plain">
            <thead><tr><th scope="col">{t.session.login}</th><th scope="col">{t.admin.name}</th><th scope="col">{t.admin.kind}</th><th scope="col">{t.admin.state}</th><th scope="col">{t.admin.grants}</th><th scope="col">{t.admin.lastSeen}</th></tr></thead>
            <tbody>{rows.map((a) => (
              <tr key={a.account}>
                <td><button type="button" className="linkish" onClick={() => setOpen(a)}>{a.login}</button></td><td>{a.name}</td><td>{t.admin.kinds[a.kind]}</td>
                <td><span className={`state ${a.state === 'active' ? 'good' : a.state === 'locked' ? 'warn' : ''}`}>{t.admin.accountStates[a.state]}</span></td>
                <td>{[...new Set(a.grants.filter((g) => standing(g, today) === 'now').map((g) => t.roles[g.role]))].join(', ') || '–'}</td><td style={{ whiteSpace: 'nowrap' }}>{dateTime(a.last_seen) || t.admin.never}</td>
              </tr>
            ))}</tbody>
          </table>
        </div>
      )}
      {accounts.hasNextPage && <Button mt={14} variant="default" loading={accounts.isFetchingNextPage} onClick={() => void accounts.fetchNextPage()}>{t.common.more}</Button>}
      <Modal opened={open !== null} onClose={() => setOpen(null)} size="xl" title={open === 'new' ? t.admin.newAccount : shown?.name} closeButtonProps={{ 'aria-label': t.common.close }}>
        {open === 'new' ? <NewAccount /> : shown ? <OneAccount key={shown.login} account={shown} /> : null}
      </Modal>
    </>
  );
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
