// One topic: who may read it, who does, and closing it.
import { Button, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { ApiProblem } from '../../api/client';
import { api } from '../../api/session';
import { useT } from '../../i18n';
import { Empty, Fact, Load, ProblemNotice } from '../../kit/kit';
import { bytes, dateTime, number } from '../../lib/format';
import { Ask } from '../parts';
import { exchangePath, shown, useMay, useNames, type Reader, type Topic } from './api';
import { Id, State } from './parts';
import { SystemSelect } from './right_form';
import { Subscriptions } from './subscriptions';
import { TopicLimits } from './topic_limits';
import { useLogWords } from './words_log';
import { useMoreWords } from './words_more';

export function OneTopic({ id }: { id: string }) {
  const w = useLogWords().topics;
  const limits = useMoreWords().limits;
  const may = useMay();
  const path = `topics/${encodeURIComponent(id)}`;
  const topic = useQuery({ queryKey: ['exchange', 'topic', id], queryFn: ({ signal }) => api.get<Topic>(exchangePath(path), signal), refetchInterval: 15_000 });
  const [closing, setClosing] = useState(false);
  const close = useDone(() => api.send({ path: exchangePath(`${path}/closing`), method: 'POST' }), () => setClosing(false));
  const back = <p><Link to="/console" search={{ section: 'exchange-topics' }}>{w.back}</Link></p>;
  const names = useNames();
  if (topic.error instanceof ApiProblem && topic.error.status === 404) return <>{back}<h1>{w.title}</h1><div className="card" style={{ marginTop: 14 }}><Empty title={w.notFound} /></div></>;
  return (
    <>
      {back}
      <Load of={topic} lines={8}>
        {(x) => (
          <>
            <div className="row spread"><h1>{x.title}</h1><State big tone={x.closed_at ? '' : 'good'}>{x.closed_at ? w.closed : w.live}</State></div>
            <section className="card" style={{ marginTop: 14 }}>
              <dl className="facts"><Fact name={w.id}><span className="exid">{x.topic}</span></Fact><Fact name={w.owner}><Id id={x.owner} name={names(x.owner)} /></Fact><Fact name={w.published}>{number(x.next_position - 1)}</Fact><Fact name={w.retention}>{number(x.retention_hours)}</Fact><Fact name={w.attempts}>{number(x.attempts)}</Fact><Fact name={limits.deadFact}>{number(x.dead_retention_hours)}</Fact><Fact name={limits.largestFact}>{bytes(x.largest_message)}</Fact></dl>
              {may.connects && !x.closed_at && <div className="row" style={{ marginTop: 14 }}><TopicLimits of={x} /><Button variant="default" onClick={() => { close.reset(); setClosing(true); }}>{w.close}</Button></div>}
            </section>
            {may.connects && <Readers path={path} topic={x} />}
            <Subscriptions topic={x} />
            <Ask open={closing} title={w.closeTitle} act={w.close} danger busy={close.isPending} error={close.error} onAct={() => close.mutate()} onClose={() => setClosing(false)}><p style={{ margin: 0 }}>{w.closeText}</p></Ask>
          </>
        )}
      </Load>
    </>
  );
}

/** A command on topics: when it is done everything of them is asked anew. */
export function useDone<T = void>(run: (what: T) => Promise<unknown>, then: () => void) {
  const w = useLogWords().topics;
  const client = useQueryClient();
  return useMutation({ mutationFn: run, onSuccess: () => { then(); notifications.show({ message: w.done, withCloseButton: false }); void client.invalidateQueries({ queryKey: ['exchange'] }); } });
}

function Readers({ path, topic }: { path: string; topic: Topic }) {
  const t = useT();
  const w = useLogWords().topics;
  const may = useMay();
  const names = useNames();
  const readers = useQuery({ queryKey: ['exchange', 'readers', topic.topic], queryFn: async ({ signal }) => (await api.get<{ items: Reader[] }>(exchangePath(`${path}/readers`), signal)).items, enabled: may.connects });
  const [client, setClient] = useState<string | null>(null);
  const [basis, setBasis] = useState('');
  const [judged, setJudged] = useState(false);
  const [asked, setAsked] = useState<Reader | null>(null);
  const admit = useDone(() => api.send({ path: exchangePath(`${path}/readers`), method: 'POST', body: { client, basis: basis.trim() } }), () => { setClient(null); setBasis(''); setJudged(false); });
  const dismiss = useDone((r: Reader) => api.send({ path: exchangePath(`${path}/dismissals`), method: 'POST', body: { client: r.client } }), () => setAsked(null));
  const submit = (e: FormEvent) => { e.preventDefault(); setJudged(true); if (client && basis.trim()) admit.mutate(); };
  // Who may read is for the owner to know; the others see the topic alone.
  if (!readers.data && readers.error instanceof ApiProblem && readers.error.status === 403) return null;
  return (
    <section className="section">
      <h2>{w.readers}</h2>
      <Load of={readers} lines={2}>
        {(rows) => rows.length === 0 ? <div className="card"><Empty title={w.noReaders}>{w.noReadersText}</Empty></div> : (
          <div className="tablebox inset" tabIndex={0} role="region" aria-label={w.readers}>
            <table className="plain"><thead><tr><th scope="col">{w.system}</th><th scope="col">{w.basis}</th><th scope="col">{w.since}</th>{may.connects && <td />}</tr></thead>
              <tbody>{rows.map((r) => <tr key={r.client}><td><Id id={r.client} name={names(r.client)} /></td><td>{r.basis}</td><td className="when">{dateTime(r.since)}</td>{may.connects && <td className="num"><Button size="xs" variant="default" aria-label={`${w.dismiss}: ${names(r.client) ?? shown(r.client)}`} onClick={() => { dismiss.reset(); setAsked(r); }}>{w.dismiss}</Button></td>}</tr>)}</tbody></table>
          </div>
        )}
      </Load>
      {may.connects && !topic.closed_at && (
        <form className="card exform" style={{ marginTop: 12 }} noValidate onSubmit={submit} aria-label={w.admit}>
          {admit.error && <div className="wide"><ProblemNotice error={admit.error} focus /></div>}
          <SystemSelect label={w.system} value={client} onChange={setClient} error={judged && !client ? t.common.required : undefined} />
          <TextInput label={w.basis} value={basis} onChange={(e) => setBasis(e.currentTarget.value)} error={judged && !basis.trim() ? t.common.required : undefined} maxLength={500} />
          <div className="acts"><Button type="submit" variant="default" loading={admit.isPending}>{w.admit}</Button></div>
        </form>
      )}
      <Ask open={asked !== null} title={w.dismissTitle} act={w.dismiss} danger busy={dismiss.isPending} error={dismiss.error} onAct={() => asked && dismiss.mutate(asked)} onClose={() => setAsked(null)}><p style={{ margin: 0 }}>{w.dismissText}</p></Ask>
    </section>
  );
}
