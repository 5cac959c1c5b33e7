// The registry: members, their subsystems, gateways, services with endpoints, and who is believed. What may be changed at
// once (a new member, a service switched off, a gateway paused) is done here; the rest goes by request.
import { Button, Modal, Select, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { ApiProblem } from '../../api/client';
import { api } from '../../api/session';
import { useT } from '../../i18n';
import { Empty, Load, ProblemNotice } from '../../kit/kit';
import { date, number } from '../../lib/format';
import { Ask } from '../parts';
import { exchangePath, memberOf, servicePath, shown, useMay, useMembers, useNames, useServers, useServices, useSubsystems, type Server, type Service } from './api';
import { Certificates } from './certificates';
import { End, Ended } from './ending';
import { Groups } from './groups';
import { ConfigurationKeys } from './keys';
import { ServerCertificate } from './overview';
import { Head, Id, State, Table } from './parts';
import { Trust } from './trust';
import { useWords } from './words';
import { useKeyWords } from './words_key';
import { useMoreWords } from './words_more';

const tabs = ['members', 'subsystems', 'servers', 'services', 'groups', 'trust', 'key'] as const;

export function Registry({ at }: { at?: string }) {
  const w = useWords().registry;
  const more = useMoreWords();
  const keyWords = useKeyWords();
  const may = useMay();
  const tab = tabs.find((x) => x === at) ?? 'members';
  const [adding, setAdding] = useState(false);
  const t = useT();
  return (
    <>
      <div className="row spread"><h1>{w.title}</h1>{may.registers && <Button onClick={() => setAdding(true)}>{w.add}</Button>}</div>
      <p className="lead">{w.lead}</p>
      <nav className="subnav" aria-label={w.title}>{tabs.map((x) => <Link activeOptions={{ exact: true }} key={x} to="/console" search={{ section: 'exchange-registry', at: x }} aria-current={x === tab ? 'page' : undefined}>{x === 'groups' ? more.groups.tab : x === 'key' ? keyWords.tab : w.tabs[x]}</Link>)}</nav>
      {tab === 'members' ? <Members /> : tab === 'subsystems' ? <Subsystems /> : tab === 'servers' ? <Servers /> : tab === 'services' ? <Services /> : tab === 'groups' ? <Groups /> : tab === 'key' ? <ConfigurationKeys /> : <Trust />}
      <Modal opened={adding} onClose={() => setAdding(false)} title={w.add} closeButtonProps={{ 'aria-label': t.common.close }}><NewMember done={() => setAdding(false)} /></Modal>
    </>
  );
}

function Members() {
  const { registry: w, common: c } = useWords();
  const may = useMay();
  return (
    <Load of={useMembers()}>
      {(rows) => (
        <Table rows={rows} label={w.tabs.members} text={(m) => `${m.name} ${m.member}`} head={<><Head of={[c.name, w.subsystems, w.certificates, c.from]} />{may.registers && <td />}</>} empty={<Empty title={w.noMembers}>{w.noMembersText}</Empty>}>
          {(m) => (
            <tr key={m.member}>
              <td><Id id={m.member} name={m.name} />{m.agency && <div className="quiet">{w.linked}</div>}<Ended on={m.ended} /></td>
              <td>{number(m.subsystems)}</td>
              <td>{m.signing_certificates > 0 ? number(m.signing_certificates) : <span className="quiet">{w.noCertificate}</span>}</td>
              <td className="when">{date(m.from)}</td>
              {may.registers && <td className="num"><End kind="members" id={m.member} name={m.name} ended={m.ended} /></td>}
            </tr>
          )}
        </Table>
      )}
    </Load>
  );
}

function Subsystems() {
  const { registry: w, common: c } = useWords();
  const may = useMay();
  const names = useNames();
  return (
    <Load of={useSubsystems()}>
      {(rows) => (
        <Table rows={rows} label={w.tabs.subsystems} text={(s) => `${s.name} ${s.subsystem} ${names(s.member) ?? ''}`} head={<><Head of={[c.name, w.contact, w.services, c.from]} />{may.registers && <td />}</>} empty={<Empty title={w.noSubsystems}>{w.noSubsystemsText}</Empty>}>
          {(s) => (
            <tr key={s.subsystem}>
              <td><Id id={s.subsystem} name={s.name} /><div className="quiet">{names(s.member)}</div>{s.description && <div>{s.description}</div>}<Ended on={s.ended} /></td>
              <td>{s.contact ?? <span className="quiet">–</span>}</td>
              <td>{number(s.services)}</td>
              <td className="when">{date(s.from)}</td>
              {may.registers && <td className="num"><End kind="subsystems" id={s.subsystem} name={s.name} ended={s.ended} /></td>}
            </tr>
          )}
        </Table>
      )}
    </Load>
  );
}

function Servers() {
  const { registry: w, common: c, overview: o } = useWords();
  const may = useMay();
  const names = useNames();
  const client = useQueryClient();
  const [asked, setAsked] = useState<Server | null>(null);
  const [notice, setNotice] = useState('');
  const change = useMutation({
    mutationFn: (s: Server) => api.send({ path: exchangePath(`servers/${s.server.split('/').slice(1).join('/')}/maintenance`), method: 'POST', body: s.maintenance === null ? { notice: notice.trim() } : {} }),
    onSuccess: () => { setAsked(null); notifications.show({ message: w.switched, withCloseButton: false }); void client.invalidateQueries({ queryKey: ['exchange'] }); },
  });
  const pausing = asked?.maintenance === null;
  return (
    <Load of={useServers()}>
      {(rows) => (
        <>
          <Table rows={rows} label={w.tabs.servers} text={(s) => `${s.server} ${s.address} ${names(s.member) ?? ''}`} head={<><Head of={[o.gateway, w.subsystems, o.cert, c.state]} />{may.registers && <td />}</>} empty={<Empty title={o.noGateways}>{o.noGatewaysText}</Empty>}>
            {(s) => (
              <tr key={s.server}>
                <td><Id id={s.server} name={names(s.member)} /><div className="exid quiet">{s.address}</div><Ended on={s.ended} /></td>
                <td>{s.clients.map((x) => <div key={x}>{names(x) ?? <Id id={x} />}</div>)}</td>
                <td><ServerCertificate of={s} /><Certificates of={s} /></td>
                <td>{s.maintenance === null ? <State tone="good">{o.running}</State> : <><State tone="warn">{o.maintenance}</State><div className="quiet">{s.maintenance}</div></>}</td>
                {may.registers && <td className="num"><Button size="xs" variant="default" aria-label={`${s.maintenance === null ? w.pause : w.resume}: ${shown(s.server)}`} onClick={() => { change.reset(); setNotice(''); setAsked(s); }}>{s.maintenance === null ? w.pause : w.resume}</Button><End kind="servers" id={s.server} ended={s.ended} /></td>}
              </tr>
            )}
          </Table>
          <Ask open={asked !== null} title={pausing ? w.pauseTitle : w.resumeTitle} act={pausing ? w.pause : w.resume} danger={pausing} busy={change.isPending} error={change.error} onAct={() => asked && change.mutate(asked)} onClose={() => setAsked(null)}>
            <p style={{ margin: 0 }}>{pausing ? w.pauseText : w.resumeText}</p>
            {pausing && <TextInput label={w.notice} description={w.noticeHint} value={notice} onChange={(e) => setNotice(e.currentTarget.value)} maxLength={500} />}
          </Ask>
        </>
      )}
    </Load>
  );
}

/** What of a service can be called. */
export function Endpoints({ of }: { of: Service['endpoints'] }) {
  const w = useWords();
  const few = of.slice(0, 6);
  const line = (e: Service['endpoints'][number], i: number) => <li key={i}><span className="verb">{e.method === '*' ? w.common.any : e.method}</span><span className="exid">{e.path}</span></li>;
  if (of.length === 0) return <span className="quiet">{w.registry.allEndpoints}</span>;
  return <><ul className="endpoints">{few.map(line)}</ul>{of.length > few.length && <details><summary>{w.registry.endpoints(number(of.length))}</summary><ul className="endpoints">{of.slice(few.length).map(line)}</ul></details>}</>;
}

function Services() {
  const { registry: w, common: c } = useWords();
  const may = useMay();
  const names = useNames();
  const client = useQueryClient();
  const [asked, setAsked] = useState<Service | null>(null);
  const [notice, setNotice] = useState('');
  const change = useMutation({
    mutationFn: (s: Service) => api.send({ path: exchangePath(servicePath(s.service, '/switching')), method: 'POST', body: s.enabled ? { enabled: false, notice: notice.trim() } : { enabled: true } }),
    onSuccess: () => { setAsked(null); notifications.show({ message: w.switched, withCloseButton: false }); void client.invalidateQueries({ queryKey: ['exchange'] }); },
  });
  return (
    <Load of={useServices()}>
      {(rows) => (
        <>
          <Table rows={rows} label={w.tabs.services} text={(s) => `${s.title ?? ''} ${s.service} ${names(s.provider) ?? ''}`} head={<><Head of={[c.service, w.type, c.path, c.state]} />{may.connects && <td />}</>} empty={<Empty title={w.noServices}>{w.noServicesText}</Empty>}>
            {(s) => (
              <tr key={s.service}>
                <td><Link to="/console" search={{ section: 'exchange-catalogue', at: s.service }}>{s.title ?? s.code}</Link><div className="exid quiet">{shown(s.service)}</div><div className="quiet">{names(s.provider)} · {names(memberOf(s.provider))}</div><Ended on={s.ended} /></td>
                <td>{s.type}</td>
                <td><Endpoints of={s.endpoints} /></td>
                <td>{s.enabled ? <State tone="good">{w.on}</State> : <><State tone="warn">{w.off}</State><div className="quiet">{s.notice}</div></>}</td>
                {may.connects && <td className="num"><Button size="xs" variant="default" aria-label={`${s.enabled ? w.switchOff : w.switchOn}: ${s.title ?? s.code}`} onClick={() => { change.reset(); setNotice(''); setAsked(s); }}>{s.enabled ? w.switchOff : w.switchOn}</Button><End kind="services" id={s.service} name={s.title} ended={s.ended} /></td>}
              </tr>
            )}
          </Table>
          <Ask open={asked !== null} title={asked?.enabled ? w.switchOffTitle : w.switchOnTitle} act={asked?.enabled ? w.switchOff : w.switchOn} danger={asked?.enabled} busy={change.isPending} error={change.error} onAct={() => asked && change.mutate(asked)} onClose={() => setAsked(null)}>
            <p style={{ margin: 0 }}>{asked?.enabled ? w.offText : w.onText}</p>
            {asked?.enabled && <TextInput label={w.notice} description={w.noticeHint} value={notice} onChange={(e) => setNotice(e.currentTarget.value)} maxLength={500} required />}
          </Ask>
        </>
      )}
    </Load>
  );
}

function NewMember({ done }: { done: () => void }) {
  const t = useT();
  const { registry: w, common: c } = useWords();
  const client = useQueryClient();
  const [kind, setKind] = useState<string>('GOV');
  const [code, setCode] = useState('');
  const [name, setName] = useState('');
  const [judged, setJudged] = useState(false);
  const add = useMutation({
    mutationFn: () => api.send({ path: exchangePath('members'), method: 'POST', body: { class: kind, code: code.trim(), ...(name.trim() ? { name: name.trim() } : {}) } }),
    onSuccess: () => { notifications.show({ message: w.added, withCloseButton: false }); void client.invalidateQueries({ queryKey: ['exchange'] }); done(); },
  });
  const at = (pointer: string) => (add.error instanceof ApiProblem ? add.error.at(pointer) : undefined);
  const submit = (e: FormEvent) => { e.preventDefault(); setJudged(true); if (code.trim()) add.mutate(); };
  return (
    <form className="stack" noValidate onSubmit={submit}>
      {add.error && <ProblemNotice error={add.error} focus />}
      <p className="quiet" style={{ margin: 0 }}>{w.addLead}</p>
      <Select label={w.memberClass} data={Object.entries(w.classes).map(([value, label]) => ({ value, label: `${label} (${value})` }))} value={kind} onChange={(v) => setKind(v ?? 'GOV')} allowDeselect={false} />
      <TextInput label={w.code} description={w.codeHint} value={code} onChange={(e) => setCode(e.currentTarget.value)} error={at('/code') ?? (judged && !code.trim() ? t.common.required : undefined)} autoCapitalize="none" spellCheck={false} data-autofocus />
      <TextInput label={`${c.name} (${t.common.optional})`} description={w.nameHint} value={name} onChange={(e) => setName(e.currentTarget.value)} error={at('/name')} />
      <Button type="submit" loading={add.isPending}>{w.add}</Button>
    </form>
  );
}
