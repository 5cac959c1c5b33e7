// How the exchange is: this server's gateway part by part, the gateways of the instance, how services do. What is not
// known is said to be so; what is wrong says what to do.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { api } from '../../api/session';
import { useLanguage } from '../../i18n';
import { Empty, Fact, Load, ProblemNotice } from '../../kit/kit';
import { bytes, dateTime, number } from '../../lib/format';
import { exchangePath, shown, useConfiguration, useNames, useOwnGateway, useServers, type Health, type Server, type ServiceHealth } from './api';
import { Head, Id, State, Table, toneOf } from './parts';
import { useWords } from './words';

const soonDays = 30;
const dayMs = 86_400_000;
const soonest = (times: (string | undefined | null)[]) => times.filter((x): x is string => Boolean(x)).sort()[0];

export function Overview() {
  const w = useWords().overview;
  const own = useOwnGateway();
  const health = own.data?.health;
  const said = own.data ? (health ? w[health.status] : w.absent) : null;
  return (
    <>
      <div className="row spread"><h1>{w.title}</h1>{said && <span role="status"><State big tone={toneOf(health?.status)}>{said}</State></span>}</div>
      <p className="lead">{w.lead}</p>
      <Load of={own} lines={8}>
        {(o) => o.health === null ? (
          <><div className="card"><Empty title={w.noGateway}>{w.noGatewayText}</Empty></div><div className="healthcards" style={{ marginTop: 14 }}><ConfigurationCard /></div></>
        ) : (
          <>
            <Problems health={o.health} />
            <div className="excards">
              <Card title={w.own}>
                <div className="whole"><dt>{w.gateway}</dt><dd><Id id={o.server ?? ''} /></dd></div>
                <Fact name={w.serves}>{number(o.clients.length)}</Fact>
                <Fact name={w.connections}>{number(o.health.gateway.connections)}</Fact>
              </Card>
              <ConfigurationCard kept={o.health.gateway.configuration} />
              <Stamps of={o.health} />
              <Log of={o.health} />
            </div>
            <Certificates of={o.health} />
          </>
        )}
      </Load>
      <Gateways health={health ?? null} />
      {health && <Services />}
    </>
  );
}

function Card({ title, children }: { title: string; children: ReactNode }) {
  return <section className="card"><h2>{title}</h2><dl className="facts two">{children}</dl></section>;
}

/** Everything that stops messages or soon will, with what to do about it. */
function Problems({ health }: { health: Health }) {
  const w = useWords().overview;
  const { language } = useLanguage();
  const stamps = health.time_stamps.problem;
  const said = [...health.identity.problems, ...health.ocsp.problems].map((p) => ({ text: p[language], detail: null as string | null }));
  const parts = health.gateway.problems.map((p) => ({ text: w.parts[p.part] ?? p.problem, detail: p.problem as string | null }));
  // What several keys or services suffer from alike is said once.
  const all = [...new Map([...parts, ...said, ...(stamps ? [{ text: stamps[language], detail: null }] : [])].map((x) => [`${x.text}${x.detail}`, x])).values()];
  if (all.length === 0) return null;
  return (
    <div className={`notice ${health.status === 'failing' ? 'bad' : 'warn'}`} role="alert" style={{ marginBottom: 14 }}>
      <strong>{w.toDo}</strong>
      <ul>{all.map((p, i) => <li key={i}>{p.text}{p.detail && <details><summary>{w.detail}</summary><span lang="en">{p.detail}</span></details>}</li>)}</ul>
    </div>
  );
}

function ConfigurationCard({ kept }: { kept?: Health['gateway']['configuration'] }) {
  const w = useWords().overview;
  const configuration = useConfiguration();
  const left = useLeft();
  return (
    <Card title={w.configuration}>
      <Load of={configuration} lines={2}>
        {(c) => c === null ? <div className="whole"><dt>{w.number}</dt><dd><State tone="warn">{w.noConfiguration}</State></dd></div> : (
          <>
            <Fact name={w.number}>{c.number}</Fact>
            <Fact name={w.expires}>{c.expires ? <>{dateTime(c.expires)}<div className="quiet">{left(c.expires)}</div></> : null}</Fact>
          </>
        )}
      </Load>
      {kept && <div className="whole"><dt>{w.kept}</dt><dd>{kept.known && kept.number !== undefined ? <>{kept.number} {kept.expired ? <State tone="bad">{w.expired}</State> : <span className="quiet">· {kept.expires && left(kept.expires)}</span>}</> : <State tone="bad">{w.noConfiguration}</State>}</dd></div>}
    </Card>
  );
}

