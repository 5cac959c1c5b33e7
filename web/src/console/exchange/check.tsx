// Would this call be allowed, by which right, and what does every other right lack; also as if one had been granted.
import { Button, Select, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { ApiProblem } from '../../api/client';
import { api } from '../../api/session';
import { useLanguage, useT } from '../../i18n';
import { ProblemNotice } from '../../kit/kit';
import { date } from '../../lib/format';
import { exchangePath, shown, useNames, type Decision, type RightBody } from './api';
import { State } from './parts';
import { methods, ServiceSelect, SystemSelect } from './right_form';
import { useWords } from './words';
import { useWorkWords } from './words_work';

export function Check({ first }: { first: URLSearchParams }) {
  const t = useT();
  const c = useWords().common;
  const w = useWorkWords().rights;
  const [client, setClient] = useState<string | null>(first.get('client'));
  const [service, setService] = useState<string | null>(first.get('service'));
  const [method, setMethod] = useState(first.get('method') ?? 'GET');
  const [path, setPath] = useState(first.get('path') ?? '/');
  const [asIf, setAsIf] = useState('');
  const [judged, setJudged] = useState(false);
  const check = useMutation({
    mutationFn: async () => (await api.send<Decision>({ path: exchangePath('rights/check'), method: 'POST', body: { client, service, method, path: path.trim() || '/', ...(asIf.trim() ? { proposed: { method, path: asIf.trim() } } : {}) } })).data,
  });
  const at = (field: string) => (check.error instanceof ApiProblem ? check.error.at(`/${field}`) : undefined);
  const submit = (e: FormEvent) => { e.preventDefault(); setJudged(true); if (client && service) check.mutate(); };
  // Come from a refused call: the question is whole already.
  const whole = useRef(Boolean(first.get('client') && first.get('service')));
  const run = check.mutate;
  useEffect(() => { if (whole.current) { whole.current = false; run(); } }, [run]);
  return (
    <>
      <p className="quiet">{w.checkLead}</p>
      <form className="card exform" noValidate onSubmit={submit}>
        <SystemSelect label={c.client} value={client} onChange={setClient} error={at('client') ?? (judged && !client ? t.common.required : undefined)} />
        <ServiceSelect value={service} onChange={setService} error={at('service') ?? (judged && !service ? t.common.required : undefined)} />
        <Select classNames={{ dropdown: 'mono' }} label={c.method} data={methods.filter((m) => m !== '*')} value={method} onChange={(v) => setMethod(v ?? 'GET')} allowDeselect={false} />
        <TextInput className="wide" label={w.checkPath} description={w.checkPathHint} value={path} onChange={(e) => setPath(e.currentTarget.value)} error={at('path')} autoCapitalize="none" spellCheck={false} />
        <TextInput className="wide" label={`${w.asIf}: ${w.path.toLocaleLowerCase()} (${t.common.optional})`} description={`${w.asIfHint}. ${w.pathHint}`} value={asIf} onChange={(e) => setAsIf(e.currentTarget.value)} error={at('proposed/path') ?? at('proposed')} autoCapitalize="none" spellCheck={false} />
        <div className="acts"><Button type="submit" loading={check.isPending}>{w.check}</Button></div>
      </form>
      <div className="section" aria-live="polite">
        {check.error && <ProblemNotice error={check.error} focus />}
        {check.data && <Verdict of={check.data} ask={new URLSearchParams({ ...(client ? { client } : {}), ...(service ? { service } : {}), method, path: asIf.trim() || path.trim() })} />}
      </div>
    </>
  );
}

function Verdict({ of: d, ask }: { of: Decision; ask: URLSearchParams }) {
  const { language } = useLanguage();
  const w = useWorkWords().rights;
  return (
    <section className="card" data-testid="verdict">
      <div className="row"><State big tone={d.allowed ? 'good' : 'bad'}>{d.allowed ? w.allowed : w.denied}</State><span className="quiet">{w.today}</span></div>
      <p>{d[language]}</p>
      {d.fault && <p className="quiet">{w.fault}: <span className="mono">{d.fault}</span></p>}
      {d.by && <p>{w.by}: <RightLine of={d.by} /></p>}
      {!d.allowed && <p><Link to="/console" search={{ section: 'exchange-rights', at: `ask?${ask}` }}>{w.askFor}</Link></p>}
      {!d.allowed && <><h3>{w.looked}</h3>
        {d.looked.length === 0 ? <p className="quiet">{w.noLooked}</p> : <ul className="looked">{d.looked.map((l, i) => <li key={i}><RightLine of={l.right} /><div>{l.missed ? <State tone="warn">{l[language]}</State> : null}</div></li>)}</ul>}</>}
    </section>
  );
}

export function RightLine({ of: r }: { of: RightBody }) {
  const c = useWords().common;
  const w = useWorkWords().rights;
  const names = useNames();
  return <>{r.subject ? (names(r.subject) ?? shown(r.subject)) : `${w.group} ${r.group ?? ''}`}: <span className="verb">{r.method === '*' ? c.any : r.method}</span><span className="exid">{r.path}</span> <span className="quiet">({date(r.from)} – {r.to ? date(r.to) : c.noEnd}{r.basis !== '?' && `; ${r.basis}`})</span></>;
}
