// A call tried out as one of one's own systems: parameters filled in, the answer shown, a fault with what to do about it.
import { Button, Select, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { ApiProblem } from '../../api/client';
import { api } from '../../api/session';
import { useT } from '../../i18n';
import { Empty, Load, ProblemNotice } from '../../kit/kit';
import { number } from '../../lib/format';
import { exchangePath, useOwnGateway, useRights, type Service, type Trial } from './api';
import { filled, type Operation } from './description';
import { adviceOf } from './logic';
import { State } from './parts';
import { methods, SystemSelect } from './right_form';
import { useWords } from './words';
import { useWorkWords } from './words_work';

const byHand = 'by hand';

export function Try({ service, operations }: { service: Service; operations: Operation[] }) {
  const w = useWorkWords().try;
  const own = useOwnGateway();
  return (
    <section className="section" aria-label={w.title}>
      <h2>{w.title}</h2>
      <p className="quiet">{w.lead}</p>
      <Load of={own} lines={3}>{(o) => (o.clients.length === 0 ? <div className="card"><Empty title={w.noSystem} /></div> : <Form service={service} operations={operations} clients={o.clients} />)}</Load>
    </section>
  );
}

function Form({ service, operations, clients }: { service: Service; operations: Operation[]; clients: string[] }) {
  const t = useT();
  const c = useWords().common;
  const w = useWorkWords().try;
  const soap = service.type === 'SOAP';
  // The last is the one with the most in its path: what people look up one thing with.
  const begun = operations.at(-1) ?? null;
  // One that has a right comes first.
  const rights = useRights();
  const likely = clients.find((x) => rights.data?.some((r) => r.service === service.service && r.subject === x && !r.revoked_at)) ?? clients.find((x) => x !== service.provider) ?? clients[0] ?? null;
  const [picked, setClient] = useState<string | null>(null);
  const client = picked ?? likely;
  const [chosen, setChosen] = useState(begun?.id ?? byHand);
  const [values, setValues] = useState<Record<string, string>>({});
  const [method, setMethod] = useState('GET');
  const [path, setPath] = useState('/');
  const [body, setBody] = useState(begun?.body ?? '');
  const [purpose, setPurpose] = useState('');
  const [judged, setJudged] = useState(false);
  const operation = operations.find((o) => o.id === chosen) ?? null;
  const verb = soap ? 'POST' : (operation?.method ?? method);
  const sends = soap || ['POST', 'PUT', 'PATCH'].includes(verb);
  const target = soap ? '' : operation ? filled(operation, values) : path.trim();
  const isJson = (x: string) => { try { JSON.parse(x); return true; } catch { return false; } };
  const wrong = {
    client: client ? undefined : t.common.required, purpose: purpose.trim() ? undefined : t.common.required, body: sends && !soap && body.trim() && !isJson(body) ? w.badJson : soap && !body.trim() ? t.common.required : undefined,
    values: operation?.parameters.some((p) => p.required && !values[p.name]?.trim()) ? t.common.required : undefined,
  };
  // Without a key of its own: each press is an exchange of its own.
  const call = useMutation({ mutationFn: async () => ({ answer: (await api.send<Trial>({ path: exchangePath('try'), method: 'POST', body: { client, service: service.service, type: soap ? 'SOAP' : 'REST', ...(soap ? {} : { method: verb, path: target }), ...(sends && body.trim() ? { body } : {}), purpose: purpose.trim() } })).data, client, method: verb, path: target }) });
  const submit = (e: FormEvent) => { e.preventDefault(); setJudged(true); if (Object.values(wrong).every((x) => !x)) call.mutate(); };
  const at = (pointer: string) => (call.error instanceof ApiProblem ? call.error.at(pointer) : undefined);
  const choose = (id: string | null) => { setChosen(id ?? byHand); setBody(operations.find((o) => o.id === id)?.body ?? ''); call.reset(); };
  return (
    <>
      <form className="card exform" noValidate onSubmit={submit}>
        <SystemSelect label={w.as} value={client} onChange={setClient} only={clients} error={at('/client') ?? (judged ? wrong.client : undefined)} />
        {!soap && <Select classNames={{ dropdown: 'mono' }} label={w.operation} data={[...operations.map((o) => ({ value: o.id, label: `${o.method} ${o.path}${o.title ? ` – ${o.title}` : ''}` })), { value: byHand, label: w.byHand }]} value={chosen} onChange={choose} allowDeselect={false} />}
        {!soap && !operation && <Select classNames={{ dropdown: 'mono' }} label={c.method} data={methods.filter((m) => m !== '*')} value={method} onChange={(v) => setMethod(v ?? 'GET')} allowDeselect={false} />}
        {!soap && !operation && <TextInput label={w.path} value={path} onChange={(e) => setPath(e.currentTarget.value)} error={at('/path')} autoCapitalize="none" spellCheck={false} />}
        {operation?.parameters.map((p) => <TextInput key={`${chosen}${p.where}${p.name}`} label={p.required ? p.name : `${p.name} (${t.common.optional})`} description={p.about || undefined} placeholder={p.example} value={values[p.name] ?? ''} onChange={(e) => setValues({ ...values, [p.name]: e.currentTarget.value })} error={judged && p.required && !values[p.name]?.trim() ? t.common.required : undefined} autoCapitalize="none" spellCheck={false} />)}
        {sends && <Textarea className="wide" label={soap ? w.soapBody : w.body} autosize minRows={4} maxRows={16} value={body} onChange={(e) => setBody(e.currentTarget.value)} error={at('/body') ?? (judged ? wrong.body : undefined)} spellCheck={false} styles={{ input: { fontFamily: 'var(--hl-mono)', fontSize: 13 } }} />}
        <TextInput className="wide" label={w.purpose} description={w.purposeHint} value={purpose} onChange={(e) => setPurpose(e.currentTarget.value)} error={at('/purpose') ?? (judged ? wrong.purpose : undefined)} maxLength={200} />
        <div className="acts"><Button type="submit" loading={call.isPending}>{w.send}</Button></div>
      </form>
      <div style={{ marginTop: 14 }} aria-live="polite">
        {call.error && <ProblemNotice error={call.error} focus />}
        {call.data && <Answer of={call.data.answer} ask={new URLSearchParams({ client: call.data.client ?? '', service: service.service, method: call.data.method, path: call.data.path.replace(/\?.*$/, '') || '/' })} />}
      </div>
    </>
  );
}

/** JSON indented; XML and text as they are. */
const readable = (text: string) => { try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; } };
const soapFault = (text: string | null) => /<faultcode[^>]*>([^<]+)</.exec(text ?? '')?.[1] ?? null;

