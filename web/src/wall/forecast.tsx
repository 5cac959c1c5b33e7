// The wall's page of what is to come: dossiers likely to be late with the step and the reason, arrivals of the next
// weeks with their band, unusual changes and where they come from.
import './forecast.css';
import { useMantineColorScheme } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useProcedureNames } from '../api/queries';
import { api, useAccount } from '../api/session';
import type { components, operations } from '../api/schema';
import { useLanguage } from '../i18n';
import { Empty, Load, useTitle } from '../kit/kit';
import { date, dateTime, number } from '../lib/format';
import { type View } from './api';
import type { Drawn, Week } from './forecast_chart';
import { useForecastWords } from './forecast_words';
import type { PageProps } from './pages';
import { amount, Choice, Sheet, useSaid } from './parts';

type S = components['schemas'];
type Answer<O extends keyof operations> = operations[O] extends { responses: { 200: { content: { 'application/json': infer A } } } } ? A : never;
type Dossier = S['ForecastDossier'];
const every = 60_000;
const ask = (path: string, values: Record<string, string | number | undefined>) => {
  const q = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined && value !== '') q.set(name, String(value));
  return `/api/v1/ioc/forecast/${path}${q.size ? `?${q}` : ''}`;
};
function useAsk<T>(path: string, values: Record<string, string | number | undefined>, refetch = every) {
  const url = ask(path, values);
  return useQuery({ queryKey: ['ioc', 'forecast', url], queryFn: ({ signal }) => api.get<T>(url, signal), refetchInterval: refetch });
}

export function Forecast({ view, item, open, show, names }: PageProps) {
  const w = useForecastWords();
  useTitle(w.title);
  return (
    <div className="fpage">
      {!view.live && <p className="notice fnote">{w.presentOnly}</p>}
      <Risks view={view} open={open} names={names} />
      <div className="fside">
        <Intake key={view.agency ?? ''} view={view} />
        <Changes view={view} names={names} show={show} />
        <ByAgency view={view} names={names} show={show} />
      </div>
      {item && <Sheet title={item} onClose={() => open(undefined)}><OneDossier code={item} names={names} /></Sheet>}
    </div>
  );
}

const kinds: Record<string, { standing: string; least?: number }> = { likely: { standing: 'running,waiting', least: 20 }, all: { standing: 'running,waiting' }, late: { standing: 'late' }, unknown: { standing: 'unknown' } };

function Risks({ view, open, names }: { view: View; open: (code: string) => void; names: ReadonlyMap<string, string> }) {
  const w = useForecastWords();
  const [kind, setKind] = useState('likely');
  const [cursor, setCursor] = useState('');
  // Another area begins with its first page.
  useEffect(() => setCursor(''), [view.agency]);
  const list = useAsk<Answer<'listForecastDossiers'>>('dossiers', { agency: view.agency, ...kinds[kind], cursor, limit: 30 });
  return (
    <section className="card frisks" aria-labelledby="frisks">
      <div className="whead"><h2 id="frisks">{w.risks}</h2>
        <Choice name={w.show} value={kind} onChange={(v) => { setKind(v); setCursor(''); }}>{Object.keys(kinds).map((k) => <option key={k} value={k}>{w.shows[k]}</option>)}</Choice>
      </div>
      <p className="quiet">{w.risksText}</p>
      <Load of={list} lines={10}>
        {(p) => p.position === null ? <Empty title={w.remaking} /> : (
          <>
            <p className="wfoot quiet"><span>{w.total(number(p.total))}</span><span>{w.asOf(dateTime(p.as_of))}</span><span>{p.calibrated ? w.calibrated : w.notCalibrated}</span></p>
            {p.items.length === 0 ? <Empty title={w.none}>{w.noneText}</Empty> : (
              <ul className="wdossiers flist" aria-label={w.dossiers}>{p.items.map((d) => <Line key={d.code} of={d} open={() => open(d.code)} names={names} />)}</ul>
            )}
            <div className="wrow">
              {cursor && <button type="button" className="wbutton" onClick={() => setCursor('')}>{w.first}</button>}
              {p.next && <button type="button" className="wbutton" onClick={() => setCursor(p.next!)}>{w.next}</button>}
            </div>
          </>
        )}
      </Load>
    </section>
  );
}

