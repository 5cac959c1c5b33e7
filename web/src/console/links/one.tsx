// One connector: how it is, what can be done to it, and its lists, each under an address of its own.
import { Button, Textarea } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Fact, Load } from '../../kit/kit';
import { useLanguage } from '../../i18n';
import { dateTime, number } from '../../lib/format';
import { Ask } from '../parts';
import { useCommand, useCost, useLink, type LinkBody } from './api';
import { Catalogue } from './catalogue';
import { Differences } from './differences';
import { Journal } from './journal';
import { Standing } from './links';
import { PowerLanes } from './lanes';
import { Messages } from './messages';
import { Mirrored } from './mirrored';
import { OddPayments } from './odd';
import { usePartnerWords } from './partner_words';
import { useLinkWords } from './words';

const tabs = ['overview', 'differences', 'dead', 'held', 'messages', 'catalogue', 'journal'] as const;
/** Only the national portal describes procedures. */
const tabsOf = (name: string) => tabs.filter((x) => x !== 'catalogue' || name === 'portal');

/** What only this partner has. */
const own: Record<string, 'odd' | 'mirrored' | 'lanes'> = { payment: 'odd', business: 'mirrored', budget: 'mirrored', power: 'lanes' };

export function OneLink({ name, tab: asked }: { name: string; tab?: string }) {
  const w = useLinkWords();
  const { language } = useLanguage();
  const link = useLink(name);
  const p = usePartnerWords();
  const special = own[name];
  const tab = special && asked === special ? special : (tabsOf(name).find((x) => x === asked) ?? 'overview');
  const count = (l: LinkBody, x: (typeof tabs)[number]) => (x === 'differences' ? l.differences : x === 'dead' ? l.dead : x === 'held' ? l.held : 0);
  return (
    <Load of={link} lines={8}>
      {(l) => (
        <>
          <p style={{ margin: 0 }}><Link to="/console" search={{ section: 'links' }}>← {w.back}</Link></p>
          <div className="row spread"><h1>{l[language]}</h1><span role="status"><Standing of={l} big /></span></div>
          {l.simulated && <p className="notice" style={{ marginTop: 12 }}><strong>{w.simulated}.</strong> {w.simulatedText}</p>}
          <nav className="row tabs" aria-label={l[language]} style={{ margin: '14px 0', flexWrap: 'wrap', gap: 14 }}>
            {tabsOf(name).map((x) => <Link key={x} to="/console" search={{ section: 'links', at: `${name}/${x}` }} className="view" aria-current={x === tab ? 'page' : undefined}>{w.tabs[x]}{count(l, x) > 0 && ` (${number(count(l, x))})`}</Link>)}
            {special && <Link to="/console" search={{ section: 'links', at: `${name}/${special}` }} className="view" aria-current={tab === special ? 'page' : undefined}>{p.tabs[special]}</Link>}
          </nav>
          {tab === 'overview' && <Overview l={l} />}
          {tab === 'differences' && <Differences name={name} canCompare={l.can_compare} />}
          {(tab === 'dead' || tab === 'held') && <Messages key={tab} name={name} only={tab} />}
          {tab === 'messages' && <Messages name={name} />}
          {tab === 'catalogue' && <Catalogue name={name} />}
          {tab === 'journal' && <Journal name={name} />}
          {tab === 'odd' && <OddPayments />}
          {tab === 'mirrored' && <Mirrored system={name} />}
          {tab === 'lanes' && <PowerLanes />}
        </>
      )}
    </Load>
  );
}

