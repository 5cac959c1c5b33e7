// One indicator: value, unit, target, change, twelve periods, how fresh and how good. Opens where the figure comes from.
import { IconArrowDownRight, IconArrowRight, IconArrowUpRight, IconShieldCheck, IconFileText, IconUserEdit, IconTilde } from '@tabler/icons-react';
import { useLanguage } from '../i18n';
import { dateTime } from '../lib/format';
import type { Figure, Indicator } from './api';
import { periodShort, toneOf } from './logic';
import { Line } from './line';
import { Level, Stat, Status, useSaid } from './parts';
import { useWords } from './words';

const gradeIcons = { signed_events: IconShieldCheck, official: IconFileText, reported: IconUserEdit, estimated: IconTilde };

/** Which way, and whether that is good: the two are not the same. */
export function Change({ figure, unit }: { figure: Figure; unit: string }) {
  const w = useWords();
  const said = useSaid();
  if (figure.value === null || figure.previous === null) return <span className="quiet">{w.noBefore}</span>;
  const Icon = figure.value > figure.previous ? IconArrowUpRight : figure.value < figure.previous ? IconArrowDownRight : IconArrowRight;
  const word = figure.trend ? w[figure.trend] : figure.value > figure.previous ? w.up : figure.value < figure.previous ? w.down : w.same;
  return <span className={`wchange ${figure.trend ?? ''}`}><Icon size="1.15em" aria-hidden /><b>{word}</b> <span className="quiet">{w.before(said(figure.previous, unit))}</span></span>;
}

export const pointsOf = (items: readonly Figure[], unit: string, said: (v: number | null, unit: string) => string) =>
  items.map((f) => ({ name: periodShort(f.period), value: f.value, open: f.status === 'provisional', label: said(f.value, unit) }));

export function Tile({ indicator, figure, series, cutOff, dark, onOpen }: { indicator: Indicator; figure: Figure | null; series: readonly Figure[] | undefined; cutOff: boolean; dark: boolean; onOpen: () => void }) {
  const w = useWords();
  const said = useSaid();
  const { language } = useLanguage();
  const tone = toneOf(figure, cutOff);
  const status = figure?.status === undefined ? 'unknown' : cutOff && figure.value !== null ? 'stale' : figure.status;
  const Grade = gradeIcons[indicator.source.grade];
  // The line's end is the value above it, also while the line is older.
  const line = series?.map((f) => (figure && f.period === figure.period ? figure : f));
  const there = figure !== null && figure.value !== null;
  return (
    <article className={`card wtile ${tone}`} data-indicator={indicator.code} data-status={status} data-tone={tone}>
      <h3><button type="button" className="wopen" onClick={onOpen}>{indicator.name[language]}</button></h3>
      <p className="wvalue">{there ? <Stat value={figure.value!} unit={indicator.unit} /> : <span className="wnone">{w.status[status]}</span>}</p>
      <p className="wline1">
        {there && <Level tone={tone} />}
        {indicator.target !== null ? <span>{w.target(said(indicator.target, indicator.unit))}</span> : null}
      </p>
      {there ? <p className="wline1"><Change figure={figure} unit={indicator.unit} /></p> : <p className="wline1 quiet">{figure?.why?.[language] ?? w.statusText.unknown}</p>}
      {line?.some((f) => f.value !== null) ? <Line look={{ points: pointsOf(line, indicator.unit, said), target: indicator.target, targetLabel: '', large: false }} dark={dark} /> : <div className="wline" />}
      <p className="wfoot quiet">
        <span><Status status={status} /> · {figure ? periodShort(figure.period) : ''}</span>
        <span title={w.grade} className="wgrade"><Grade size="1.1em" aria-hidden />{w.grades[indicator.source.grade]}</span>
        <span className="wtime">{figure?.as_of ? w.asOf(dateTime(figure.as_of)) : w.noTime}</span>
      </p>
    </article>
  );
}
