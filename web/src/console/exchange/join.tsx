// Joining, step by step: a code for an agency's gateway, the command its administrator runs, and what has been seen of
// it since, until an exchange with it has passed.
import { Button, CopyButton, MultiSelect, Select, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconClock } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { ApiProblem } from '../../api/client';
import { api } from '../../api/session';
import { useT } from '../../i18n';
import { Empty, Load, ProblemNotice } from '../../kit/kit';
import { dateTime } from '../../lib/format';
import { exchangePath, shown, useConfiguration, useMembers, useNames, useServers, useSubsystems, whole, type JoinCode, type MessageRow, type NewJoinCode } from './api';
import { joinCommand, joinSteps, stepsOf, type StepState } from './logic';
import { Id, State } from './parts';
import { useWords } from './words';

const live = 3_000;

export function Join({ at }: { at?: string }) {
  const w = useWords().join;
  const [made, setMade] = useState<NewJoinCode | null>(null);
  const codes = useQuery({ queryKey: ['exchange', 'join-codes'], queryFn: ({ signal }) => whole<JoinCode>('join-codes', signal), refetchInterval: live });
  const followed = codes.data?.find((c) => c.code === (at ?? made?.code));
  return (
    <>
      <h1>{w.title}</h1>
      <p className="lead">{w.lead}</p>
      {!at && !made && <Form done={setMade} />}
      {made && <Command of={made} />}
      {followed && <Steps of={followed} />}
      <section className="section">
        <h2>{w.codes}</h2>
        <Load of={codes}>{(rows) => rows.length === 0 ? <div className="card"><Empty title={w.noCodes}>{w.noCodesText}</Empty></div> : <Codes rows={rows} now={followed?.code} />}</Load>
      </section>
      {(at || made) && <p><Link to="/console" search={{ section: 'exchange-join' }} onClick={() => setMade(null)}>{w.make}</Link></p>}
    </>
  );
}

function Form({ done }: { done: (code: NewJoinCode) => void }) {
  const t = useT();
  const w = useWords().join;
  const members = useMembers();
  const subsystems = useSubsystems();
  const client = useQueryClient();
  const [owner, setOwner] = useState<string | null>(null);
  const [server, setServer] = useState('');
  const [clients, setClients] = useState<string[]>([]);
  const [hours, setHours] = useState('72');
  const [judged, setJudged] = useState(false);
  const make = useMutation({
    mutationFn: async () => (await api.send<NewJoinCode>({ path: exchangePath('join-codes'), method: 'POST', body: { owner, server: server.trim(), clients, hours: Number(hours) } })).data,
    onSuccess: (code) => { void client.invalidateQueries({ queryKey: ['exchange', 'join-codes'] }); done(code); },
  });
  const at = (pointer: string) => (make.error instanceof ApiProblem ? make.error.at(pointer) : undefined);
  const wrong = { owner: owner ? undefined : t.common.required, server: /^[A-Za-z0-9._-]+$/.test(server.trim()) ? undefined : w.needCode, clients: clients.length ? undefined : w.needSubsystem };
  const submit = (e: FormEvent) => { e.preventDefault(); setJudged(true); if (Object.values(wrong).every((x) => !x)) make.mutate(); };
  // Its own systems first; a gateway may serve those of others, too.
  const systems = (owner ? (subsystems.data ?? []) : []).slice().sort((a, b) => Number(b.member === owner) - Number(a.member === owner));
  const choose = (id: string | null) => { setOwner(id); setClients((subsystems.data ?? []).filter((s) => s.member === id).map((s) => s.subsystem)); };
  return (
    <form className="card exform" noValidate onSubmit={submit}>
      {make.error && <div className="wide"><ProblemNotice error={make.error} focus /></div>}
      <Select label={w.owner} description={w.ownerHint} data={(members.data ?? []).map((m) => ({ value: m.member, label: `${m.name} (${shown(m.member)})` }))} value={owner} onChange={choose} searchable openOnFocus={false} nothingFoundMessage={t.common.nothing} error={at('/owner') ?? (judged ? wrong.owner : undefined)} />
      <TextInput label={w.serverCode} description={w.serverHint} value={server} onChange={(e) => setServer(e.currentTarget.value)} error={at('/server') ?? (judged ? wrong.server : undefined)} autoCapitalize="none" spellCheck={false} maxLength={100} />
      <MultiSelect className="wide" label={w.clients} description={owner && subsystems.data && !systems.some((s) => s.member === owner) ? w.noClients : w.clientsHint} data={systems.map((s) => ({ value: s.subsystem, label: `${s.name} (${shown(s.subsystem.split('/').slice(2).join('/'))})` }))} value={clients} onChange={setClients} searchable openOnFocus={false} nothingFoundMessage={t.common.nothing} error={at('/clients') ?? (judged ? wrong.clients : undefined)} />
      <Select label={w.hours} data={['24', '72', '168', '720'].map((h) => ({ value: h, label: w.hour(h) }))} value={hours} onChange={(v) => setHours(v ?? '72')} allowDeselect={false} />
      <div className="acts"><Button type="submit" loading={make.isPending}>{w.make}</Button></div>
    </form>
  );
}