function Answer({ of: a, ask }: { of: Trial; ask: URLSearchParams }) {
  const w = useWorkWords().try;
  const fault = a.fault ?? soapFault(a.body);
  const good = !fault && a.status < 400;
  // Below a long description: it comes into sight by itself.
  const box = useRef<HTMLElement>(null);
  useEffect(() => { box.current?.scrollIntoView({ block: 'nearest' }); }, [a]);
  const advice = fault ? adviceOf(fault.replace(/^.*:/, '')) : null;
  return (
    <section className="card" data-testid="answer" ref={box}>
      <div className="row"><State big tone={good ? 'good' : 'bad'}>{good ? w.succeeded : fault ? w.fault : w.failed}</State><span className="mono">HTTP {a.status}</span><span className="quiet">{w.answered(number(a.milliseconds))}</span></div>
      {advice && (
        <div className="notice bad" role="alert" style={{ marginTop: 10 }}>
          <strong>{w.whatToDo}</strong>
          {w.advice[advice]}
          <div className="mono quiet" style={{ whiteSpace: 'normal' }}>{fault}</div>
          {advice === 'access_denied' && <div className="row" style={{ marginTop: 6, gap: 16 }}><Link to="/console" search={{ section: 'exchange-rights', at: `check?${ask}` }}>{w.whyRefused}</Link><Link to="/console" search={{ section: 'exchange-rights', at: `ask?${ask}` }}>{w.askRight}</Link></div>}
        </div>
      )}
      <p className="quiet" style={{ margin: '10px 0 0' }}>{w.messageId}: <span className="exid">{a.message_id}</span>{!fault && <> · <Link to="/console" search={{ section: 'exchange-log', at: new URLSearchParams({ message_id: a.message_id }).toString() }}>{w.inLog}</Link></>}</p>
      {a.body === null ? <p className="quiet">{w.noText}</p> : a.body === '' ? <p className="quiet">{w.emptyBody}</p> : <pre className="answer" tabIndex={0} lang="en">{readable(a.body)}</pre>}
    </section>
  );
}
