// The communes coloured by one figure: as land when the operator loaded boundaries, as hexagons always. The same values
// stand in a table below.
import { Component, lazy, Suspense, useCallback, useMemo, useRef, useState, type ReactNode } from 'react';
import { useLanguage } from '../i18n';
import { ProblemNotice, Skeleton } from '../kit/kit';
import { date } from '../lib/format';
import { useBoundaries, useByAgency, useCommunes, useIndexAgencies, type Indicator, type View } from './api';
import { Hexes } from './hexes';
import { layout } from './layout';
import { scaleOf, shadeOf, shareOf, toneOf, type Cell, type Shade } from './logic';
import { amount, Choice, useSaid } from './parts';
import { useWords } from './words';

const LandMap = lazy(() => import('./land_map'));

/** What both maps are worked with. */
export interface MapKeys {
  at: string;
  shown: string;
  here: string | null;
  label: (code: string) => string;
  short: (code: string) => string;
  step: (code: string) => void;
  point: (code: string | null, at: { x: number; y: number } | null) => void;
  open: (code: string) => void;
}

function useMapped(metric: string, indicators: readonly Indicator[], view: View) {
  const byIndex = metric === '766';
  const communes = useCommunes();
  const index = useIndexAgencies(view, byIndex);
  const indicator = byIndex ? undefined : indicators.find((i) => i.code === metric);
  const figures = useByAgency(byIndex ? null : metric, view, indicator?.grains);
  const cells = useMemo(() => {
    const byAgency = new Map<string, Cell>();
    if (byIndex) for (const a of index.data ?? []) { const share = shareOf(a); byAgency.set(a.id, { value: share === null ? null : Math.round(share * 1000) / 10, tone: share === null ? 'none' : 'plain' }); }
    else for (const f of figures.data?.items ?? []) if (f.key) byAgency.set(f.key, { value: f.value, tone: toneOf(f) });
    const out = new Map<string, Cell>();
    for (const [code, { agency }] of communes) { const cell = agency ? byAgency.get(agency) : undefined; if (cell) out.set(code, cell); }
    return out;
  }, [byIndex, index.data, figures.data, communes]);
  const levels = indicator !== undefined && (indicator.warning !== null || indicator.critical !== null);
  const scale = useMemo(() => scaleOf([...cells.values()].filter((c) => c.tone !== 'none').map((c) => c.value), levels), [cells, levels]);
  const error = byIndex ? index.error && !index.data && index.error : figures.error && !figures.data && figures.error;
  return { cells, communes, scale, unit: byIndex ? '%' : (indicator?.unit ?? ''), error: error || null, retry: () => void (byIndex ? index : figures).refetch(), pending: byIndex ? index.isPending : figures.isPending, indicator };
}

