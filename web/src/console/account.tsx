// One account: the roles it held, holds and will hold with their days, giving and ending them, closing and reopening.
import { Button, Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useRef, useState, type FormEvent } from 'react';
import { newKey } from '../api/client';
import { useAgencies } from '../api/queries';
import { api } from '../api/session';
import type { Account, Grant } from '../api/types';
import { useT } from '../i18n';
import { ProblemNotice } from '../kit/kit';
import { addDays, date, parseDate } from '../lib/format';
import { standing } from '../lib/rights';
import { localDate } from '../lib/working_time';
import { useWords } from './words';

const roles = ['clerk', 'registrar', 'handler', 'approver', 'head', 'administrator', 'auditor', 'integrator'] as const;

export function OneAccount({ account }: { account: Account }) {
  const t = useT();
  const w = useWords();
  const g = w.grants;
  const client = useQueryClient();
  const agencies = useAgencies().data ?? [];
  const today = localDate(Date.now());
  const [ending, setEnding] = useState<Grant | null>(null);
  const [reason, setReason] = useState('');
  const key = useRef(newKey());
  const act = useMutation({
    mutationFn: async ({ what, body }: { what: string; body?: unknown }) => { await api.send({ path: `/api/v1/accounts/${encodeURIComponent(account.login)}/${what}`, method: 'POST', body, key: key.current }); },
    onSuccess: () => setEnding(null),
    onSettled: () => { key.current = newKey(); void client.invalidateQueries({ queryKey: ['accounts'] }); },
  });
  const agencyName = (id: string | null) => (id === null ? t.admin.wholeInstallation : (agencies.find((a) => a.id === id)?.name ?? id));
  const order = { now: 0, later: 1, ended: 2 };
  const grants = [...account.grants].sort((a, b) => order[standing(a, today)] - order[standing(b, today)] || a.from.localeCompare(b.from));
  return (
    <div className="stack">
      {act.error && <ProblemNotice error={act.error} focus />}
      <p style={{ margin: 0 }} className="quiet"><span className="mono">{account.login}</span> · {t.admin.kinds[account.kind]} · {account.second_factor ? t.admin.factorYes : t.admin.factorNo}</p>
      {account.kind === 'machine' && <p style={{ margin: 0 }}><Link to="/console" search={{ section: 'keys', at: account.login }}>{w.keys.of}</Link></p>}
      <h3>{t.admin.grants}</h3>
      {grants.length === 0 ? <p className="quiet">{g.none}</p> : (
        <div className="tablebox inset" tabIndex={0} role="region" aria-label={t.admin.grants}>
          <table className="plain">
            <thead><tr><th scope="col">{t.admin.role}</th><th scope="col">{g.from}</th><th scope="col">{g.last}</th><th scope="col">{g.state}</th><td /></tr></thead>
            <tbody>{grants.map((one, i) => {
              const now = standing(one, today);
              return (
                <tr key={i}>
                  <td>{t.roles[one.role]}<div className="quiet">{agencyName(one.agency)}</div></td>
                  <td className="when">{date(one.from)}</td>
                  <td className="when">{one.to ? date(addDays(one.to, -1)) : <span className="quiet">{g.open}</span>}</td>
                  <td><span className={`state ${now === 'now' ? 'good' : now === 'later' ? 'accent' : ''}`}>{g.states[now]}</span></td>
                  <td className="num">{now !== 'ended' && <Button size="xs" variant="default" aria-label={g.endOf(t.roles[one.role], agencyName(one.agency))} onClick={() => { act.reset(); setEnding(one); }}>{g.end}</Button>}</td>
                </tr>
              );
            })}</tbody>
          </table>
        </div>
      )}
      {ending && <End key={`${ending.role}/${ending.agency}/${ending.from}`} grant={ending} today={today} agency={agencyName(ending.agency)} busy={act.isPending} onEnd={(from) => act.mutate({ what: 'revocations', body: { role: ending.role, agency: ending.agency, from } })} onClose={() => setEnding(null)} />}
      <Give today={today} agencies={agencies.map((a) => ({ value: a.id, label: a.name }))} busy={act.isPending} onGive={(body) => act.mutate({ what: 'grants', body })} />
      {account.state === 'active' ? (
        <form className="row fieldrow" onSubmit={(e) => { e.preventDefault(); act.mutate({ what: 'closing', body: { reason } }); }}><TextInput label={t.admin.closeReason} value={reason} onChange={(e) => setReason(e.currentTarget.value)} required withAsterisk={false} style={{ flex: 1, minWidth: 200 }} /><Button type="submit" color="red" variant="outline">{t.admin.closing}</Button></form>
      ) : <Button variant="default" onClick={() => act.mutate({ what: 'reopening' })}>{t.admin.reopening}</Button>}
    </div>
  );
}

