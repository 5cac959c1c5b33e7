// Where a figure comes from: formula in words, who answers for it, how fresh, the source's grade, the position in the
// ledger with its signed proof, and the dossiers behind it.
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useProcedureNames } from '../api/queries';
import { api } from '../api/session';
import { useLanguage, useT } from '../i18n';
import { Fact, Load, ProblemNotice } from '../kit/kit';
import { date, dateTime, number } from '../lib/format';
import { useByAgency, useOneSeries, useProvenance, type Indicator, type Provenance, type View } from './api';
import { periodShort, toneOf } from './logic';
import { Line } from './line';
import { Level, Sheet, Stat, Status, useSaid } from './parts';
import { Change, pointsOf } from './tile';
import { useWords } from './words';

export function Source({ code, indicator, view, period, names, onClose, onDossier, onAgency, dark }: { code: string; indicator: Indicator | undefined; view: View; period: string | undefined; names: ReadonlyMap<string, string>; onClose: () => void; onDossier: (code: string) => void; onAgency: (id: string) => void; dark: boolean }) {
  const w = useWords();
  const said = useSaid();
  const { language } = useLanguage();
  const [after, setAfter] = useState<string | undefined>();
  const found = useProvenance(code, view, period, after);
  const series = useOneSeries(indicator, view);
  const byAgency = useByAgency(indicator && !view.agency && indicator.by.includes('agency') && indicator.grains.includes('month') ? code : null, view, indicator?.grains);
  const split = (byAgency.data?.items ?? []).filter((f) => f.key && f.value !== null).sort((a, b) => b.value! - a.value!);
  return (
    <Sheet title={indicator?.name[language] ?? code} onClose={onClose}>
      <Load of={found} lines={10}>
        {(p) => {
          const i = p.indicator;
          const figure = p.figures.at(-1) ?? null;
          return (
            <>
              <p className="wvalue">{figure && figure.value !== null ? <Stat value={figure.value} unit={i.unit} /> : <span className="wnone">{w.status[figure?.status ?? 'unknown']}</span>}</p>
              {figure && figure.value !== null && <p className="wline1"><Level tone={toneOf(figure)} /> {i.target !== null && w.target(said(i.target, i.unit))} <Change figure={figure} unit={i.unit} /></p>}
              {series.data && series.data.items.some((f) => f.value !== null) && <Line look={{ points: pointsOf(series.data.items, i.unit, said), target: i.target, targetLabel: i.target !== null ? w.target(said(i.target, i.unit)) : '', large: true }} dark={dark} />}
              <dl className="facts wsource">
                <div className="whole"><dt>{w.source.formula}</dt><dd>{i.formula[language]}</dd></div>
                <Fact name={w.source.status}>{figure && <><Status status={figure.status} /> <span className="quiet">{w.statusText[figure.status]} {figure.why && figure.status !== 'provisional' && figure.why[language]}</span></>}</Fact>
                <Fact name={w.period}>{figure && periodShort(figure.period)}</Fact>
                {figure?.denominator != null && <Fact name={w.source.parts}>{w.index.outOf(number(figure.numerator ?? 0), number(figure.denominator))}</Fact>}
                <Fact name={w.source.owner}>{names.get(i.owner) ?? i.owner}</Fact>
                <Fact name={w.source.source}>{i.source.name} <span className="quiet">({w.grades[i.source.grade]})</span></Fact>
                <Fact name={w.source.fresh}>{figure?.as_of ? dateTime(figure.as_of) : w.status.unknown}{i.fresh_hours !== null && <span className="quiet">, {w.source.freshWithin(number(i.fresh_hours))}</span>}</Fact>
                <Fact name={w.source.basis}>{i.basis.act ? <span lang="vi">{[i.basis.act, i.basis.article].filter(Boolean).join(', ')}</span> : null}</Fact>
                <div className="whole"><dt>{w.source.position}</dt><dd>{p.position !== null && p.position !== undefined ? <>{w.source.positionText(number(p.position))} <Proof position={p.position} /></> : w.source.noPosition}</dd></div>
              </dl>
              {split.length > 0 && (
                <section><h3>{w.source.byAgency}</h3>
                  <ul className="wdossiers">{split.map((f) => <li key={f.key} data-agency={f.key}><button type="button" className="wopen" onClick={() => onAgency(f.key!)}>{names.get(f.key!) ?? f.key}</button><span className="wpoints"><b>{said(f.value, i.unit)}</b></span></li>)}</ul>
                </section>
              )}
              {i.computed && <section><h3>{w.source.events}</h3>{p.events.length === 0 ? <p className="quiet">{w.source.noEvents}</p> : <Behind of={p.events} names={names} onDossier={onDossier} />}
                <div className="wrow">{after && <button type="button" className="wbutton" onClick={() => setAfter(undefined)}>{w.index.first}</button>}{p.next && <button type="button" className="wbutton" onClick={() => setAfter(p.next!)}>{w.index.next}</button>}</div></section>}
              {p.values.length > 0 && (
                <section><h3>{w.source.values}</h3>
                  <ul className="wdossiers">{p.values.map((v) => <li key={v.key}><span className="wname">{v.value} {v.unit ?? ''} · {w.source.kinds[v.kind]} · {periodShort(v.period)}</span><span className="quiet">{v.source}, {dateTime(v.at)}</span></li>)}</ul>
                </section>
              )}
              {series.data && (
                <details className="wmore"><summary>{w.source.series}</summary>
                  <table className="plain"><thead><tr><th scope="col">{w.period}</th><th scope="col" className="num">{w.source.value}</th><th scope="col">{w.source.status}</th></tr></thead>
                    <tbody>{series.data.items.map((f) => <tr key={f.period}><td>{periodShort(f.period)}</td><td className="num">{f.value === null ? '–' : said(f.value, i.unit)}</td><td><Status status={f.status} /></td></tr>)}</tbody></table>
                </details>
              )}
            </>
          );
        }}
      </Load>
    </Sheet>
  );
}