function Overview({ l }: { l: LinkBody }) {
  const w = useLinkWords();
  const { language } = useLanguage();
  const [ask, setAsk] = useState<'pause' | 'replay' | null>(null);
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const command = useCommand((a) => (a.messages === undefined ? w.done : w.replayed(number(a.messages))));
  const close = () => { setAsk(null); setReason(''); setTried(false); command.reset(); };
  const act = (path: string, body?: object) => command.mutate({ path: `${l.name}/${path}`, body }, { onSuccess: close });
  const running = l.comparison && !l.comparison.ended_at;
  return (
    <>
      <div className="row" style={{ flexWrap: 'wrap' }}>
        {l.paused ? <Button onClick={() => act('resume')}>{w.resume}</Button> : <Button variant="default" onClick={() => setAsk('pause')}>{w.pause}</Button>}
        {l.can_compare && <Button variant="default" disabled={Boolean(running)} onClick={() => act('tasks/reconcile')}>{w.compare}</Button>}
        <Button variant="default" onClick={() => setAsk('replay')}>{w.replayAll}</Button>
      </div>
      <section className="card" style={{ marginTop: 16 }}>
        <dl className="facts two">
          <Fact name={w.accepted}>{number(l.accepted_keys)}</Fact>
          <Fact name={w.waiting}>{number(l.waiting)}{l.behind > 0 && <div className="quiet">{w.behind(number(l.behind))}</div>}{l.retrying > 0 && <div className="quiet">{w.retrying(number(l.retrying))}</div>}</Fact>
          {l.oldest_waiting && <Fact name={w.oldest}>{dateTime(l.oldest_waiting)}</Fact>}
          <Fact name={w.lag}>{l.lag_events === null ? '–' : w.events(number(l.lag_events))}</Fact>
          <Fact name={w.speed}>{w.perSecond(number(Math.round(l.since_start.per_second * 10) / 10))}</Fact>
          <Fact name={w.address}><span className="mono" style={{ whiteSpace: 'normal', overflowWrap: 'anywhere' }}>{l.url}</span></Fact>
          {l.paused && <Fact name={w.paused}>{l.paused.reason}<div className="quiet">{w.pausedBy(l.paused.by, dateTime(l.paused.at))}</div></Fact>}
          {l.can_compare && <Fact name={w.lastCompare}>{!l.comparison ? w.neverCompared : running ? w.comparing : <>{dateTime(l.comparison.ended_at)}<div className="quiet">{w.comparedText(number(l.comparison.compared), number(l.comparison.differences))}</div>{l.comparison.waiting > 0 && <div className="quiet">{w.underWay(number(l.comparison.waiting))}</div>}{l.comparison.problem && <span className="state bad">{w.interrupted}</span>}</>}</Fact>}
        </dl>
      </section>
      <CostCard name={l.name} />
      <section className="section">
        <h2>{w.tasks}</h2>
        <div className="tablebox inset" tabIndex={0} role="region" aria-label={w.tasks}>
          <table className="plain"><thead><tr><th scope="col">{w.operation}</th><th scope="col">{w.last}</th><th scope="col">{w.next}</th><td /></tr></thead>
            <tbody>{l.tasks.map((k) => (
              <tr key={k.name}>
                <td>{k[language]}<Report of={k.report} />{k.problem && <div className="state bad">{k.problem[language]}</div>}</td>
                <td>{k.last_at ? dateTime(k.last_at) : <span className="quiet">{w.never}</span>}</td>
                <td>{dateTime(k.next_at)}</td>
                <td className="num"><Button size="xs" variant="default" aria-label={`${w.runNow}: ${k[language]}`} onClick={() => act(`tasks/${k.name}`)}>{w.runNow}</Button></td>
              </tr>
            ))}</tbody></table>
        </div>
      </section>
      <Ask open={ask === 'pause'} title={w.pauseTitle} act={w.pause} busy={command.isPending} error={command.error} onClose={close} onAct={() => { setTried(true); if (reason.trim()) act('pause', { reason: reason.trim() }); }}>
        <p style={{ margin: 0 }}>{w.pauseText}</p>
        <Textarea label={w.reason} value={reason} onChange={(e) => setReason(e.currentTarget.value)} error={tried && !reason.trim() ? w.reasonNeeded : undefined} maxLength={500} autosize />
      </Ask>
      <Ask open={ask === 'replay'} title={w.replayTitle} act={w.replayAll} busy={command.isPending} error={command.error} onClose={close} onAct={() => act('replay', { all: true })}>
        <p style={{ margin: 0 }}>{w.replayText}</p>
      </Ask>
    </>
  );
}

/** What a task said of itself: its counts, and its lists to be opened. */
function Report({ of }: { of: Record<string, unknown> }) {
  const w = useLinkWords();
  const counts = Object.entries(of).flatMap(([name, value]) => (typeof value === 'number' ? [`${w.reports[name] ?? name}: ${number(value)}`] : Array.isArray(value) && value.length > 0 && name in w.reports ? [`${w.reports[name]}: ${number(value.length)}`] : []));
  const lists = Object.values(of).flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : []));
  if (counts.length === 0) return null;
  return (
    <div className="quiet">
      {counts.join(', ')}
      {lists.length > 0 && <details><summary>{w.details}</summary><ul>{lists.map((item, i) => <li key={i}>{typeof item === 'object' && item !== null ? Object.values(item as Record<string, unknown>).filter((v) => v !== null).map(String).join(' · ') : String(item)}</li>)}</ul></details>}
    </div>
  );
}

function CostCard({ name }: { name: string }) {
  const w = useLinkWords();
  const { language } = useLanguage();
  const cost = useCost(name).data;
  if (!cost?.cost) return null;
  const months = cost.cost.months.filter((m) => m.agencies.length > 0);
  return (
    <section className="section card">
      <h2>{w.cost}</h2>
      <p className="quiet">{cost.cost.criterion} {cost.cost[language]}. {!cost.cost.max_verified && w.unverified}</p>
      {months.length === 0 ? <p className="notice good">{w.costNone}</p> : months.map((m) => (
        <div key={m.month}><h3>{w.costOf(m.month)}</h3><ul>{m.agencies.map((a) => <li key={a.agency}>{a.name}: {w.costLine(number(a.missing), number(a.dossiers), a.points_lost.replace('.', ','))}</li>)}</ul></div>
      ))}
    </section>
  );
}
