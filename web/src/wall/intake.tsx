// The wall's page where values are handed in: a template, a file, every row's verdict with its reason, then the
// confirmation. What was checked is what is stored: the same file is sent again.
import './children.css';
import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api/session';
import type { components, operations } from '../api/schema';
import { useLanguage } from '../i18n';
import { Load, ProblemNotice, useTitle } from '../kit/kit';
import { dateTime, number } from '../lib/format';
import { useChildWords } from './children_words';

type Intake = components['schemas']['IndicatorIntake'];
type Answer<O extends keyof operations> = operations[O] extends { responses: { 200: { content: { 'application/json': infer A } } } } ? A : never;
const kindOf = (file: File) => (/\.csv$/i.test(file.name) ? 'csv' : 'xlsx');
const shown = 500;

export function IntakePage() {
  const w = useChildWords().intake;
  useTitle(w.title);
  return (
    <div className="cpage">
      <section className="card" aria-labelledby="intake">
        <h2 id="intake">{w.title}</h2>
        <p className="quiet">{w.lead}</p>
        <Template />
        <Upload />
      </section>
      <Pulls />
    </div>
  );
}

function Template() {
  const w = useChildWords().intake;
  const [period, setPeriod] = useState('');
  const get = useMutation({
    mutationFn: async () => {
      const blob = await api.blob(`/api/v1/ioc/values/template${period ? `?period=${encodeURIComponent(period)}` : ''}`);
      const link = document.createElement('a');
      link.href = URL.createObjectURL(blob);
      link.download = `so-lieu${period ? `-${period}` : ''}.xlsx`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    },
  });
  return (
    <form className="cform" onSubmit={(e) => { e.preventDefault(); get.mutate(); }}>
      {get.error && <ProblemNotice error={get.error} />}
      <label>{w.templateOf}<input type="text" value={period} onChange={(e) => setPeriod(e.target.value.trim())} aria-describedby="template-hint" autoComplete="off" /></label>
      <span id="template-hint" className="quiet">{w.templateHint}</span>
      <div><Button type="submit" variant="default" loading={get.isPending}>{w.template}</Button></div>
    </form>
  );
}

function Upload() {
  const w = useChildWords().intake;
  const client = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [source, setSource] = useState('');
  const [batch, setBatch] = useState('');
  const [chosen, setChosen] = useState(0);
  const check = useMutation({ mutationFn: (f: File) => api.upload<Intake>(`/api/v1/ioc/values/${kindOf(f)}?check=true`, f) });
  const store = useMutation({
    mutationFn: (f: File) => api.upload<Intake>(`/api/v1/ioc/values/${kindOf(f)}?source=${encodeURIComponent(source)}&batch=${encodeURIComponent(batch)}`, f),
    onSuccess: () => client.invalidateQueries({ queryKey: ['ioc'] }),
  });
  const again = () => { setFile(null); check.reset(); store.reset(); setChosen((n) => n + 1); };
  const found = check.data;
  const ready = found && found.wrong === 0 && found.rows.length > 0;
  return (
    <div className="cform" style={{ marginTop: 18, maxWidth: 'none' }}>
      <label style={{ maxWidth: '44em' }}>{w.file}<input key={chosen} type="file" accept=".xlsx,.csv" onChange={(e) => { const f = e.target.files?.[0] ?? null; setFile(f); store.reset(); check.reset(); if (f) { setBatch(`${f.name.replace(/\.[^.]*$/, '').slice(0, 60)}-${Date.now().toString(36)}`); check.mutate(f); } }} /></label>
      {check.isPending && <p role="status">{w.checking}</p>}
      {check.error && <ProblemNotice error={check.error} focus />}
      {found && !store.data && (
        <>
          <p role="status"><strong>{w.result(number(found.stored), number(found.same), number(found.wrong), number(found.blank))}</strong></p>
          {found.wrong > 0 && <p className="cwarn">{w.wrongFirst}</p>}
          {found.rows.length === 0 && <p className="quiet">{w.nothing}</p>}
          <Rows intake={found} />
        </>
      )}
      {ready && file && !store.data && (
        <form className="cform" onSubmit={(e) => { e.preventDefault(); if (source.trim() && batch.trim()) store.mutate(file); }}>
          {store.error && <ProblemNotice error={store.error} focus />}
          <label>{w.source}<input type="text" required maxLength={100} value={source} onChange={(e) => setSource(e.target.value)} aria-describedby="source-hint" /></label>
          <span id="source-hint" className="quiet">{w.sourceHint}</span>
          <label>{w.batch}<input type="text" required maxLength={100} value={batch} onChange={(e) => setBatch(e.target.value)} aria-describedby="batch-hint" /></label>
          <span id="batch-hint" className="quiet">{w.batchHint}</span>
          <div className="row"><Button type="submit" loading={store.isPending}>{w.save}</Button><Button variant="default" onClick={again}>{w.again}</Button></div>
        </form>
      )}
      {store.data && (
        <div className="notice good" role="status">
          <strong>{store.data.repeated ? w.repeated : w.saved(number(store.data.stored))}</strong>
          <div style={{ marginTop: 6 }}><Button size="xs" variant="default" onClick={again}>{w.again}</Button></div>
        </div>
      )}
    </div>
  );
}

