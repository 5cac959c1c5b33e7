// How the installation is: server, clock, disk, database, ledger, backup, followers. What is not known is said to be so.
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { api } from '../api/session';
import type { Follower, System } from '../api/types';
import { useLanguage, useT } from '../i18n';
import { Empty, Fact, Load } from '../kit/kit';
import { ago, bytes, dateTime, number } from '../lib/format';
import { Ask } from './parts';
import { useWords } from './words';

const fresh = { refetchInterval: 10_000 };
const upper = (text: string) => text.charAt(0).toLocaleUpperCase() + text.slice(1);
const backupOld = 48 * 3_600_000;

export function Health({ mayRebuild }: { mayRebuild: boolean }) {
  const t = useT();
  const health = useQuery({ queryKey: ['health'], queryFn: async () => { const answer = await fetch('/healthz'); await answer.text(); return { ok: answer.ok }; }, ...fresh });
  // What this computer's clock says when the answer comes is taken with it.
  const system = useQuery({ queryKey: ['system'], queryFn: async ({ signal }) => { const asked = Date.now(); const answer = await api.get<System>('/api/v1/system', signal); return { ...answer, here: (asked + Date.now()) / 2 }; }, ...fresh });
  const ok = health.data?.ok ?? (health.error ? false : null);
  return (
    <>
      <div className="row spread">
        <h1>{t.admin.health}</h1>
        <span role="status" className={`state big ${ok === null ? '' : ok ? 'good' : 'bad'}`}>{ok === null ? t.common.loading : ok ? t.admin.healthy : t.admin.failing}</span>
      </div>
      <div style={{ marginTop: 16 }}><Load of={system} lines={8}>{(s) => <Facts s={s} />}</Load></div>
      <Followers mayRebuild={mayRebuild} />
    </>
  );
}

function Card({ title, children }: { title: string; children: ReactNode }) {
  return <section className="card"><h2>{title}</h2><dl className="facts two">{children}</dl></section>;
}

function Facts({ s }: { s: System & { here: number } }) {
  const t = useT();
  const w = useWords().system;
  const { language } = useLanguage();
  const now = Date.parse(s.clock.now);
  const off = Math.round((s.here - now) / 1000);
  const backupAge = s.backup ? now - Date.parse(s.backup.at) : null;
  const unknown = <span className="quiet">{w.unknown}</span>;
  return (
    <div className="healthcards">
      <Card title={w.server}>
        <Fact name={w.version}>{s.version}</Fact>
        <Fact name={w.node}><span className="mono">{s.node}</span></Fact>
        <Fact name={w.started}>{dateTime(s.started_at)}<div className="quiet">{ago(s.started_at, now, language)}</div></Fact>
        <Fact name={w.mode}>{s.demonstration ? w.demonstration : w.production}</Fact>
        <Fact name={w.fourEyes}>{s.four_eyes ? w.two : w.one}</Fact>
      </Card>
      <Card title={w.clock}>
        <Fact name={w.now}>{dateTime(s.clock.now)}</Fact>
        <Fact name={w.synchronised}>{s.clock.synchronised === null ? unknown : <span className={`state ${s.clock.synchronised ? 'good' : 'warn'}`}>{s.clock.synchronised ? w.yes : w.no}</span>}{s.clock.error_ms !== null && <div className="quiet">{w.within(number(s.clock.error_ms))}</div>}</Fact>
        <Fact name={w.here}>{Math.abs(off) < 2 ? w.same : <span className={`state ${Math.abs(off) < 30 ? '' : 'warn'}`}>{w.off(number(Math.abs(off)))}</span>}</Fact>
      </Card>
      <Card title={w.database}>
        <Fact name={w.engine}>{s.database.engine === 'sqlite' ? 'SQLite' : 'PostgreSQL'}</Fact>
        <Fact name={w.size}>{s.database.size_bytes === null ? unknown : bytes(s.database.size_bytes)}</Fact>
        {s.database.engine === 'postgresql' && <div className="whole"><dt>{w.disk}</dt><dd className="quiet">{w.remote}</dd></div>}
      </Card>
      <Card title={w.disk}>
        {s.disks.map((d) => (
          <div key={d.holds.join()} className="whole">
            <dt>{upper(d.holds.map((h) => w.holds[h]).join(', '))}</dt>
            <dd>
              {d.free_bytes === null || d.total_bytes === null ? unknown : <>{w.free(bytes(d.free_bytes), bytes(d.total_bytes))} {d.low && <span className="state bad">{w.low}</span>}<meter className="diskmeter" min={0} max={d.total_bytes} low={0} high={d.total_bytes * 0.95} value={d.total_bytes - d.free_bytes} aria-label={w.disk} /></>}
            </dd>
          </div>
        ))}
      </Card>
      <Card title={w.ledger}>
        <Fact name={w.events}>{number(s.ledger.events)}</Fact>
        <Fact name={w.signed}>{s.ledger.checkpoint ? <>{dateTime(s.ledger.checkpoint.at)}<div className="quiet">{t.admin.events(number(s.ledger.checkpoint.size))}</div></> : <span className="state warn">{w.notSigned}</span>}</Fact>
        <Fact name={w.verified}>{s.ledger.verified ? <>{dateTime(s.ledger.verified.at)}<div><span className={`state ${s.ledger.verified.problems === 0 ? 'good' : 'bad'}`}>{s.ledger.verified.problems === 0 ? w.whole(number(s.ledger.verified.events)) : w.damaged(number(s.ledger.verified.problems))}</span></div></> : <span className="state warn">{w.neverVerified}</span>}</Fact>
      </Card>
      <Card title={w.backup}>
        {s.backup && backupAge !== null ? (
          <>
            <Fact name={w.last}>{ago(s.backup.at, now, language)} {backupAge > backupOld && <span className="state warn">{w.old}</span>}<div className="quiet">{dateTime(s.backup.at)}</div></Fact>
            <Fact name={w.contents}>{w.files(number(s.backup.events), number(s.backup.files), bytes(s.backup.bytes))}</Fact>
          </>
        ) : <div className="whole"><dt>{w.last}</dt><dd><span className="state warn">{w.unknownBackup}</span><div className="quiet">{w.unknownBackupText}</div></dd></div>}
      </Card>
    </div>
  );
}

