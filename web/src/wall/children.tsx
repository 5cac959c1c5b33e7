// The wall's page of child operations centres: how each line stands, what it tells beside the province's own figures,
// and behind a figure all its periods. A figure of a line that is not heard of is stale and never green.
import './children.css';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api/session';
import type { components, operations } from '../api/schema';
import { useLanguage } from '../i18n';
import { Empty, Fact, Load, useTitle } from '../kit/kit';
import { bytes, dateTime, number } from '../lib/format';
import { useChildWords } from './children_words';
import type { PageProps } from './pages';
import { Choice, Sheet, Status, useSaid } from './parts';

type S = components['schemas'];
type Answer<O extends keyof operations> = operations[O] extends { responses: { 200: { content: { 'application/json': infer A } } } } ? A : never;
type Board = Answer<'getChildFigures'>;
type Child = S['ChildCentre'];
type Tile = S['ChildTile'];
const every = 15_000;
const tone: Record<Child['health'], string> = { waiting: '', running: 'good', silent: 'bad', parted: 'bad', refused: 'bad', held: 'warn' };

export function Children({ item, open, names }: PageProps) {
  const w = useChildWords();
  useTitle(w.title);
  const board = useQuery({ queryKey: ['ioc', 'children'], queryFn: ({ signal }) => api.get<Board>('/api/v1/ioc/children/figures', signal), refetchInterval: every });
  const [child, code] = (item ?? '').split('/');
  return (
    <div className="cpage">
      <p className="quiet">{w.lead}</p>
      <Load of={board} lines={8}>
        {(b) => (b.items.length === 0 ? <Empty title={w.none}>{w.noneText}</Empty> : <>{b.items.map((one) => <Centre key={one.child.id} of={one} names={names} open={open} />)}</>)}
      </Load>
      {child && <Sheet title={code ?? child} onClose={() => open(undefined)}>{code ? <History child={child} code={code} /> : <Line child={child} />}</Sheet>}
    </div>
  );
}

function useSpan(): (seconds: number | null) => string {
  const w = useChildWords();
  return (s) => (s === null ? w.never : s < 120 ? w.seconds(number(s)) : s < 7200 ? w.minutes(number(Math.round(s / 60))) : s < 172_800 ? w.hours(number(Math.round(s / 3600))) : w.days(number(Math.round(s / 86_400))));
}

function Centre({ of, names, open }: { of: Board['items'][number]; names: ReadonlyMap<string, string>; open: (item: string) => void }) {
  const w = useChildWords();
  const span = useSpan();
  const { language } = useLanguage();
  const c = of.child;
  const [component, setComponent] = useState('');
  const tiles = of.tiles.filter((t) => component === '' || t.component === component);
  const components = [...new Set(of.tiles.map((t) => t.component))];
  return (
    <section className="card" aria-labelledby={`child-${c.id}`}>
      <div className="whead">
        <h2 id={`child-${c.id}`}>{c.name}</h2>
        <span className={`state ${tone[c.health]}`}>{w.health[c.health]}</span>
      </div>
      {w.healthText[c.health] && <p className={c.health === 'waiting' ? 'quiet' : 'cwarn'}>{w.healthText[c.health]}{c.held && ` ${c.held}`}</p>}
      <dl className="facts two">
        <Fact name={w.current}>{c.current_at ? dateTime(c.current_at) : w.never}</Fact>
        <Fact name={w.lag}>{w.lagOf(span(c.lag.seconds), number(c.lag.batches), number(c.lag.events))}</Fact>
        <Fact name={w.last}>{c.last.number > 0 ? w.lastOf(number(c.last.number), dateTime(c.received_at)) : w.never}</Fact>
        <Fact name={w.skew}>{w.skewOf(number(c.skew_seconds))}</Fact>
        {c.agencies.length > 0 && <Fact name={w.agencies}>{c.agencies.map((a) => names.get(a) ?? a).join(', ')}</Fact>}
        {c.down.number > 0 && <Fact name={w.directives}>{w.directivesOf(number(c.down.number), number(c.down.confirmed))}</Fact>}
        {c.refusal && <Fact name={w.refusal}><span className="mono">{c.refusal.code}</span> {dateTime(c.refusal.at)}</Fact>}
      </dl>
      {of.alerts.length > 0 && (
        <>
          <h3>{w.alerts}</h3>
          <ul className="calerts">{of.alerts.map((a) => <li key={`${a.rule}/${a.agency ?? ''}`}>{language === 'en' ? a.en : a.vi} <span className="quiet">{a.agency && `${names.get(a.agency) ?? a.agency}, `}{w.since(dateTime(a.since))}</span>{a.critical && <span className="state bad">{w.critical}</span>}</li>)}</ul>
        </>
      )}
      {of.tiles.length === 0 ? <p className="quiet">{w.empty}</p> : (
        <>
          {components.length > 1 && <Choice name={w.component} value={component} onChange={setComponent}><option value="">{w.allComponents}</option>{components.map((k) => <option key={k} value={k}>{k}</option>)}</Choice>}
          <ul className="ctiles" aria-label={w.tiles(c.name)}>{tiles.map((t) => <OneTile key={t.indicator} tile={t} open={() => open(`${c.id}/${t.indicator}`)} />)}</ul>
        </>
      )}
      <button type="button" className="wbutton" onClick={() => open(c.id)}>{w.details}</button>
    </section>
  );
}