function Behind({ of: events, names, onDossier }: { of: Provenance['events']; names: ReadonlyMap<string, string>; onDossier: (code: string) => void }) {
  const w = useWords().source;
  const t = useT();
  const procedures = useProcedureNames();
  return (
    <ul className="wdossiers" aria-label={w.events}>
      {events.map((e) => (
        <li key={`${e.position}${e.dossier ?? e.directive}`}>
          {e.directive ? <Link className="wopen mono" to="/wall" search={(old) => ({ ...old, figure: undefined, page: 'directives', item: e.directive! })}>{e.directive}</Link> : e.code && e.dossier ? <button type="button" className="wopen mono" onClick={() => onDossier(e.code!)}>{e.code}</button> : <span className="wname mono">{e.code ?? e.dossier}</span>}
          {e.procedure && <span className="quiet">{procedures(e.procedure)}</span>}
          <span className="quiet">{date(e.day)} · {names.get(e.agency) ?? e.agency} {e.channel && ` · ${t.channels[e.channel as keyof typeof t.channels] ?? e.channel}`}{e.position !== null && ` · ${w.position.toLowerCase()} ${number(e.position)}`}</span>
        </li>
      ))}
    </ul>
  );
}

/** The signed proof is made when it is asked for. */
function Proof({ position }: { position: number }) {
  const w = useWords().source;
  const [proof, setProof] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  if (position < 1) return null;
  if (error) return <ProblemNotice error={error} />;
  if (proof) return <span role="status" className="wproof">{w.proved} <a href={proof} download={`ledger-${position}.json`}>{w.download}</a></span>;
  const take = () => void api.get<unknown>(`/api/v1/ioc/proof?position=${position}`).then((found) => setProof(URL.createObjectURL(new Blob([JSON.stringify(found, null, 2)], { type: 'application/json' }))), setError);
  return <button type="button" className="linkish" onClick={take}>{w.prove}</button>;
}
