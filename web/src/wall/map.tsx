// The communes as hexagons, coloured by one figure. By keyboard the arrows go from cell to cell; the same values stand
// in a table below.
import { useMemo, useRef, useState } from 'react';
import { useLanguage } from '../i18n';
import { ProblemNotice } from '../kit/kit';
import { useByAgency, useCommunes, useIndexAgencies, type Indicator, type View } from './api';
import { layout } from './layout';
import { middle, neighbour, scaleOf, shadeOf, shareOf, toneOf, type Cell, type Shade } from './logic';
import { amount, Choice, useSaid } from './parts';
import { useWords } from './words';

const side = 10;
const corners = Array.from({ length: 6 }, (_, i) => { const a = (Math.PI / 180) * (60 * i - 90); return `${(Math.cos(a) * (side - 0.55)).toFixed(2)},${(Math.sin(a) * (side - 0.55)).toFixed(2)}`; }).join(' ');
const places = layout.map(([code, column, row]) => { const [x, y] = middle(column, row); return [code, x * side, y * side] as const; });
const width = Math.max(...places.map(([, x]) => x)) + side * 1.9;
const height = Math.max(...places.map(([, , y]) => y)) + side * 2.1;

export function useMapped(metric: string, indicators: readonly Indicator[], view: View) {
  const byIndex = metric === '766';
  const communes = useCommunes();
  const index = useIndexAgencies(view, byIndex);
  const figures = useByAgency(byIndex ? null : metric, view);
  const indicator = byIndex ? undefined : indicators.find((i) => i.code === metric);
  const cells = useMemo(() => {
    const byAgency = new Map<string, Cell>();
    if (byIndex) for (const a of index.data ?? []) { const share = shareOf(a); byAgency.set(a.id, { value: share === null ? null : Math.round(share * 1000) / 10, tone: share === null ? 'none' : 'plain' }); }
    else for (const f of figures.data?.items ?? []) if (f.key) byAgency.set(f.key, { value: f.value, tone: toneOf(f) });
    const out = new Map<string, Cell>();
    for (const [code] of layout) { const agency = communes.get(code)?.agency; const cell = agency ? byAgency.get(agency) : undefined; if (cell) out.set(code, cell); }
    return out;
  }, [byIndex, index.data, figures.data, communes]);
  const levels = indicator !== undefined && (indicator.warning !== null || indicator.critical !== null);
  const scale = scaleOf([...cells.values()].filter((c) => c.tone !== 'none').map((c) => c.value), levels);
  const error = byIndex ? index.error && !index.data && index.error : figures.error && !figures.data && figures.error;
  return { cells, communes, scale, unit: byIndex ? '%' : (indicator?.unit ?? ''), error: error || null, retry: () => void (byIndex ? index : figures).refetch(), pending: byIndex ? index.isPending : figures.isPending, indicator };
}