function Rows({ intake }: { intake: Intake }) {
  const w = useChildWords().intake;
  const { language } = useLanguage();
  const [only, setOnly] = useState(intake.wrong > 0);
  const rows = intake.rows.filter((r) => !only || r.verdict === 'wrong').slice(0, shown);
  return (
    <>
      <label className="row"><input type="checkbox" checked={only} onChange={(e) => setOnly(e.target.checked)} /> {w.only}</label>
      <div className="fscroll" tabIndex={0} role="region" aria-label={w.why}>
        <table className="ctable">
          <thead><tr><th scope="col">{w.row}</th><th scope="col">{w.indicator}</th><th scope="col">{w.verdict}</th><th scope="col">{w.why}</th></tr></thead>
          <tbody>{rows.map((r, i) => <tr key={i}><td className="mono">{r.at}</td><td>{r.indicator ?? ''}</td><td><span className={`state ${r.verdict === 'wrong' ? 'bad' : r.verdict === 'same' ? '' : 'good'}`}>{w.verdicts[r.verdict]}</span></td><td>{language === 'en' ? r.en : r.vi}</td></tr>)}</tbody>
        </table>
      </div>
    </>
  );
}

function Pulls() {
  const w = useChildWords().intake;
  const { language } = useLanguage();
  const pulls = useQuery({ queryKey: ['ioc', 'pulls'], queryFn: ({ signal }) => api.get<Answer<'listIndicatorPulls'>>('/api/v1/ioc/pulls', signal), refetchInterval: 60_000 });
  return (
    <section className="card" aria-labelledby="pulls">
      <h2 id="pulls">{w.pulls}</h2>
      <Load of={pulls} lines={2}>
        {(p) => (p.items.length === 0 ? <p className="quiet">{w.noPulls}</p> : (
          <ul className="stack">
            {p.items.map((s) => (
              <li key={s.source}>
                <strong>{s.source}</strong> <span className={`state ${s.problem ? 'bad' : 'good'}`}>{s.problem ? w.problems(number(s.problems)) : w.well}</span>
                <div className="quiet">{w.tried(dateTime(s.tried_at))} · {s.good_at ? w.good(dateTime(s.good_at)) : w.neverGood} · {w.asked(number(s.asked), number(s.missing))}</div>
                {s.problem && <div className="cwarn"><span className="mono">{s.problem.at}</span>: {language === 'en' ? s.problem.en : s.problem.vi}</div>}
              </li>
            ))}
          </ul>
        ))}
      </Load>
    </section>
  );
}