function OneTile({ tile, open }: { tile: Tile; open: () => void }) {
  const w = useChildWords();
  const said = useSaid();
  const { language } = useLanguage();
  const f = tile.figure;
  return (
    <li className={`ctile ${f.status}`}>
      <button type="button" onClick={open}>
        <span className="cname">{language === 'en' ? tile.name.en : tile.name.vi}</span>
        <span className="cvalue">{said(f.value, tile.unit)}</span>
        <Status status={f.status} />
        <span className="quiet">{f.period} · {w.batch(number(tile.told.batch))}</span>
        {f.why && <span className="quiet">{language === 'en' ? f.why.en : f.why.vi}</span>}
      </button>
    </li>
  );
}

function History({ child, code }: { child: string; code: string }) {
  const w = useChildWords();
  const said = useSaid();
  const { language } = useLanguage();
  const all = useQuery({ queryKey: ['ioc', 'children', child, code], queryFn: ({ signal }) => api.get<Answer<'getChildIndicator'>>(`/api/v1/ioc/children/${child}/indicators/${encodeURIComponent(code)}`, signal) });
  return (
    <Load of={all} lines={8}>
      {(h) => (
        <div className="stack">
          <h3>{w.history(language === 'en' ? h.name.en : h.name.vi)}</h3>
          <p className="quiet">{language === 'en' ? h.formula.en : h.formula.vi}{h.source && ` · ${w.source}: ${h.source}`}</p>
          <div className="fscroll" tabIndex={0} role="region" aria-label={w.period}>
            <table className="ctable">
              <thead><tr><th scope="col">{w.period}</th><th scope="col">{w.value}</th><th scope="col">{w.parts}</th><th scope="col">{w.asOf}</th></tr></thead>
              <tbody>
                {h.items.map((i) => (
                  <tr key={i.period}>
                    <th scope="row">{i.period}</th>
                    <td>{said(i.value, h.unit)} <Status status={i.status} /></td>
                    <td>{i.numerator === null ? '' : number(i.numerator)}{i.denominator === null ? '' : ` / ${number(i.denominator)}`}</td>
                    <td>{i.as_of ? dateTime(i.as_of) : ''}{i.told && <div className="quiet">{w.batch(number(i.told.batch))}</div>}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {h.changes.length > 0 && (
            <>
              <h3>{w.changes}</h3>
              <ul>{h.changes.map((c) => <li key={`${c.period}/${c.batch}`}>{c.period}: {w.changeOf(said(c.before, h.unit), said(c.after, h.unit), number(c.batch))} <span className="quiet">{dateTime(c.at)}</span></li>)}</ul>
            </>
          )}
        </div>
      )}
    </Load>
  );
}

function Line({ child }: { child: string }) {
  const w = useChildWords();
  const { language } = useLanguage();
  const all = useQuery({ queryKey: ['ioc', 'children', child], queryFn: ({ signal }) => api.get<Answer<'getChild'>>(`/api/v1/ioc/children/${child}`, signal), refetchInterval: every });
  return (
    <Load of={all} lines={8}>
      {(d) => (
        <div className="stack">
          <h3>{w.batches}</h3>
          <div className="fscroll" tabIndex={0} role="region" aria-label={w.batches}>
            <table className="ctable">
              <thead><tr><th scope="col">{w.number}</th><th scope="col">{w.received}</th><th scope="col">{w.events}</th><th scope="col">{w.bytes}</th></tr></thead>
              <tbody>{d.batches.map((b) => <tr key={b.number}><th scope="row">{number(b.number)}</th><td>{dateTime(b.received_at)}</td><td>{number(b.to - b.from)}</td><td>{bytes(b.bytes)}</td></tr>)}</tbody>
            </table>
          </div>
          <h3>{w.refusals}</h3>
          {d.refusals.length === 0 ? <p className="quiet">{w.noRefusals}</p> : <ul>{d.refusals.map((r) => <li key={`${r.number}/${r.hash}/${r.code}`}><span className="mono">{r.code}</span> {w.batch(number(r.number))}, {w.times(number(r.times))}, {dateTime(r.last_at)}</li>)}</ul>}
          <h3>{w.answers}</h3>
          {d.answers.length === 0 ? <p className="quiet">{w.noAnswers}</p> : <ul>{d.answers.map((a, i) => <li key={i}><span className="mono">{a.code}</span> {w.kinds[a.kind] ?? a.kind} <span className="quiet">{dateTime(a.at)}</span>{a.problem && <span className="cwarn"> {language === 'en' ? a.problem.en : a.problem.vi}</span>}</li>)}</ul>}
        </div>
      )}
    </Load>
  );
}