/** How likely, in words and as a bar; what is not known has no bar. */
function Chance({ of: d }: { of: Pick<Dossier, 'standing' | 'probability'> }) {
  const w = useForecastWords();
  if (d.probability === null) return <span className="fchance"><span className="state">{w.unknown}</span><span className="wbar none" aria-hidden /></span>;
  const tone = d.probability >= 50 ? 'bad' : d.probability >= 20 ? 'warn' : 'good';
  return (
    <span className="fchance">
      {d.standing === 'late' ? <span className="state bad">{w.late}</span> : <b className={`f${tone}`}>{amount(d.probability)}%<span className="sr"> {w.chance}</span></b>}
      <span className={`wbar f${tone}`} aria-hidden><span style={{ width: `${Math.max(d.probability, 2)}%` }} /></span>
    </span>
  );
}

function Line({ of: d, open, names }: { of: Dossier; open: () => void; names: ReadonlyMap<string, string> }) {
  const w = useForecastWords();
  const { language } = useLanguage();
  return (
    <li data-dossier={d.code} data-standing={d.standing}>
      <button type="button" className="wopen mono" onClick={open}>{d.code}</button>
      <Chance of={d} />
      {d.step && d.standing !== 'late' && <span className="fstep">{w.step}: <b lang="vi">{d.step.name ?? d.step.step}</b>{d.standing === 'waiting' && <> · <span className="state">{w.waiting}</span></>}</span>}
      <span className="wreason">{d.reason[language]}</span>
      <span className="quiet"><span lang="vi">{d.procedure_name ?? d.procedure} · {names.get(d.agency) ?? d.agency}</span>{d.due && <> · {w.due(dateTime(d.due))}</>}</span>
    </li>
  );
}

function OneDossier({ code, names }: { code: string; names: ReadonlyMap<string, string> }) {
  const w = useForecastWords();
  const { language } = useLanguage();
  const account = useAccount();
  const found = useAsk<S['ForecastDossierWithSteps']>(`dossiers/${encodeURIComponent(code)}`, {});
  const long = (minutes: number) => (minutes < 60 ? w.minutes(number(minutes)) : w.hours(amount(Math.round(minutes / 6) / 10)));
  const works = account.grants.some((g) => ['clerk', 'handler', 'approver', 'head'].includes(g.role));
  return (
    <Load of={found} lines={8}>
      {(d) => (
        <>
          <div className="wfacts">
            <span><b lang="vi">{d.procedure_name ?? d.procedure}</b></span>
            <span lang="vi">{names.get(d.agency) ?? d.agency}</span>
            <Chance of={d} />
            <span className="wreason">{d.reason[language]}</span>
            <span className="quiet">{w.asOf(dateTime(d.as_of))}{d.calibrated && d.raw !== null && d.standing !== 'late' && <> · {w.raw(amount(d.raw))}</>}</span>
            {works && <Link to="/desk" search={{ open: d.code }}>{w.onDesk}</Link>}
          </div>
          {d.steps.length > 0 && <h3>{w.steps}</h3>}
          <ul className="wcriteria" aria-label={w.steps}>
            {d.steps.map((s, n) => (
              <li key={n} data-step={s.step}>
                <span className="wname" lang="vi">{s.name ?? s.step}</span>
                <div className="wfacts">
                  <span>{s.open ? w.stepOpen(long(s.elapsed_minutes)) : w.stepLater}{s.typical_minutes !== null && s.slow_minutes !== null && <> · {w.typical(long(s.typical_minutes), long(s.slow_minutes))}</>}</span>
                  {s.cases > 0 && <span><b>{w.misses(amount(s.misses))}</b> · <span className="quiet">{w.level(w.levels[s.level] ?? s.level, number(s.cases))}</span></span>}
                </div>
              </li>
            ))}
          </ul>
        </>
      )}
    </Load>
  );
}