export function HexMap({ metric, here, choices, indicators, view, onMetric, onOpen, quietly }: { metric: string; here: string | undefined; choices: readonly { value: string; label: string }[]; indicators: readonly Indicator[]; view: View; onMetric: (m: string) => void; onOpen: (agency: string) => void; quietly: boolean }) {
  const w = useWords();
  const said = useSaid();
  const { language } = useLanguage();
  const { cells, communes, scale, unit, error, retry, pending, indicator } = useMapped(metric, indicators, view);
  const [at, setAt] = useState<string>('18880');
  const [pointed, setPointed] = useState<string | null>(null);
  const refs = useRef(new Map<string, SVGGElement>());
  const name = (code: string) => communes.get(code)?.name ?? code;
  const told = (code: string) => { const c = cells.get(code); return c && c.value !== null && c.tone !== 'none' ? said(c.value, unit) : w.map.noData; };
  const word = (code: string) => { const tone = cells.get(code)?.tone; return tone === 'good' ? w.levels.good : tone === 'warn' ? w.levels.warning : tone === 'bad' ? w.levels.critical : ''; };
  const shade = (code: string): Shade => shadeOf(cells.get(code), scale);
  const open = (code: string) => { const agency = communes.get(code)?.agency; if (agency) onOpen(agency); };
  const onKey = (code: string) => (e: React.KeyboardEvent) => {
    if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); open(code); return; }
    const next = neighbour(layout, code, e.key);
    if (!e.key.startsWith('Arrow')) return;
    e.preventDefault();
    if (next) { setAt(next); refs.current.get(next)?.focus(); }
  };
  const title = metric === '766' ? w.map.index : (indicator?.name[language] ?? metric);
  const shown = pointed ?? at;
  const ranked = [...cells].filter(([, c]) => c.value !== null && c.tone !== 'none').map(([code, c]) => [code, c.value!] as const).sort((a, b) => b[1] - a[1] || name(a[0]).localeCompare(name(b[0]), 'vi'));
  const steps = scale?.kind === 'steps' ? [0, 1, 2, 3, 4].map((i) => [scale.least + ((scale.most - scale.least) * i) / 5, scale.least + ((scale.most - scale.least) * (i + 1)) / 5] as const) : [];
  return (
    <section className="card wmap" aria-labelledby="wmap" aria-busy={pending}>
      <div className="whead"><h2 id="wmap">{w.map.title}</h2>
        {quietly ? <b>{title}</b> : <Choice name={w.map.what} value={metric} onChange={onMetric}>{choices.map((c) => <option key={c.value} value={c.value}>{c.label}</option>)}</Choice>}
      </div>
      {error ? <ProblemNotice error={error} retry={retry} /> : (
        <>
          <div className="wmapbox">
            <svg viewBox={`${-side} ${-side * 1.1} ${width} ${height}`} role="group" aria-label={`${w.map.title}: ${title}`}>
              <defs><pattern id="whatch" width="3" height="3" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="3" height="3" className="whatchback" /><line x1="0" y1="0" x2="0" y2="3" className="whatchline" /></pattern></defs>
              {places.map(([code, x, y]) => (
                <g key={code} ref={(e) => { if (e) refs.current.set(code, e); }} className={`wcell ${shade(code)} ${here && communes.get(code)?.agency === here ? 'here' : ''}`} data-commune={code} transform={`translate(${x.toFixed(2)} ${y.toFixed(2)})`} role="link" tabIndex={quietly ? -1 : code === at ? 0 : -1}
                  aria-label={[name(code), told(code), word(code)].filter(Boolean).join(', ')} onFocus={() => { setAt(code); setPointed(null); }} onPointerEnter={() => setPointed(code)} onPointerLeave={() => setPointed(null)} onClick={() => open(code)} onKeyDown={onKey(code)}>
                  <polygon points={corners} />
                  <text className="wcellname" y="-2.2">{short(name(code))}</text>{' '}
                  <text className="wcellvalue" y="1.6">{shade(code) === 'unknown' ? '?' : compact(cells.get(code)!.value!)}</text>
                </g>
              ))}
            </svg>
            <div className="wmapside">
              {!quietly && <p className="wpicked"><span className="quiet">{w.map.picked}</span><b>{name(shown)}</b><span className="wpickedvalue">{told(shown)}</span><span className="quiet">{word(shown)}</span></p>}
              <ul className="wlegend" aria-label={w.map.legend}>
                {scale?.kind === 'levels' && (['good', 'warn', 'bad'] as const).map((tone) => <li key={tone}><span className={`wswatch ${tone}`} />{w.levels[tone === 'good' ? 'good' : tone === 'warn' ? 'warning' : 'critical']}</li>)}
                {steps.map(([a, b], i) => (scale!.most > scale!.least || i === 2) && <li key={i}><span className={`wswatch s${i}`} />{scale!.most > scale!.least ? `${compact(a)} – ${compact(b)}` : compact(a)}</li>)}
                <li><span className="wswatch unknown" />{w.map.noData}</li>
              </ul>
              {scale && scale.most > scale.least && (
                <div><h3>{w.map.rank}</h3>
                  <ul className="wrank">{[...ranked.slice(0, 3), ...ranked.slice(Math.max(3, ranked.length - 3))].map(([code, value], i, all) => <li key={code} className={i === 3 && all.length > 3 ? 'gap' : ''}><span>{short(name(code))}</span><b>{compact(value)}</b></li>)}</ul></div>
              )}
              {!quietly && <p className="quiet whint">{w.map.hint}</p>}
            </div>
          </div>
          {!quietly && (
            <details className="wmore"><summary>{w.map.table}</summary>
              <table className="plain"><thead><tr><th scope="col">{w.map.commune}</th><th scope="col" className="num">{w.map.value}</th><th scope="col">{w.map.level}</th></tr></thead>
                <tbody>{[...layout].sort((a, b) => name(a[0]).localeCompare(name(b[0]), 'vi')).map(([code]) => <tr key={code}><td><button type="button" className="linkish" onClick={() => open(code)}>{name(code)}</button></td><td className="num">{told(code)}</td><td>{word(code)}</td></tr>)}</tbody></table>
            </details>
          )}
        </>
      )}
    </section>
  );
}
const short = (name: string) => name.replace(/^(Xã|Phường|Đặc khu) /, '');
const compact = (n: number) => (n >= 10_000 ? `${amount(Math.round(n / 100) / 10)}k` : amount(n >= 100 ? Math.round(n) : Math.round(n * 10) / 10));