export type MapLook = 'land' | 'hex';
export function MapCard({ metric, look, here, choices, indicators, view, dark, onMetric, onLook, onOpen, quietly }: { metric: string; look: MapLook | undefined; here: string | undefined; choices: readonly { value: string; label: string }[]; indicators: readonly Indicator[]; view: View; dark: boolean; onMetric: (m: string) => void; onLook: (l: MapLook | undefined) => void; onOpen: (agency: string) => void; quietly: boolean }) {
  const w = useWords();
  const said = useSaid();
  const { language } = useLanguage();
  const { cells, communes, scale, unit, error, retry, pending, indicator } = useMapped(metric, indicators, view);
  const boundaries = useBoundaries(view, look !== 'hex');
  const [broken, setBroken] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<string>('18880');
  const [pointed, setPointed] = useState<{ code: string; x: number; y: number } | null>(null);
  const known = useCallback((code: string) => communes.get(code)?.name ?? code, [communes]);
  const short = useCallback((code: string) => known(code).replace(/^(Xã|Phường|Đặc khu) /, ''), [known]);
  const told = (code: string) => { const c = cells.get(code); return c && c.value !== null && c.tone !== 'none' ? said(c.value, unit) : w.map.noData; };
  const word = (code: string) => { const tone = cells.get(code)?.tone; return tone === 'good' ? w.levels.good : tone === 'warn' ? w.levels.warning : tone === 'bad' ? w.levels.critical : ''; };
  const open = (code: string) => { const agency = communes.get(code)?.agency; if (agency) onOpen(agency); };
  const shades = useMemo(() => new Map<string, Shade>([...communes.keys()].map((code) => [code, shadeOf(cells.get(code), scale)])), [communes, cells, scale]);
  const values = useMemo(() => new Map([...shades].filter(([, s]) => s !== 'unknown').map(([code]) => [code, compact(cells.get(code)!.value!)])), [shades, cells]);
  const land = look !== 'hex' && !broken ? boundaries.communes : null;
  const shown = pointed?.code ?? at;
  const keys: MapKeys = {
    at, shown, here: [...communes].find(([, c]) => c.agency !== null && c.agency === here)?.[0] ?? null, short,
    label: (code) => [known(code), told(code), word(code)].filter(Boolean).join(', '),
    step: (code) => { setAt(code); setPointed(null); },
    point: (code, where) => setPointed(code && where ? { code, ...where } : null),
    open,
  };
  const title = metric === '766' ? w.map.index : (indicator?.name[language] ?? metric);
  const ranked = [...cells].filter(([, c]) => c.value !== null && c.tone !== 'none').map(([code, c]) => [code, c.value!] as const).sort((a, b) => b[1] - a[1] || known(a[0]).localeCompare(known(b[0]), 'vi'));
  const steps = scale?.kind === 'steps' ? [0, 1, 2, 3, 4].map((i) => [scale.least + ((scale.most - scale.least) * i) / 5, scale.least + ((scale.most - scale.least) * (i + 1)) / 5] as const) : [];
  const hexes = <Hexes title={`${w.map.title}: ${title}`} shades={shades} values={values} keys={keys} interactive={!quietly} />;
  return (
    <section className="card wmap" aria-labelledby="wmap" aria-busy={pending} data-look={land ? 'land' : 'hex'}>
      <div className="whead"><h2 id="wmap">{w.map.title}</h2>
        {quietly ? <b>{title}</b> : <Choice name={w.map.what} value={metric} onChange={onMetric}>{choices.map((c) => <option key={c.value} value={c.value}>{c.label}</option>)}</Choice>}
        {!quietly && boundaries.there && (
          <div className="wtwo" role="group" aria-label={w.map.look}>
            {(['land', 'hex'] as const).map((l) => <button key={l} type="button" aria-pressed={(land ? 'land' : 'hex') === l} disabled={l === 'land' && broken} onClick={() => onLook(l === 'land' ? undefined : l)}>{w.map.looks[l]}</button>)}
          </div>
        )}
      </div>
      {error ? <ProblemNotice error={error} retry={retry} /> : (
        <>
          {broken && look !== 'hex' && <p className="quiet">{w.map.noWebgl}</p>}
          <div className="wmapbox">
            <div className="wmapdraw" ref={box}>
              {look !== 'hex' && !broken && boundaries.pending ? <Skeleton lines={10} /> : land ? (
                <Fallback instead={hexes}>
                  <Suspense fallback={<Skeleton lines={10} />}><LandMap topology={land.topology} around={boundaries.around} shades={shades} values={values} keys={keys} interactive={!quietly} dark={dark} failed={() => setBroken(true)} /></Suspense>
                </Fallback>
              ) : hexes}
              {pointed && !quietly && <div className="wtip" aria-hidden style={pointed.x > (box.current?.clientWidth ?? 0) * 0.55 ? { translate: `calc(${pointed.x - 10}px - 100%) ${pointed.y + 14}px` } : { translate: `${pointed.x + 14}px ${pointed.y + 14}px` }}><b>{known(pointed.code)}</b><span>{told(pointed.code)}{word(pointed.code) && ` · ${word(pointed.code)}`}</span></div>}
            </div>
            <div className="wmapside">
              {!quietly && <p className="wpicked"><span className="quiet">{w.map.picked}</span><b>{known(shown)}</b><span className="wpickedvalue">{told(shown)}</span><span className="quiet">{word(shown)}</span></p>}
              <ul className="wlegend" aria-label={w.map.legend}>
                {scale?.kind === 'levels' && (['good', 'warn', 'bad'] as const).map((tone) => <li key={tone}><span className={`wswatch ${tone}`} />{w.levels[tone === 'good' ? 'good' : tone === 'warn' ? 'warning' : 'critical']}</li>)}
                {steps.map(([a, b], i) => (scale!.most > scale!.least || i === 2) && <li key={i}><span className={`wswatch s${i}`} />{scale!.most > scale!.least ? `${compact(a)} – ${compact(b)}` : compact(a)}</li>)}
                <li><span className="wswatch unknown" />{w.map.noData}</li>
              </ul>
              {scale && scale.most > scale.least && (
                <div><h3>{w.map.rank}</h3>
                  <ul className="wrank">{[...ranked.slice(0, 3), ...ranked.slice(Math.max(3, ranked.length - 3))].map(([code, value], i, all) => <li key={code} className={i === 3 && all.length > 3 ? 'gap' : ''}><span>{short(code)}</span><b>{compact(value)}</b></li>)}</ul></div>
              )}
              {!quietly && <p className="quiet whint">{land ? w.map.landHint : w.map.hint}</p>}
              {land && <p className="quiet whint">{w.map.sourceOf(land.source, land.licence, date(land.date))}</p>}
            </div>
          </div>
          {!quietly && (
            <details className="wmore"><summary>{w.map.table}</summary>
              <table className="plain"><thead><tr><th scope="col">{w.map.commune}</th><th scope="col" className="num">{w.map.value}</th><th scope="col">{w.map.level}</th></tr></thead>
                <tbody>{(communes.size ? [...communes.keys()] : layout.map(([code]) => code)).sort((a, b) => known(a).localeCompare(known(b), 'vi')).map((code) => <tr key={code}><td><button type="button" className="linkish" onClick={() => open(code)}>{known(code)}</button></td><td className="num">{told(code)}</td><td>{word(code)}</td></tr>)}</tbody></table>
            </details>
          )}
        </>
      )}
    </section>
  );
}
const compact = (n: number) => (n >= 10_000 ? `${amount(Math.round(n / 100) / 10)}k` : amount(n >= 100 ? Math.round(n) : Math.round(n * 10) / 10));

/** A chunk that did not come (an old page, a lost line) leaves the hexagons. */
class Fallback extends Component<{ instead: ReactNode; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError() { return { failed: true }; }
  override render() { return this.state.failed ? this.props.instead : this.props.children; }
}