/** "10 phút", by the largest unit that fits. */
function useLeft() {
  const w = useWords().overview;
  const { language } = useLanguage();
  return (until: string) => {
    const seconds = Math.round((Date.parse(until) - Date.now()) / 1000);
    if (seconds <= 0) return w.expired;
    const [n, unit] = seconds >= 172_800 ? [Math.floor(seconds / 86_400), 'day'] : seconds >= 7_200 ? [Math.floor(seconds / 3_600), 'hour'] : [Math.max(1, Math.floor(seconds / 60)), 'minute'];
    return w.validFor(new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(n));
  };
}

function Stamps({ of: health }: { of: Health }) {
  const w = useWords().overview;
  const left = useLeft();
  const s = health.time_stamps;
  const fresh = soonest(health.ocsp.certificates.map((c) => c.fresh_until));
  return (
    <Card title={w.stamps}>
      <Fact name={w.lastStamp}>{s.last_stamp ? dateTime(s.last_stamp) : <span className="quiet">{w.noStamp}</span>}</Fact>
      <Fact name={w.oldest}>{s.oldest_unstamped ? dateTime(s.oldest_unstamped) : <span className="quiet">{w.none}</span>}</Fact>
      <div className="whole"><dt>{w.ocsp}</dt><dd>{fresh ? <>{w.freshUntil} {dateTime(fresh)} <span className="quiet">· {left(fresh)}</span></> : <State tone="warn">{w.noOcsp}</State>}</dd></div>
    </Card>
  );
}

function Log({ of: health }: { of: Health }) {
  const w = useWords().overview;
  const log = health.gateway.log;
  return (
    <Card title={w.log}>
      {!log.writable && <div className="whole"><dd><State tone="bad">{w.unwritable}</State></dd></div>}
      <Fact name={w.records}>{number(log.records)}</Fact>
      <Fact name={w.size}>{bytes(log.bytes)}</Fact>
      <Fact name={w.free}>{bytes(log.free_bytes)}</Fact>
      <Fact name={w.waiting}>{number(log.waiting)}</Fact>
      <Fact name={w.behind}>{health.index.behind === null ? '?' : number(health.index.behind)}</Fact>
      <Fact name={w.dropped}>{health.records.dropped > 0 ? <State tone="warn">{number(health.records.dropped)}</State> : '0'}</Fact>
    </Card>
  );
}