function End({ grant, agency, today, busy, onEnd, onClose }: { grant: Grant; agency: string; today: string; busy: boolean; onEnd: (from: string) => void; onClose: () => void }) {
  const t = useT();
  const g = useWords().grants;
  const [day, setDay] = useState(date(grant.from > today ? grant.from : today));
  const from = parseDate(day);
  return (
    <form className="notice warn" onSubmit={(e: FormEvent) => { e.preventDefault(); if (from) onEnd(from); }}>
      <strong>{g.endTitle(t.roles[grant.role])}</strong>
      <div className="quiet">{agency}</div>
      <div className="row fieldrow" style={{ marginTop: 8 }}>
        <TextInput label={g.endFrom} placeholder="dd/MM/yyyy" inputMode="numeric" value={day} onChange={(e) => setDay(e.currentTarget.value)} error={from ? undefined : t.actions.badDate} w={180} autoFocus />
        <Button type="submit" color="red" loading={busy} disabled={!from}>{g.confirmEnd}</Button>
        <Button variant="default" onClick={onClose}>{t.common.cancel}</Button>
      </div>
    </form>
  );
}

function Give({ today, agencies, busy, onGive }: { today: string; agencies: { value: string; label: string }[]; busy: boolean; onGive: (body: unknown) => void }) {
  const t = useT();
  const g = useWords().grants;
  const [role, setRole] = useState<string>('clerk');
  const [agency, setAgency] = useState<string | null>(null);
  const [from, setFrom] = useState(date(today));
  const [last, setLast] = useState('');
  const [judged, setJudged] = useState(false);
  const first = parseDate(from);
  const end = last.trim() ? parseDate(last) : null;
  const wrong = { from: first ? undefined : t.actions.badDate, last: !last.trim() ? undefined : !end ? t.actions.badDate : first && end < first ? g.order : undefined };
  const submit = (e: FormEvent) => {
    e.preventDefault();
    setJudged(true);
    if (first && !wrong.last) onGive({ role, agency, from: first, ...(end ? { to: addDays(end, 1) } : {}) });
  };
  return (
    <form noValidate onSubmit={submit}>
      <h3>{g.give}</h3>
      <div className="givefields">
        <Select label={t.admin.role} data={roles.map((r) => ({ value: r, label: t.roles[r] }))} value={role} onChange={(v) => setRole(v ?? 'clerk')} allowDeselect={false} />
        <Select label={t.queue.agencyLabel} data={agencies} value={agency} onChange={setAgency} searchable clearable placeholder={t.admin.wholeInstallation} clearButtonProps={{ 'aria-label': t.common.remove }} />
        <TextInput label={g.from} placeholder="dd/MM/yyyy" inputMode="numeric" value={from} onChange={(e) => setFrom(e.currentTarget.value)} error={judged ? wrong.from : undefined} />
        <TextInput label={`${g.last} (${t.common.optional})`} placeholder="dd/MM/yyyy" inputMode="numeric" value={last} onChange={(e) => setLast(e.currentTarget.value)} error={judged ? wrong.last : undefined} />
      </div>
      <Button type="submit" mt={12} loading={busy}>{t.admin.grant}</Button>
    </form>
  );
}
