// Who reads a topic and how far: paused, replayed from a position, ended; what could not be delivered, delivered again
// or given up.
import { Button, Modal, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { ApiProblem } from '../../api/client';
import { api } from '../../api/session';
import { useT } from '../../i18n';
import { Empty, Load, ProblemNotice } from '../../kit/kit';
import { dateTime, number } from '../../lib/format';
import { Ask } from '../parts';
import { exchangePath, shown, useMay, useNames, useServices, whole, type DeadLetter, type Subscription, type Topic } from './api';
import { Id, State } from './parts';
import { SystemSelect } from './right_form';
import { useDone } from './topic';
import { useLogWords } from './words_log';

const of = (s: Subscription, what: string) => exchangePath(`subscriptions/${encodeURIComponent(s.subscription)}/${what}`);
const positionOf = (text: string) => (/^[1-9]\d*$/.test(text.trim()) ? Number(text) : null);

export function Subscriptions({ topic }: { topic: Topic }) {
  const t = useT();
  const w = useLogWords().topics;
  const may = useMay();
  const names = useNames();
  const found = useQuery({ queryKey: ['exchange', 'subscriptions', topic.topic], queryFn: async ({ signal }) => (await api.get<{ items: Subscription[] }>(exchangePath(`subscriptions?${new URLSearchParams({ topic: topic.topic })}`), signal)).items, refetchInterval: 5_000 });
  const [making, setMaking] = useState(false);
  const [asked, setAsked] = useState<{ what: 'ending' | 'moving' | 'dead'; of: Subscription } | null>(null);
  const [position, setPosition] = useState('1');
  const at = positionOf(position);
  const pause = useDone((s: Subscription) => api.send({ path: of(s, 'pausing'), method: 'POST', body: { paused: !s.paused } }), () => {});
  const end = useDone((s: Subscription) => api.send({ path: of(s, 'ending'), method: 'POST' }), () => setAsked(null));
  const move = useDone((s: Subscription) => api.send({ path: of(s, 'moving'), method: 'POST', body: { position: at } }), () => setAsked(null));
  const ask = (what: 'ending' | 'moving' | 'dead', s: Subscription) => { end.reset(); move.reset(); setPosition('1'); setAsked({ what, of: s }); };
  return (
    <section className="section">
      <div className="row spread"><h2>{w.subscriptions}</h2>{may.connects && <Button size="xs" onClick={() => setMaking(true)}>{w.subscribe}</Button>}</div>
      {pause.error && <ProblemNotice error={pause.error} focus />}
      <Load of={found} lines={3}>
        {(rows) => rows.length === 0 ? <div className="card"><Empty title={w.noSubscriptions}>{w.noSubscriptionsText}</Empty></div> : (
          <div className="stack">{rows.map((s) => (
            <div key={s.subscription} className="card" data-subscription={s.subscription}>
              <div className="reqhead"><strong><Id id={s.subscriber} name={names(s.subscriber)} /></strong><span className="row"><State tone={s.paused ? 'warn' : 'good'}>{s.paused ? w.paused : w.running}</State>{s.dead > 0 && <State tone="bad">{w.dead}: {number(s.dead)}</State>}</span></div>
              <p style={{ margin: '6px 0' }} className="quiet">{s.push_to ? <>{w.push} <span className="exid">{shown(s.push_to)}</span></> : w.pull} · {w.position} {number(s.position)} · {w.waiting}: {number(s.waiting)}{s.oldest && <> ({w.oldest} {dateTime(s.oldest)})</>}</p>
              {s.problem && <p className="notice warn" style={{ margin: '6px 0' }}>{s.problem}</p>}
              {may.connects && <div className="row"><Button size="xs" variant="default" loading={pause.isPending && pause.variables?.subscription === s.subscription} onClick={() => pause.mutate(s)}>{s.paused ? w.resume : w.pause}</Button><Button size="xs" variant="default" onClick={() => ask('moving', s)}>{w.replay}</Button><Button size="xs" variant="default" onClick={() => ask('dead', s)}>{w.deadTitle}</Button><Button size="xs" variant="default" onClick={() => ask('ending', s)}>{w.end}</Button></div>}
            </div>
          ))}</div>
        )}
      </Load>
      <Ask open={asked?.what === 'ending'} title={w.endTitle} act={w.end} danger busy={end.isPending} error={end.error} onAct={() => asked && end.mutate(asked.of)} onClose={() => setAsked(null)}><p style={{ margin: 0 }}>{w.endText}</p></Ask>
      <Ask open={asked?.what === 'moving'} title={w.replayTitle} act={w.replay} busy={move.isPending} error={move.error} onAct={() => asked && at && move.mutate(asked.of)} onClose={() => setAsked(null)}>
        <p style={{ margin: 0 }}>{w.replayText}</p>
        <TextInput label={w.replayAt} inputMode="numeric" value={position} onChange={(e) => setPosition(e.currentTarget.value)} error={at === null ? w.wrongNumber : undefined} />
      </Ask>
      <Modal opened={asked?.what === 'dead'} onClose={() => setAsked(null)} size="lg" title={w.deadTitle} closeButtonProps={{ 'aria-label': t.common.close }}>{asked && <Dead of={asked.of} />}</Modal>
      <Modal opened={making} onClose={() => setMaking(false)} title={w.subscribe} closeButtonProps={{ 'aria-label': t.common.close }}><Subscribe topic={topic} done={() => setMaking(false)} /></Modal>
    </section>
  );
}

function Dead({ of: s }: { of: Subscription }) {
  const w = useLogWords().topics;
  const dead = useQuery({ queryKey: ['exchange', 'dead', s.subscription], queryFn: ({ signal }) => whole<DeadLetter>(`subscriptions/${encodeURIComponent(s.subscription)}/dead-letters`, signal) });
  const [dropping, setDropping] = useState<DeadLetter | null>(null);
  const act = useDone(({ letter, what }: { letter: DeadLetter; what: 'redriving' | 'dropping' }) => api.send({ path: of(s, `dead-letters/${letter.first}/${what}`), method: 'POST' }), () => setDropping(null));
  return (
    <>
      {act.error && <ProblemNotice error={act.error} focus />}
      <Load of={dead} lines={3}>
        {(rows) => rows.length === 0 ? <Empty title={w.noDead} /> : (
          <ul className="looked">{rows.map((d) => (
            <li key={d.first}>
              <strong>{w.position} {w.range(number(d.first), number(d.last))}</strong> <span className="quiet">{w.at.toLocaleLowerCase()} {dateTime(d.at)} · {w.tried}: {number(d.attempts)}</span>
              <div>{d.reason}{d.expired && <> <State tone="warn">{w.expired}</State></>}</div>
              <div className="row" style={{ marginTop: 6 }}>
                {!d.expired && <Button size="xs" variant="default" loading={act.isPending && act.variables?.letter.first === d.first} onClick={() => act.mutate({ letter: d, what: 'redriving' })}>{w.redrive}</Button>}
                {dropping?.first === d.first ? <><span>{w.dropText}</span><Button size="xs" color="red" onClick={() => act.mutate({ letter: d, what: 'dropping' })}>{w.drop}</Button></> : <Button size="xs" variant="default" onClick={() => setDropping(d)}>{w.drop}</Button>}
              </div>
            </li>
          ))}</ul>
        )}
      </Load>
    </>
  );
}

function Subscribe({ topic, done }: { topic: Topic; done: () => void }) {
  const t = useT();
  const w = useLogWords().topics;
  const services = useServices();
  const [subscriber, setSubscriber] = useState<string | null>(null);
  const [push, setPush] = useState<string | null>(null);
  const [from, setFrom] = useState('');
  const [judged, setJudged] = useState(false);
  const at = from.trim() ? positionOf(from) : undefined;
  const make = useDone(() => api.send({ path: exchangePath('subscriptions'), method: 'POST', body: { topic: topic.topic, subscriber, ...(push ? { push_to: push } : {}), ...(at ? { from: at } : {}) } }), done);
  const fault = (pointer: string) => (make.error instanceof ApiProblem ? make.error.at(pointer) : undefined);
  const submit = (e: FormEvent) => { e.preventDefault(); setJudged(true); if (subscriber && at !== null) make.mutate(); };
  return (
    <form className="stack" noValidate onSubmit={submit}>
      {make.error && <ProblemNotice error={make.error} focus />}
      <SystemSelect label={w.subscriber} value={subscriber} onChange={(x) => { setSubscriber(x); setPush(null); }} error={fault('/subscriber') ?? (judged && !subscriber ? t.common.required : undefined)} />
      <Select label={w.pushTo} description={w.pushHint} data={(services.data ?? []).filter((s) => s.provider === subscriber && s.type !== 'SOAP').map((s) => ({ value: s.service, label: s.title ?? s.code }))} value={push} onChange={setPush} clearable clearButtonProps={{ 'aria-label': t.common.remove }} error={fault('/push_to')} />
      <TextInput label={w.first} description={w.firstHint} inputMode="numeric" value={from} onChange={(e) => setFrom(e.currentTarget.value)} error={fault('/from') ?? (judged && at === null ? w.wrongNumber : undefined)} />
      <Button type="submit" loading={make.isPending}>{w.subscribe}</Button>
    </form>
  );
}