function Followers({ mayRebuild }: { mayRebuild: boolean }) {
  const t = useT();
  const w = useWords().followers;
  const { language } = useLanguage();
  const client = useQueryClient();
  const [asked, setAsked] = useState<Follower | null>(null);
  const followers = useQuery({ queryKey: ['followers'], queryFn: async ({ signal }) => (await api.get<{ items: Follower[] }>('/api/v1/followers', signal)).items, refetchInterval: (q) => (q.state.data?.some((f) => f.lag > 0) ? 1_000 : 10_000) });
  const rebuild = useMutation({
    mutationFn: (name: string) => api.send({ path: `/api/v1/followers/${encodeURIComponent(name)}/restart`, method: 'POST' }),
    onSuccess: () => { setAsked(null); notifications.show({ message: w.begun, withCloseButton: false }); void client.invalidateQueries({ queryKey: ['followers'] }); },
  });
  const name = (f: Follower) => w.names[f.name] ?? f.name;
  return (
    <section className="section">
      <h2>{t.admin.followers}</h2>
      <p className="quiet">{w.lead}</p>
      <Load of={followers}>
        {(list) => list.length === 0 ? <Empty title={t.common.nothing} /> : (
          <div className="tablebox inset" tabIndex={0} role="region" aria-label={t.admin.followers}>
            <table className="plain">
              <thead><tr><th scope="col">{t.admin.follower}</th><th scope="col">{t.admin.lag}</th><th scope="col" className="num">{t.admin.position}</th><th scope="col">{w.last}</th>{mayRebuild && <td />}</tr></thead>
              <tbody>{list.map((f) => (
                <tr key={f.name}>
                  <td>{name(f)}<div className="quiet mono">{f.name}</div></td>
                  <td><span className={`state ${f.problem ? 'bad' : f.lag === 0 ? 'good' : 'warn'}`}>{f.problem ? w.failing : f.lag === 0 ? t.admin.upToDate : t.admin.events(number(f.lag))}</span>{f.problem && f.lag > 0 && <div className="quiet">{t.admin.events(number(f.lag))}</div>}</td>
                  <td className="num">{number(f.position)}</td>
                  <td>{f.last_problem ? <>{f.last_problem[language]}<div className="quiet">{dateTime(f.last_problem.at)}</div></> : <span className="quiet">{w.noProblem}</span>}</td>
                  {mayRebuild && <td className="num"><Button size="xs" variant="default" aria-label={w.rebuildOf(name(f))} onClick={() => { rebuild.reset(); setAsked(f); }}>{w.rebuild}</Button></td>}
                </tr>
              ))}</tbody>
            </table>
          </div>
        )}
      </Load>
      <Ask open={asked !== null} title={asked ? w.title(name(asked)) : ''} act={w.rebuild} busy={rebuild.isPending} error={rebuild.error} onAct={() => asked && rebuild.mutate(asked.name)} onClose={() => setAsked(null)}>
        <p style={{ margin: 0 }}>{w.text}</p>
      </Ask>
    </section>
  );
}
