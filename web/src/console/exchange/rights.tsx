// Rights: the list with what each rests on, revoking one, asking for one, and why a call is refused.
import { Button, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/session';
import { Empty, Load } from '../../kit/kit';
import { date } from '../../lib/format';
import { localDate } from '../../lib/working_time';
import { Ask } from '../parts';
import { exchangePath, shown, useMay, useNames, useRights, useServices, type Right } from './api';
import { Check } from './check';
import { stateOfRight, type RightState } from './logic';
import { Head, Id, State, Table, type Tone } from './parts';
import { RightForm } from './right_form';
import { useWords } from './words';
import { useWorkWords } from './words_work';

const tabs = ['list', 'check', 'ask'] as const;
const tones: Record<RightState, Tone> = { now: 'good', later: 'accent', ended: '', revoked: 'bad' };

export function Rights({ at }: { at?: string }) {
  const w = useWorkWords().rights;
  const may = useMay();
  const go = useNavigate();
  const [name, query] = (at ?? '').split('?');
  const tab = tabs.find((x) => x === name) ?? 'list';
  const first = new URLSearchParams(query ?? '');
  return (
    <>
      <h1>{w.title}</h1>
      <p className="lead">{w.lead}</p>
      <nav className="subnav" aria-label={w.title}>{tabs.filter((x) => x !== 'ask' || may.connects).map((x) => <Link activeOptions={{ exact: true }} key={x} to="/console" search={{ section: 'exchange-rights', at: x }} aria-current={x === tab ? 'page' : undefined}>{w.tabs[x]}</Link>)}</nav>
      {tab === 'list' ? <List /> : tab === 'check' ? <Check key={query} first={first} /> : <><p className="quiet">{w.askLead}</p><div className="card"><RightForm key={query} first={first} done={() => void go({ to: '/console', search: { section: 'exchange-requests' } })} /></div></>}
    </>
  );
}

function List() {
  const c = useWords().common;
  const w = useWorkWords().rights;
  const may = useMay();
  const names = useNames();
  const services = useServices();
  const client = useQueryClient();
  const [asked, setAsked] = useState<Right | null>(null);
  const [reason, setReason] = useState('');
  const today = localDate(Date.now());
  const title = (id: string) => services.data?.find((s) => s.service === id)?.title ?? null;
  const revoke = useMutation({
    mutationFn: (r: Right) => api.send({ path: exchangePath(`rights/${encodeURIComponent(r.right)}/revocation`), method: 'POST', body: { reason: reason.trim() } }),
    onSuccess: () => { setAsked(null); notifications.show({ message: w.revoked, withCloseButton: false }); void client.invalidateQueries({ queryKey: ['exchange'] }); },
  });
  const who = (r: Right) => (r.subject ? (names(r.subject) ?? shown(r.subject)) : `${w.group} ${r.group ?? ''}`);
  return (
    <Load of={useRights()}>
      {(rows) => (
        <>
          <Table rows={rows} label={w.title} text={(r) => `${who(r)} ${r.subject} ${r.service} ${title(r.service)} ${r.basis}`} head={<><Head of={[w.who, w.may, w.when, c.basis, c.state]} />{may.connects && <td />}</>} empty={<Empty title={w.none}>{w.noneText}</Empty>}>
            {(r) => {
              const state = stateOfRight(r, today);
              return (
                <tr key={r.right}>
                  <td>{r.subject ? <Id id={r.subject} name={names(r.subject)} /> : who(r)}</td>
                  <td><Id id={r.service} name={title(r.service)} /><div>{r.method === '*' && r.path === '**' ? w.wholeService : <><span className="verb">{r.method === '*' ? c.any : r.method}</span><span className="exid">{r.path}</span></>}</div></td>
                  <td className="when">{date(r.from)} –<br />{r.to ? date(r.to) : c.noEnd}</td>
                  <td>{r.basis}</td>
                  <td><State tone={tones[state]}>{w.states[state]}</State>{r.revoked_reason && <div className="quiet">{r.revoked_reason}</div>}</td>
                  {may.connects && <td className="num">{(state === 'now' || state === 'later') && <Button size="xs" variant="default" aria-label={`${w.revoke}: ${who(r)} – ${title(r.service) ?? shown(r.service)}`} onClick={() => { revoke.reset(); setReason(''); setAsked(r); }}>{w.revoke}</Button>}</td>}
                </tr>
              );
            }}
          </Table>
          <Ask open={asked !== null} title={w.revokeTitle} act={w.revoke} danger busy={revoke.isPending} error={revoke.error} onAct={() => asked && reason.trim() && revoke.mutate(asked)} onClose={() => setAsked(null)}>
            <p style={{ margin: 0 }}>{w.revokeText}</p>
            <TextInput label={w.reason} value={reason} onChange={(e) => setReason(e.currentTarget.value)} maxLength={500} required />
          </Ask>
        </>
      )}
    </Load>
  );
}
