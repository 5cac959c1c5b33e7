// How a procedure would run on the calendar: received then, with these answers, and this at each step.
import { Button, Checkbox, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api/session';
import type { DossierClocks, ProcedureTrial, Unit } from '../api/types';
import { useLanguage, useT } from '../i18n';
import { Fact, ProblemNotice } from '../kit/kit';
import { dateTime, money, parseDate } from '../lib/format';
import { at, list, parseMoment, text, type Json, type Sheet } from './sheet';
import { useWords } from './words';

interface Outcome { hours: string; supplement: boolean; days: string }
const half = (v: string): number | null => (/^\d+([.,]\d+)?$/.test(v.trim()) ? Number(v.trim().replace(',', '.')) : null);
const nextMorning = (): string => `08:30 ${new Date(Date.now() + 86_400_000).toLocaleDateString('en-GB', { timeZone: 'Asia/Ho_Chi_Minh' })}`;

/** `text` tries an unpublished sheet; without it the procedure's valid release runs. */
export function TrialPanel({ text: sheetText, sheet, procedure }: { text?: string; sheet?: Sheet; procedure?: string }) {
  const t = useT();
  const w = useWords();
  const { language } = useLanguage();
  const units = useQuery({ queryKey: ['units'], queryFn: async ({ signal }) => (await api.get<{ items: Unit[] }>('/api/v1/units', signal)).items, staleTime: 3600_000 });
  const [start, setStart] = useState(nextMorning);
  const [place, setPlace] = useState<string | null>(null);
  const [channel, setChannel] = useState('desk');
  const [answers, setAnswers] = useState<Record<string, Json>>({});
  const [outcomes, setOutcomes] = useState<Record<string, Outcome>>({});
  const moment = parseMoment(start, parseDate);
  const places = (units.data ?? []).filter((u) => u.level === 'commune');
  const run = useMutation({
    mutationFn: async () => (await api.send<ProcedureTrial>({
      path: '/api/v1/procedures/trial',
      method: 'POST',
      body: {
        ...(sheetText ? { text: sheetText } : { procedure }), start: moment, place, channel, fields: answers,
        outcomes: Object.entries(outcomes).flatMap(([step, o]) => {
          const hours = half(o.hours);
          const days = o.supplement ? (half(o.days) ?? 1) : null;
          return hours === null && days === null ? [] : [{ step, ...(hours === null ? {} : { minutes: Math.round(hours * 60) }), ...(days === null ? {} : { supplement_minutes: Math.round(days * 480) }) }];
        }),
      },
    })).data,
  });
  const fields = list(at(sheet ?? null, ['form']));
  const steps = run.data ? run.data.steps.filter((s, i, all) => s.kind !== 'return' && all.findIndex((x) => x.step === s.step) === i) : [];
  const outcome = (step: string): Outcome => outcomes[step] ?? { hours: '', supplement: false, days: '' };
  const set = (step: string, o: Partial<Outcome>) => setOutcomes((all) => ({ ...all, [step]: { ...(all[step] ?? { hours: '', supplement: false, days: '' }), ...o } }));
  return (
    <div className="stack">
      <div><h2>{w.trial.title}</h2><p className="quiet" style={{ margin: 0 }}>{w.trial.lead}</p></div>
      <form className="stack" onSubmit={(e) => { e.preventDefault(); if (moment && place) run.mutate(); }}>
        <div className="sheetfields">
          <TextInput label={w.trial.start} description={w.trial.startHint} value={start} onChange={(e) => setStart(e.currentTarget.value)} error={moment ? undefined : w.trial.badStart} />
          <Select label={w.trial.place} searchable data={places.map((u) => ({ value: u.id, label: u.name }))} value={place} onChange={setPlace} nothingFoundMessage={t.common.nothing} />
          <Select label={w.trial.channel} data={(['desk', 'online', 'post'] as const).map((c) => ({ value: c, label: t.channels[c] }))} value={channel} onChange={(v) => setChannel(v ?? 'desk')} allowDeselect={false} />
        </div>
        {fields.length > 0 && <details><summary>{w.trial.answers}</summary><div className="sheetfields">{fields.map((f) => <AnswerAt key={text(at(f, ['id']))} field={f} value={answers[text(at(f, ['id']))]} set={(v) => setAnswers((all) => { const next = { ...all }; const id = text(at(f, ['id'])); if (v === undefined) delete next[id]; else next[id] = v; return next; })} />)}</div></details>}
        {steps.length > 0 && (
          <fieldset className="item"><legend>{w.trial.outcomes}</legend>
            {steps.map((s) => (
              <div key={s.step} className="row outcome"><strong>{s.name}</strong>
                <TextInput w={120} label={w.trial.took} placeholder={w.trial.asPlanned} inputMode="decimal" value={outcome(s.step).hours} onChange={(e) => set(s.step, { hours: e.currentTarget.value })} />
                <Checkbox label={w.trial.supplement} checked={outcome(s.step).supplement} onChange={(e) => set(s.step, { supplement: e.currentTarget.checked })} />
                {outcome(s.step).supplement && <TextInput w={90} aria-label={`${w.trial.supplement}: ${s.name}`} placeholder="1" inputMode="decimal" value={outcome(s.step).days} onChange={(e) => set(s.step, { days: e.currentTarget.value })} />}
              </div>
            ))}
          </fieldset>
        )}
        <div><Button type="submit" loading={run.isPending} disabled={!moment || !place}>{w.trial.run}</Button></div>
      </form>
      {run.error && <ProblemNotice error={run.error} focus />}
      {run.data && <Outcomes trial={run.data} language={language} />}
    </div>
  );
}

function AnswerAt({ field, value, set }: { field: Json; value: Json | undefined; set: (v: Json | undefined) => void }) {
  const w = useWords();
  const { language } = useLanguage();
  const label = (language === 'en' && text(at(field, ['label', 'en']))) || text(at(field, ['label', 'vi']));
  const type = text(at(field, ['type']));
  if (type === 'boolean') return <Select label={label} clearable clearButtonProps={{ 'aria-label': w.trial.unset }} placeholder={w.trial.unset} data={[{ value: 'true', label: w.trial.yes }, { value: 'false', label: w.trial.no }]} value={value === undefined ? null : String(value)} onChange={(v) => set(v === null ? undefined : v === 'true')} />;
  if (type === 'enum') return <Select label={label} clearable clearButtonProps={{ 'aria-label': w.trial.unset }} placeholder={w.trial.unset} data={list(at(field, ['values'])).map((v) => ({ value: text(at(v, ['id'])), label: (language === 'en' && text(at(v, ['en']))) || text(at(v, ['vi'])) }))} value={value === undefined ? null : text(value)} onChange={(v) => set(v ?? undefined)} />;
  const numeric = type === 'integer' || type === 'number' || type === 'money';
  const shown = type === 'date' && typeof value === 'string' && /^\d{4}-/.test(value) ? value.split('-').reverse().join('/') : text(value);
  return <TextInput label={label} placeholder={type === 'date' ? 'dd/MM/yyyy' : undefined} value={shown} onChange={(e) => { const v = e.currentTarget.value; if (v === '') return set(undefined); if (numeric && /^-?\d+$/.test(v)) return set(Number(v)); if (type === 'date' && /^\d{1,2}\/\d{1,2}\/\d{4}$/.test(v)) return set(parseDate(v) ?? v); set(v); }} />;
}

function Outcomes({ trial, language }: { trial: ProcedureTrial; language: 'vi' | 'en' }) {
  const w = useWords();
  return (
    <div className="stack" data-testid="trial">
      <div className="notice good trialhead" role="status">
        <div className="quiet">{w.trial.promised}</div>
        {trial.promised ? <strong className="big">{trial.promised.words[language]}</strong> : <strong>{w.trial.noPromise}</strong>}
        {trial.promised?.provisional && <div>{w.trial.provisional}</div>}
      </div>
      {trial.problems.length > 0 && <div className="notice warn"><strong>{w.trial.problems}</strong><ul>{trial.problems.map((p, i) => <li key={i}>{p[language]}</li>)}</ul></div>}
      <dl className="facts">
        <Fact name={w.trial.counted}>{dateTime(trial.counted_from)}</Fact><Fact name={w.trial.transfer}>{dateTime(trial.transfer_due)}</Fact>
        <Fact name={w.trial.until}>{dateTime(trial.supplement_until) || '–'}</Fact><Fact name={w.trial.finished}>{dateTime(trial.finished)}</Fact>
        <Fact name={w.trial.calendar}><span className="mono">{trial.calendar}</span></Fact>
        <Fact name={w.trial.pays}>{trial.charges === null ? w.trial.unknownFee : trial.charges.length === 0 ? w.trial.free : trial.charges.map((c) => `${c.name}: ${c.amount === null ? w.trial.unknownFee : money(c.amount)}`).join('; ')}</Fact>
      </dl>
      <div className="tablebox inset" tabIndex={0} role="region" aria-label={w.trial.title}>
        <table className="plain">
          <thead><tr><th scope="col">{w.sheet.step}</th><th scope="col">{w.trial.who}</th><th scope="col">{w.trial.starts}</th><th scope="col">{w.trial.due}</th><th scope="col">{w.trial.ends}</th></tr></thead>
          <tbody>{trial.steps.map((s, i) => (
            <tr key={i}>
              <th scope="row">{s.name}{s.round > 1 && <span className="quiet"> ({w.trial.round(s.round)})</span>}</th>
              <td>{s.agency_name}<div className="quiet">{s.position ?? w.trial.noOne}</div>{language === 'vi' && <details><summary className="quiet">{w.trial.showRule}</summary>{s.rule}</details>}</td>
              <td className="when">{dateTime(s.started)}</td><td className="when">{dateTime(s.due) || '–'}</td>
              <td className="when">{s.kind === 'return' ? '–' : dateTime(s.ended)} {s.kind !== 'return' && s.due && <span className={`state ${s.late ? 'bad' : 'good'}`}>{s.late ? w.trial.late : w.trial.onTime}</span>}</td>
            </tr>
          ))}</tbody>
        </table>
      </div>
      {trial.waits.length > 0 && <p>{trial.waits.map((x) => `${w.trial.reasons[x.reason] ?? x.reason}: ${dateTime(x.from)} – ${dateTime(x.to)}`).join('; ')}</p>}
      <div className="clock">
        <ClockCard title={w.trial.promiseClock} clock={trial.promise} verdict={trial.promise_verdict} />
        <ClockCard title={w.trial.indexClock} clock={trial.index} verdict={trial.index_verdict} />
      </div>
      {trial.components.length > 0 && <div><h3>{w.trial.asks}</h3><ul>{trial.components.map((c) => <li key={c.id}>{c.name}</li>)}</ul></div>}
    </div>
  );
}
function ClockCard({ title, clock, verdict }: { title: string; clock: DossierClocks['promise']; verdict: DossierClocks['promise_verdict'] }) {
  const w = useWords();
  const tone = { on_time: 'good', late: 'bad', unknown: '' }[verdict.verdict];
  return (
    <section className="card"><h3>{title} <span className={`state ${tone}`}>{w.trial.verdicts[verdict.verdict]}</span></h3>
      <div className="big">{dateTime(clock.due) || '–'}</div><p className="quiet" lang="vi">{verdict.why}</p>
      <ol className="sum" lang="vi">{clock.arithmetic.map((line, i) => <li key={i}>{line}</li>)}</ol>
    </section>
  );
}