function Command({ of }: { of: NewJoinCode }) {
  const t = useT();
  const w = useWords().join;
  const [address, setAddress] = useState('');
  const command = joinCommand(of.text, address.trim());
  return (
    <section className="notice good" style={{ marginBottom: 14 }} role="status">
      <strong>{w.made}</strong>
      <p style={{ margin: '6px 0 10px' }}>{w.where}</p>
      <TextInput label={w.address} description={w.addressHint} value={address} onChange={(e) => setAddress(e.currentTarget.value)} autoCapitalize="none" spellCheck={false} styles={{ root: { maxWidth: 420 } }} />
      <div style={{ fontWeight: 560, marginTop: 10 }}>{w.command}</div>
      <pre className="command mono" tabIndex={0} data-testid="command">{command}</pre>
      <CopyButton value={command}>{({ copied, copy }) => <Button size="xs" variant="default" onClick={copy}>{copied ? t.common.copied : t.common.copy}</Button>}</CopyButton>
    </section>
  );
}

const icons: Record<StepState, typeof IconClock> = { done: IconCircleCheck, now: IconClock, later: IconCircleDashed, failed: IconAlertTriangle };

function Steps({ of: code }: { of: JoinCode }) {
  const w = useWords().join;
  const servers = useServers(live);
  const configuration = useConfiguration();
  const server = servers.data?.find((s) => s.server === code.server);
  // An exchange of one of its systems since it joined, seen by this server's own gateway.
  const round = useQuery({
    queryKey: ['exchange', 'round', code.code],
    queryFn: async ({ signal }) => {
      for (const client of code.clients)
        for (const side of ['client', 'provider']) {
          const { items } = await api.get<{ items: MessageRow[] }>(exchangePath(`messages?${new URLSearchParams({ [side]: client, from: code.used_at ?? code.created_at, succeeded: 'true', direction: 'response', limit: '1' })}`), signal);
          if (items[0]) return items[0].at;
        }
      return null;
    },
    enabled: server !== undefined && code.used_at !== null,
    refetchInterval: (q) => (q.state.data ? false : live),
  });
  const steps = stepsOf(code, servers.data ?? [], configuration.data?.number ?? null, Boolean(round.data));
  const detail = { code: dateTime(code.created_at), used: code.used_at ? dateTime(code.used_at) : '', certificates: server && server.certificates.length > 0 ? w.certs(String(server.certificates.filter((c) => !c.revoked_at).length)) : '', configuration: configuration.data ? `${configuration.data.number}` : '', round: round.data ? dateTime(round.data) : '' };
  return (
    <section className="card" aria-label={w.steps} aria-live="polite" data-testid="steps">
      <h2><Id id={code.server} /></h2>
      <ol className="steps">
        {joinSteps.map((step) => {
          const state = steps[step];
          const Icon = icons[state];
          return (
            <li key={step} data-step={step} data-state={state}>
              <Icon size={20} className={state === 'failed' ? '' : state} aria-hidden />
              <div>
                <strong>{w.step[step]}</strong> <State tone={state === 'done' ? 'good' : state === 'now' ? 'accent' : state === 'failed' ? 'bad' : ''}>{state === 'done' ? w.done : state === 'now' ? w.now : state === 'failed' ? w.states.expired : w.later}</State>
                {state === 'done' && detail[step] && <div className="quiet">{detail[step]}</div>}
                {state === 'now' && <div className="quiet">{w.help[step]}{step === 'round' && <> {w.roundUnknown}</>}</div>}
                {state === 'failed' && <div>{w.expiredText}</div>}
              </div>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function Codes({ rows, now }: { rows: JoinCode[]; now?: string }) {
  const w = useWords().join;
  const names = useNames();
  return (
    <div className="tablebox inset" tabIndex={0} role="region" aria-label={w.codes}>
      <table className="plain">
        <thead><tr><th scope="col">{w.server}</th><th scope="col">{w.clients}</th><th scope="col">{w.until}</th><th scope="col">{w.at}</th><td /></tr></thead>
        <tbody>{rows.map((c) => (
          <tr key={c.code}>
            <td><Id id={c.server} /></td>
            <td>{c.clients.map((x) => <div key={x}>{names(x) ?? <Id id={x} />}</div>)}</td>
            <td className="when"><State tone={c.state === 'open' ? 'accent' : c.state === 'used' ? 'good' : ''}>{w.states[c.state]}</State>{c.state === 'open' && <div className="quiet">{dateTime(c.expires_at)}</div>}</td>
            <td className="when">{dateTime(c.created_at)}</td>
            <td className="num">{c.code !== now && <Link to="/console" search={{ section: 'exchange-join', at: c.code }} aria-label={`${w.follow}: ${shown(c.server)}`}>{w.follow}</Link>}</td>
          </tr>
        ))}</tbody>
      </table>
    </div>
  );
}