function ByAgency({ view, names, show }: { view: View; names: ReadonlyMap<string, string>; show: PageProps['show'] }) {
  const w = useForecastWords();
  const list = useAsk<Answer<'getForecastAgencies'>>('agencies', { agency: view.agency });
  if (view.agency) return null;
  return (
    <section className="card" aria-labelledby="fagencies">
      <h2 id="fagencies">{w.agencies}</h2>
      <Load of={list} lines={6}>
        {(p) => p.items.length === 0 ? <Empty title={w.none} /> : (
          <ul className="wdossiers" aria-label={w.agencies}>
            {p.items.slice(0, 12).map((a) => (
              <li key={a.agency} data-agency={a.agency}>
                <button type="button" className="wopen" lang="vi" onClick={() => show({ agency: a.agency })}>{names.get(a.agency) ?? a.agency}</button>
                <span className="quiet">{w.agency(number(a.open), number(a.late), amount(a.expected_late))}{a.unknown > 0 && <> · {w.someUnknown(number(a.unknown))}</>}</span>
              </li>
            ))}
          </ul>
        )}
      </Load>
    </section>
  );
}

type IntakeAnswer = Answer<'getForecastIntake'>;
/** What came, then what is expected; the running week stands in both. */
function weeksOf(a: Pick<IntakeAnswer, 'past' | 'forecast'>, w: ReturnType<typeof useForecastWords>): Week[] {
  const past = a.past.map((p) => ({ name: date(p.monday).slice(0, 5), came: p.count, expected: null, low: null, high: null, label: `${date(p.monday)}: ${p.suppressed ? w.hidden : number(p.count ?? 0)}` }));
  const ahead = a.forecast.weeks.map((p) => ({ name: date(p.monday).slice(0, 5), came: null, expected: p.expected, low: p.low, high: p.high, label: `${date(p.monday)}: ${p.expected === null || p.low === null || p.high === null ? w.hidden : `${amount(p.expected)} (${amount(p.low)}–${amount(p.high)})`}` }));
  return [...past, ...ahead];
}

function Intake({ view }: { view: View }) {
  const w = useForecastWords();
  const { language } = useLanguage();
  const names = useProcedureNames();
  const [procedure, setProcedure] = useState('');
  const list = useAsk<IntakeAnswer>('intake', { agency: view.agency, by: 'procedure', limit: 20 }, 10 * every);
  return (
    <section className="card fintake" aria-labelledby="fintake">
      <h2 id="fintake">{w.intake}</h2>
      <Load of={list} lines={8}>
        {(a) => {
          const one = a.items.find((i) => i.key === procedure) ?? a;
          const weeks = weeksOf(one, w);
          return (
            <>
              {a.items.length > 0 && <div className="wrow"><Choice name={w.intakeOf} value={procedure} lang="vi" onChange={setProcedure}><option value="">{w.allProcedures}</option>{a.items.map((i) => <option key={i.key} value={i.key}>{names(i.key)}</option>)}</Choice></div>}
              {one.forecast.method === 'none' ? <Empty title={w.noArrivals}>{one.forecast.how[language]}</Empty> : (
                <>
                  <Band weeks={weeks} />
                  <p className="quiet" data-method={one.forecast.method}>{one.forecast.how[language]} {one.forecast.error_against_naive !== null && `${w.against(amount(one.forecast.error_against_naive))}.`}</p>
                  <details>
                    <summary>{w.asTable}</summary>
                    <div className="fscroll" tabIndex={0} role="region" aria-label={w.asTable}>
                      <table className="ftable">
                        <thead><tr><th scope="col">{w.week}</th><th scope="col">{w.expected}</th><th scope="col">{w.between}</th><th scope="col">{w.workdays}</th></tr></thead>
                        <tbody>
                          {one.forecast.weeks.map((x, n) => (
                            <tr key={x.monday}><th scope="row">{date(x.monday)}{n === 0 && <span className="quiet"> {w.running}</span>}</th><td>{x.expected === null ? w.hidden : amount(x.expected)}</td><td>{x.low === null || x.high === null ? w.hidden : `${amount(x.low)}–${amount(x.high)}`}</td><td>{x.workdays}{x.provisional && <span className="quiet"> ({w.provisional})</span>}</td></tr>
                          ))}
                        </tbody>
                      </table>
                    </div>
                  </details>
                </>
              )}
            </>
          );
        }}
      </Load>
    </section>
  );
}