function Certificates({ of: health }: { of: Health }) {
  const w = useWords().overview;
  const names = useNames();
  const keys = [...health.identity.keys].sort((a, b) => a.days_left - b.days_left);
  return (
    <section className="section">
      <h2>{w.certificates}</h2>
      <div className="tablebox inset" tabIndex={0} role="region" aria-label={w.certificates}>
        <table className="plain">
          <thead><tr><Head of={[w.purpose, w.ends]} /></tr></thead>
          <tbody>
            {keys.map((k) => (
              <tr key={k.certificate}>
                <td>{w.use[k.use]}<div className="quiet exid">{k.member ? (names(k.member) ?? shown(k.member)) : k.subject}</div></td>
                <td className="when"><State tone={k.days_left < 7 ? 'bad' : k.days_left < soonDays ? 'warn' : 'good'}>{k.days_left < 0 ? w.over : w.daysLeft(number(k.days_left))}</State><div className="quiet">{dateTime(k.not_after)}</div></td>
              </tr>
            ))}
            {health.identity.waiting.map((k) => <tr key={k.key}><td>{k.member ? shown(k.member) : k.key}</td><td><State tone="warn">{w.waitingFor(k.for)}</State></td></tr>)}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Gateways({ health }: { health: Health | null }) {
  const w = useWords().overview;
  const names = useNames();
  const servers = useServers();
  const links = new Map((health?.gateway.gateways ?? []).map((g) => [g.server.replace(/^SERVER:/, ''), g]));
  return (
    <section className="section">
      <h2>{w.gateways}</h2>
      <Load of={servers}>
        {(list) => (
          <Table rows={list} label={w.gateways} text={(s) => `${s.server} ${s.address} ${names(s.member) ?? ''}`} head={<Head of={[w.gateway, w.address, w.serves, w.cert]} />} empty={<Empty title={w.noGateways}><p><Link to="/console" search={{ section: 'exchange-join' }}>{w.noGatewaysText}</Link></p></Empty>}>
            {(s) => {
              const link = links.get(shown(s.server));
              return (
                <tr key={s.server}>
                  <td><Id id={s.server} name={names(s.member)} /> {s.maintenance === null ? <State tone="good">{w.running}</State> : <><State tone="warn">{w.maintenance}</State><div className="quiet">{s.maintenance}</div></>}
                    {link && (link.failures > 0 || link.left_out_until) && <div><State tone="warn">{w.failures(number(link.failures))}{link.left_out_until ? `, ${w.leftOut(dateTime(link.left_out_until))}` : ''}</State></div>}
                    {link?.mean_milliseconds !== undefined && <div className="quiet">{w.latency(number(Math.round(link.mean_milliseconds)))}</div>}</td>
                  <td className="exid">{s.address}</td>
                  <td>{number(s.clients.length)}</td>
                  <td><ServerCertificate of={s} /></td>
                </tr>
              );
            }}
          </Table>
        )}
      </Load>
    </section>
  );
}

export function ServerCertificate({ of }: { of: Server }) {
  const w = useWords();
  const end = soonest(of.certificates.filter((c) => c.revoked_at === null).map((c) => c.not_after));
  const days = end ? Math.floor((Date.parse(end) - Date.now()) / dayMs) : 0;
  return (
    <>
      {end ? <><State tone={days < 7 ? 'bad' : days < soonDays ? 'warn' : 'good'}>{days < 0 ? w.overview.over : w.overview.daysLeft(number(days))}</State><div className="quiet">{dateTime(end)}</div></> : <State tone="warn">{w.overview.noCert}</State>}
      {of.waiting > 0 && <div className="quiet">{w.registry.waitingCert(number(of.waiting))}</div>}
    </>
  );
}

function Services() {
  const { overview: w, common: c } = useWords();
  const services = useQuery({ queryKey: ['exchange', 'service-health'], queryFn: async ({ signal }) => (await api.get<{ items: ServiceHealth[] }>(exchangePath('service-health'), signal)).items, refetchInterval: 15_000 });
  const called = services.data?.filter((s) => s.messages > 0) ?? [];
  return (
    <section className="section">
      <h2>{w.services}</h2>
      {services.error && !services.data ? <ProblemNotice error={services.error} retry={() => void services.refetch()} /> : (
        <Load of={services}>
          {() => called.length === 0 ? <div className="card"><Empty title={w.noCalls}>{w.noCallsText}</Empty></div> : (
            <Table rows={called} label={w.services} text={(s) => s.service} head={<Head of={[c.service, w.messages, w.success, w.slow, w.circuit]} />} empty={null}>
              {(s) => {
                const good = s.messages - s.failed;
                const share = Math.floor((good / s.messages) * 1000) / 10;
                return (
                  <tr key={`${s.service}${s.side}`}>
                    <td><Id id={s.service.replace(/^SERVICE:/, '')} /> <span className="quiet">({w.side[s.side]})</span></td>
                    <td>{number(s.messages)}</td>
                    <td><span className="rate"><meter min={0} max={100} low={90} high={99} optimum={100} value={share} aria-label={w.success} />{number(share)}%</span>{s.failed > 0 && <div className="quiet">{number(good)}/{number(s.messages)}</div>}</td>
                    <td className="when">{s.slowest_p95_ms === null ? '–' : `${number(s.slowest_p95_ms)} ms`}</td>
                    <td>{s.circuit === null ? '–' : <State tone={s.circuit === 'closed' ? 'good' : s.circuit === 'open' ? 'bad' : 'warn'}>{w.circuits[s.circuit] ?? s.circuit}</State>}</td>
                  </tr>
                );
              }}
            </Table>
          )}
        </Load>
      )}
    </section>
  );
}
