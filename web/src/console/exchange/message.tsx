// One record of the message log with its proof. What it says, and the container, take a purpose: both are logged before
// they are shown.
import { Button, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { ApiProblem } from '../../api/client';
import { api } from '../../api/session';
import { Empty, Fact, Load, ProblemNotice } from '../../kit/kit';
import { bytes, dateTime, number as numberText } from '../../lib/format';
import { exchangePath, shown, subsystemOf, useMay, useNames, type Message } from './api';
import { Erasure } from './erasure';
import { Outcome } from './log';
import { Id, State } from './parts';
import { useLogWords } from './words_log';

export function MessagePage({ number }: { number: string }) {
  const w = useLogWords().message;
  const l = useLogWords().log;
  const message = useQuery({ queryKey: ['exchange', 'message', number], queryFn: ({ signal }) => api.get<Message>(exchangePath(`messages/${number}`), signal), refetchInterval: (q) => (q.state.data && !q.state.data.time_stamped ? 5_000 : false) });
  const back = <p><Link to="/console" search={{ section: 'exchange-log' }}>{w.back}</Link>{message.data?.message_id && <> · <Link to="/console" search={{ section: 'exchange-log', at: new URLSearchParams({ message_id: message.data.message_id }).toString() }}>{l.exchange}</Link></>}</p>;
  if (message.error instanceof ApiProblem && message.error.status === 404 && !message.data) return <>{back}<h1>{w.title(number)}</h1><div className="card" style={{ marginTop: 14 }}><Empty title={w.notFound}>{message.error.problem.detail ?? message.error.problem.title}</Empty></div></>;
  return (
    <>
      {back}
      <h1>{w.title(number)}</h1>
      <div style={{ marginTop: 14 }}><Load of={message} lines={8}>{(m) => <Record m={m} />}</Load></div>
    </>
  );
}

function Record({ m }: { m: Message }) {
  const w = useLogWords();
  const may = useMay();
  const names = useNames();
  const secret = (value: string | null) => (value === null ? <span className="quiet">{w.message.none}</span> : value === '***' ? <span className="quiet">{w.message.masked}</span> : value);
  return (
    <>
      {m.erased && <p className="notice warn">{w.message.erased}</p>}
      <section className="card">
        <h2>{m.direction === 'request' ? w.log.request : w.log.response} · {w.log.side[m.side]}</h2>
        <dl className="facts">
          <Fact name={w.log.at}>{dateTime(m.at)}</Fact>
          <Fact name={w.log.result}><Outcome of={m} /></Fact>
          <Fact name={w.log.client}><Id id={m.client} name={names(m.client)} /></Fact>
          <Fact name={w.log.provider}><Id id={m.service} name={names(subsystemOf(m.service))} /></Fact>
          <Fact name={w.log.messageId}><span className="exid">{m.message_id}</span></Fact>
          <Fact name={w.message.requestId}>{m.request_id ? <span className="exid">{m.request_id}</span> : null}</Fact>
          <Fact name={w.message.user}>{secret(m.user_id)}</Fact>
          <Fact name={w.message.issue}>{secret(m.issue)}</Fact>
          <Fact name={w.message.party}>{secret(m.represented_party)}</Fact>
        </dl>
      </section>
      <section className="card" style={{ marginTop: 14 }}>
        <h2>{w.message.proof}</h2>
        <dl className="facts">
          <Fact name={w.message.signed}>{m.signed_in_batch ? w.message.signedBatch : w.message.signedAlone}</Fact>
          <Fact name={w.message.stamped}><State tone={m.time_stamped ? 'good' : ''}>{m.time_stamped ? w.message.stampYes : w.message.stampNo}</State></Fact>
          <div className="whole"><dt>{w.message.signer}</dt><dd className="exid">{m.signer ?? '–'}</dd></div>
          <div className="whole"><dt>{w.message.bodies}</dt><dd>{m.bodies.length === 0 ? <span className="quiet">{w.message.noBodies}</span> : <ul className="endpoints">{m.bodies.map((b, i) => <li key={i}>{bytes(b.size)}, {b.kept ? w.message.kept : w.message.digestOnly}<div className="exid quiet">{w.message.sha512}: {b.sha512}</div></li>)}</ul>}</dd></div>
        </dl>
      </section>
      {may.connects && <Purposeful m={m} />}
      <Erasure m={m} />
    </>
  );
}

/** Seeing what it says, and taking the container out: one purpose for both. */
function Purposeful({ m }: { m: Message }) {
  const w = useLogWords().message;
  const log = useLogWords().log;
  const [purpose, setPurpose] = useState('');
  const [judged, setJudged] = useState(false);
  const why = purpose.trim();
  const fault = why.length < 5 || why.length > 300 ? log.purposeShort : undefined;
  const container = useMutation({
    mutationFn: () => api.blob(exchangePath(`messages/${m.number}/container?${new URLSearchParams({ purpose: why })}`)),
    onSuccess: (file) => {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(file);
      link.download = `${m.direction}-${m.number}.asice`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
      notifications.show({ message: w.downloaded, withCloseButton: false });
    },
  });
  const look = useMutation({ mutationFn: () => api.get<Message>(exchangePath(`messages/${m.number}?${new URLSearchParams({ personal: 'true', purpose: why })}`)) });
  const act = (what: { mutate: () => void }) => (e: FormEvent) => { e.preventDefault(); setJudged(true); if (!fault) what.mutate(); };
  const seen = look.data;
  return (
    <section className="card" style={{ marginTop: 14 }}>
      <h2>{w.look}</h2>
      <p className="quiet" style={{ marginTop: 0 }}>{w.lookText} {w.containerText}</p>
      {(container.error ?? look.error) && <ProblemNotice error={container.error ?? look.error} focus />}
      <form className="stack" noValidate onSubmit={act(look)}>
        <TextInput label={w.purpose} description={w.purposeHint} value={purpose} onChange={(e) => setPurpose(e.currentTarget.value)} error={judged ? fault : undefined} maxLength={300} />
        <div className="row"><Button type="submit" loading={look.isPending}>{w.look}</Button><Button variant="default" loading={container.isPending} onClick={act(container)}>{w.container}</Button></div>
      </form>
      {seen && (
        <div style={{ marginTop: 14 }} data-testid="contents" aria-live="polite">
          <dl className="facts"><Fact name={w.user}>{seen.user_id ?? w.none}</Fact><Fact name={w.issue}>{seen.issue ?? w.none}</Fact><Fact name={w.party}>{seen.represented_party ? shown(seen.represented_party) : w.none}</Fact></dl>
          {seen.message && <><h3 style={{ marginTop: 12 }}>{w.says} <span className="quiet">({numberText(seen.message.length)})</span></h3><pre className="answer" tabIndex={0} lang="en">{seen.message}</pre></>}
        </div>
      )}
    </section>
  );
}