function Band({ weeks }: { weeks: readonly Week[] }) {
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<Drawn | null>(null);
  const newest = useRef(weeks);
  newest.current = weeks;
  const { colorScheme } = useMantineColorScheme();
  const told = JSON.stringify(weeks);
  useEffect(() => {
    let gone = false;
    void import('./forecast_chart').then(({ draw }) => {
      if (gone || !box.current) return;
      drawn.current = draw(box.current);
      drawn.current.show(newest.current);
    });
    return () => {
      gone = true;
      drawn.current?.end();
      drawn.current = null;
    };
  }, []);
  useEffect(() => drawn.current?.show(newest.current), [told, colorScheme]);
  // The picture is for the eye; the same values stand in the table below it.
  return <div ref={box} className="fband" aria-hidden />;
}

function Changes({ view, names, show }: { view: View; names: ReadonlyMap<string, string>; show: PageProps['show'] }) {
  const w = useForecastWords();
  const { language } = useLanguage();
  const said = useSaid();
  const [grain, setGrain] = useState('week');
  const list = useAsk<Answer<'getForecastChanges'>>('changes', { agency: view.agency, grain }, 10 * every);
  return (
    <section className="card fchanges" aria-labelledby="fchanges">
      <div className="whead"><h2 id="fchanges">{w.changes}</h2><Choice name={w.period} value={grain} onChange={setGrain}>{Object.entries(w.grains).map(([k, v]) => <option key={k} value={k}>{v}</option>)}</Choice></div>
      <Load of={list} lines={6}>
        {(p) => (
          <>
            {p.items.length === 0 ? <Empty title={w.noChanges}>{w.noChangesText}</Empty> : (
              <ul className="fmoved" aria-label={w.changes}>
                {p.items.slice(0, 8).map((c) => (
                  <li key={`${c.indicator} ${c.agency ?? ''}`} data-indicator={c.indicator}>
                    <button type="button" className="wopen" onClick={() => show({ figure: c.indicator, agency: c.agency ?? undefined })}>{c.name[language]} · <span lang="vi">{c.agency ? (names.get(c.agency) ?? c.agency) : w.whole}</span></button>
                    <p><b>{c.value > c.expected ? '▲' : '▼'} {w.instead(said(c.value, c.unit), said(c.expected, c.unit))}</b></p>
                    <Causes of={c} names={names} />
                  </li>
                ))}
              </ul>
            )}
            <p className="quiet">{p.words}. {w.changesText(number(p.tested), number(p.too_little), p.compared_with)}</p>
          </>
        )}
      </Load>
    </section>
  );
}

const telling = 2;
function Causes({ of: c, names }: { of: S['ForecastChange']; names: ReadonlyMap<string, string> }) {
  const w = useForecastWords();
  const procedures = useProcedureNames();
  const first = c.why[0];
  if (!first || first.beyond_chance < telling) return <p className="quiet">{w.noCause}</p>;
  const name = (key: string) => (first.by === 'agency' ? (names.get(key) ?? key) : first.by === 'procedure' ? procedures(key) : first.by === 'channel' ? (w.channels[key] ?? key) : key);
  const signed = (n: number) => `${n > 0 ? '+' : n < 0 ? '−' : ''}${amount(Math.abs(n))}`;
  return (
    <details>
      <summary>{w.from}: {w.by[first.by] ?? first.by}</summary>
      <ul className="fcauses" aria-label={w.from}>
        {first.movers.map((m, n) => (
          <li key={n}><span lang="vi">{m.key ? name(m.key) : w.others(number(m.others))}</span> <b>{signed(m.contribution)}</b>{m.rate_effect !== null && m.mix_effect !== null && <span className="quiet"> ({signed(m.rate_effect)} {w.rate}, {signed(m.mix_effect)} {w.mix})</span>}</li>
        ))}
      </ul>
    </details>
  );
}
