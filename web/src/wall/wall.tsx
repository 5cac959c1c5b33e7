// The wall of the operations centre. Everything that is looked at stands in the address: area, month, what was known
// when, the figure that is open.
import './wall.css';
import { IconAlertTriangle, IconFileText, IconPlayerStop, IconPresentation, IconRefresh } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { useNow } from '../api/queries';
import { useAccount, useLoss } from '../api/session';
import { useLanguage } from '../i18n';
import { Empty, Load, ProblemNotice, Skeleton, useTitle } from '../kit/kit';
import { addDays, date, dateTime, number, time } from '../lib/format';
import { useKeys } from '../lib/keys';
import { localDate } from '../lib/working_time';
import { refreshAll, useAlerts, useBoard, useDefinitions, useFollowing, useReach, useSeries, type Figure, type Indicator, type View } from './api';
import { IndexCard } from './index766';
import { addMonths, isCutOff, isMonth, periodShort, sceneAt } from './logic';
import { MapCard, type MapLook } from './map';
import { alertActions, pages } from './pages';
import { Choice, Day } from './parts';
import { dayOf, grains, quarterOf, type Grain } from './periods';
import { Points, type At } from './points';
import { Source } from './provenance';
import { Tile } from './tile';
import { useWords } from './words';

export interface WallSearch { month?: string; known?: string; agency?: string; component?: string; map?: string; look?: MapLook; group?: string; criterion?: string; dossier?: string; figure?: string; page?: string; item?: string; agencies?: boolean; grain?: Grain; day?: string; kiosk?: boolean; dwell?: number }

const route = getRouteApi('/frame/wall');
const services = 'administrative_services';
/** What stands in front, in this order; the rest follows. */
const first = ['HCC.TY_LE_DUNG_HAN', 'HCC.DANG_QUA_HAN', 'HCC.TIEP_NHAN', 'HCC.TRUC_TUYEN', 'HCC.DANG_MO', 'HCC.SO_HOA'];
const mapped = ['766', 'HCC.TY_LE_DUNG_HAN', 'HCC.DANG_QUA_HAN', 'HCC.TRUC_TUYEN'];

export function Wall() {
  const w = useWords();
  useTitle(w.title);
  const reach = useReach();
  if (!reach.may) return <main id="main" tabIndex={-1} className="page wall"><div className="inner"><h1>{w.title}</h1><div className="card"><Empty title={w.notAllowed}>{w.notAllowedText}</Empty></div></div></main>;
  if (!reach.known) return <main id="main" tabIndex={-1} className="page wall"><h1 className="sr">{w.title}</h1><Skeleton lines={12} /></main>;
  return <Whole />;
}

function Whole() {
  const w = useWords();
  const { language } = useLanguage();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const reach = useReach();
  const account = useAccount();
  const now = useNow();
  // A display that was revoked goes dark: nothing stays on the screen.
  const loss = useLoss();
  useEffect(() => { if (account.display && loss) location.reload(); }, [account.display, loss]);
  const { position, connected } = useFollowing();
  const today = localDate(now);
  const present = today.slice(0, 7);
  const month = search.month && search.month <= present ? search.month : present;
  const agency = search.agency ?? (reach.whole ? undefined : reach.agencies[0]?.id);
  const known = search.known && search.known <= today ? search.known : undefined;
  const grain = search.grain === 'month' ? undefined : search.grain;
  const byDay = grain === 'day' || grain === 'hour';
  const day = byDay && search.day && search.day <= today ? search.day : undefined;
  const view: View = useMemo(() => ({ month: day?.slice(0, 7) ?? month, live: (day ? day === today : month === present) && !known, known, agency, grain, day }), [month, present, known, agency, grain, day, today]);
  const periodName = byDay ? date(dayOf({ ...view, today })) : periodShort(grain === 'quarter' ? quarterOf(view.month) : view.month);
  const component = search.component ?? services;
  const definitions = useDefinitions();
  const indicators = useMemo(() => {
    const place = (i: Indicator) => (first.indexOf(i.code) + 1 || first.length + 1);
    return (definitions.data?.items ?? []).filter((i) => i.component === component).sort((a, b) => place(a) - place(b));
  }, [definitions.data, component]);
  const boardAsked = view.live && agency === undefined && grain === undefined;
  const board = useBoard(component, boardAsked);
  const series = useSeries(indicators, view);
  const figures = new Map<string, Figure | null>();
  indicators.forEach((i, n) => {
    const items = series[n]?.data?.items;
    // Of the running month the newest period that has a value; of a month that was chosen, that month.
    const newest = view.live ? (items?.slice(grain === 'hour' ? -24 : -4).findLast((f) => f.value !== null) ?? items?.at(-1)) : items?.at(-1);
    figures.set(i.code, board.data?.items.find((x) => boardAsked && x.indicator === i.code)?.figure ?? newest ?? null);
  });
  const updated = boardAsked ? board.dataUpdatedAt : Math.min(...series.map((s) => s.dataUpdatedAt || Infinity), Infinity);
  const updatedAt = Number.isFinite(updated) ? updated : 0;
  const cutOff = isCutOff(view.live, updatedAt, now);
  const anyError = series.find((s) => s.error && !s.data)?.error ?? (board.error && !board.data ? board.error : null);

  const choose = (more: Partial<WallSearch>) => void navigate({ search: (old) => ({ ...old, ...more }) });
  const sheetOff = { group: undefined, criterion: undefined, dossier: undefined, figure: undefined, agencies: undefined };
  const goPoints = (at: At, to?: string) => choose({ ...sheetOff, ...at, ...(to ? { agency: to } : {}) });
  const at: At | null = search.dossier || search.criterion || search.group || search.agencies ? { group: search.group, criterion: search.criterion, dossier: search.dossier, agencies: search.agencies } : null;

  // ---- Presentation
  // A screen on a wall shows the presentation and nothing else.
  const kiosk = search.kiosk === true || account.display === true;
  const dwell = Math.min(600, Math.max(5, search.dwell ?? 30));
  const { step, wide } = useRotation(kiosk, dwell, () => { if (!account.display) choose({ kiosk: undefined }); });
  const metrics = mapped.filter((m) => m === '766' || indicators.some((i) => i.code === m));
  const scene = sceneAt(step, wide ? 1 : 3, metrics.length);
  const metric = kiosk ? (metrics[scene.metric] ?? '766') : (search.map ?? '766');
  const part = (n: number) => (kiosk && !wide && scene.part !== n ? 'woff' : '');
  const box = useRef<HTMLElement>(null);
  // Another area begins at its top.
  const before = useRef(agency);
  useEffect(() => {
    if (before.current === agency) return;
    before.current = agency;
    box.current?.focus({ preventScroll: true });
    box.current?.scrollTo({ top: 0 });
  }, [agency]);
  const present_ = () => { choose({ kiosk: true, ...sheetOff }); void document.documentElement.requestFullscreen?.().catch(() => {}); };

  useKeys({ p: present_, r: () => void refreshAll(), m: () => choose({ look: search.look === 'hex' ? undefined : 'hex' }), t: () => choose({ month: undefined, known: undefined, day: undefined }) }, !kiosk && !at && !search.figure);

  const opened = definitions.data?.items.find((i) => i.code === search.figure);
  const period = (search.figure ? figures.get(search.figure)?.period : undefined) ?? (opened?.grains.includes('month') ? month : undefined);

  const areaName = agency ? (reach.names.get(agency) ?? agency) : w.province;
  const heads = indicators.filter((i) => first.includes(i.code));
  const rest = indicators.filter((i) => !first.includes(i.code));
  const offered = pages.filter((p) => p.may?.(account) ?? true);
  const page = kiosk ? undefined : offered.find((p) => p.key === search.page);
  const tile = (i: Indicator) => <Tile key={i.code} indicator={i} figure={figures.get(i.code) ?? null} series={series[indicators.indexOf(i)]?.data?.items} cutOff={cutOff} dark={kiosk} onOpen={() => choose({ ...sheetOff, figure: i.code })} />;
  return (
    <main id="main" tabIndex={-1} ref={box} className={`page wall ${kiosk ? 'kiosk' : ''}`} data-position={position ?? undefined} data-cut-off={cutOff || undefined}>
      <div className="wbody">
        <header className="wtop">
          <div className="wtitle">
            <h1>{w.title}</h1>
            <p className="warea">{agency && reach.whole && !kiosk ? <nav aria-label={w.path}><Link to="/wall" search={(old) => ({ ...old, agency: undefined })}>{w.province}</Link> › <b>{areaName}</b></nav> : <b>{areaName}</b>}</p>
          </div>
          <p className={`wlive ${cutOff ? 'off' : view.live ? 'on' : ''}`}>
            <span className="wdot" aria-hidden />
            <span>{cutOff ? w.lost(time(new Date(updatedAt).toISOString())) : view.live ? <>{connected ? w.live : w.polled} · {updatedAt ? w.updated(time(new Date(updatedAt).toISOString())) : w.loading}</> : known ? w.pastKnown(periodName, date(known)) : w.past(periodName)}</span>
            {kiosk && <b className="wclock">{dateTime(new Date(now).toISOString())}</b>}
          </p>
          <div className="wtools">
            {!kiosk && <a className="wbutton" href={`/api/v1/ioc/briefing${known ? `?date=${known}` : ''}`} target="_blank" rel="noreferrer" title={w.briefingText}><IconFileText size="1.2em" aria-hidden /> {w.briefing}</a>}
            {!kiosk && <button type="button" className="wicon" aria-label={w.refresh} title={w.refresh} onClick={() => void refreshAll()}><IconRefresh size="1.4em" aria-hidden /></button>}
            {account.display ? null : kiosk ? <button type="button" className="wbutton wstop" onClick={() => { choose({ kiosk: undefined }); if (document.fullscreenElement) void document.exitFullscreen(); }}><IconPlayerStop size="1.2em" aria-hidden /> {w.stop}</button>
              : <button type="button" className="wbutton" onClick={present_}><IconPresentation size="1.2em" aria-hidden /> {w.rotate}</button>}
          </div>
        </header>
        {!kiosk && offered.length > 0 && (
          <nav className="wpages" aria-label={w.pages}>
            <Link to="/wall" search={(old) => ({ ...old, page: undefined, item: undefined })} activeOptions={{ explicitUndefined: true }}>{w.overview}</Link>
            {offered.map((p) => <Link key={p.key} to="/wall" search={(old) => ({ ...old, ...sheetOff, page: p.key, item: undefined })}>{p.words[language]}</Link>)}
          </nav>
        )}
        {!kiosk && (
          <form className="wchoose" aria-label={w.choose} onSubmit={(e) => e.preventDefault()}>
            {(reach.whole || reach.agencies.length > 1) && (
              <Choice name={w.area} value={agency ?? ''} onChange={(v) => choose({ agency: v || undefined })}>
                {reach.whole && <option value="">{w.whole}</option>}
                <optgroup label={w.departments}>{reach.agencies.filter((a) => !communal(a.kind, a.id)).map((a) => <option key={a.id} value={a.id}>{a.name}</option>)}</optgroup>
                <optgroup label={w.communes}>{reach.agencies.filter((a) => communal(a.kind, a.id)).map((a) => <option key={a.id} value={a.id}>{a.name}</option>)}</optgroup>
              </Choice>
            )}
            <Choice name={w.grain} value={grain ?? 'month'} onChange={(v) => choose({ grain: v === 'month' ? undefined : (v as Grain), ...(v === 'day' || v === 'hour' ? {} : { day: undefined }) })}>
              {grains.filter((g) => g === 'month' || indicators.some((i) => i.grains.includes(g))).map((g) => <option key={g} value={g}>{w.grains[g]}</option>)}
            </Choice>
            {byDay && <Day name={w.day} value={dayOf({ ...view, today })} last={today} onChange={(v) => choose({ day: v === today ? undefined : v, month: undefined })} />}
            {!byDay && <Choice name={w.month} value={month} onChange={(v) => choose({ month: v === present ? undefined : v })}>
              {Array.from({ length: 36 }, (_, n) => addMonths(present, -n)).map((m) => <option key={m} value={m}>{periodShort(m)}</option>)}
            </Choice>}
            <Day name={w.known} value={known} last={addDays(today, -1)} onChange={(v) => choose({ known: v })} />
            {(definitions.data?.components.length ?? 0) > 1 && (
              <Choice name={w.component} value={component} lang="vi" onChange={(v) => choose({ component: v === services ? undefined : v, map: undefined })}>{definitions.data!.components.map((c) => <option key={c.code} value={c.code}>{c.name}</option>)}</Choice>
            )}
            {!view.live && <button type="button" className="wbutton" onClick={() => choose({ month: undefined, known: undefined, day: undefined })}>{w.now}</button>}
          </form>
        )}
        {cutOff && <p className="notice bad" role="alert">{w.cutOff(dateTime(new Date(updatedAt).toISOString()))}</p>}
        <AlertStrip turn={kiosk ? step : 0} names={reach.names} indicators={definitions.data?.items ?? []} open={(code, where) => choose({ ...sheetOff, page: undefined, item: undefined, figure: code, agency: where ?? agency })} goPage={(to, item) => choose({ ...sheetOff, page: to, item })} />
        {page && (
          <Suspense fallback={<Skeleton lines={10} />}>
            <page.component key={page.key} view={view} item={search.item} open={(item) => choose({ item })} show={(what) => choose({ page: undefined, item: undefined, ...sheetOff, ...what })} names={reach.names} indicators={definitions.data?.items ?? []} />
          </Suspense>
        )}
        {!page && <div className="wgrid">
          <div className={`wleft ${part(0)}`}><MapCard metric={metric} look={search.look} dark={kiosk} onLook={(look) => choose({ look })} here={agency} indicators={definitions.data?.items ?? []} view={view} quietly={kiosk} choices={[{ value: '766', label: w.map.index }, ...indicators.filter((i) => i.by.includes('agency') && i.grains.includes('month')).map((i) => ({ value: i.code, label: i.name[language] }))]} onMetric={(m) => choose({ map: m === '766' ? undefined : m })} onOpen={(id) => choose({ ...sheetOff, agency: id })} /></div>
          <div className={`wright ${part(1)}`}><IndexCard view={view} onGroup={(group) => goPoints({ group })} onAgencies={reach.whole && !agency ? () => goPoints({ agencies: true }) : null} onAgency={(id) => choose({ ...sheetOff, agency: id })} />{known && <p className="quiet">{w.index.knownNote}</p>}</div>
          <section className={`wtiles heads ${part(2)}`} aria-labelledby="wtiles">
            <h2 id="wtiles">{w.figures}</h2>
            <Load of={definitions} lines={10}>
              {() => indicators.length === 0 ? <div className="card"><Empty title={w.noSuch} /></div> : anyError ? <ProblemNotice error={anyError} retry={() => void refreshAll()} /> : (
                <div className="wtilegrid">{(heads.length ? heads : rest).map(tile)}</div>
              )}
            </Load>
          </section>
          {!kiosk && heads.length > 0 && rest.length > 0 && !anyError && <section className="wtiles" aria-labelledby="wrest"><h2 id="wrest">{w.more}</h2><div className="wtilegrid small">{rest.map(tile)}</div></section>}
        </div>}
      </div>
      {at && !kiosk && <Points view={view} at={at} go={goPoints} close={() => choose(sheetOff)} />}
      {search.figure && !at && !kiosk && definitions.data && <Source key={search.figure} code={search.figure} indicator={opened} view={period && isMonth(period) ? { ...view, month: period } : view} period={period} names={reach.names} onClose={() => choose(sheetOff)} onDossier={(code) => choose({ ...sheetOff, dossier: code })} onAgency={(id) => choose({ agency: id })} dark={kiosk} />}
    </main>
  );
}
const communal = (kind: string, id: string) => kind === 'commune_committee' || (kind === 'one_stop_centre' && /^hcc-\d+$/.test(id));

function AlertStrip({ turn, names, indicators, open, goPage }: { goPage: (page: string, item?: string) => void; turn: number; names: ReadonlyMap<string, string>; indicators: readonly Indicator[]; open: (code: string, agency: string | null) => void }) {
  const w = useWords();
  const { language } = useLanguage();
  const alerts = useAlerts();
  const account = useAccount();
  const actions = account.display ? [] : alertActions.filter((x) => x.may?.(account) ?? true);
  const items = [...(alerts.data?.items ?? [])].sort((a, b) => Number(b.critical) - Number(a.critical) || b.since.localeCompare(a.since));
  const shown = items[turn % items.length];
  if (!shown) return null;
  return (
    <details className="walerts notice warn">
      <summary><IconAlertTriangle size="1.2em" aria-hidden /> <b>{w.alertCount(number(items.length))}</b> <span>{shown[language]} · {shown.agency ? (names.get(shown.agency) ?? shown.agency) : w.province}</span></summary>
      <ul aria-label={w.alerts}>{items.slice(0, 40).map((a, n) => <li key={n}><button type="button" className="linkish" onClick={() => open(a.indicator, a.agency)}>{a[language]}</button> · {a.agency ? (names.get(a.agency) ?? a.agency) : w.province} · {indicators.find((i) => i.code === a.indicator)?.name[language]} · <span className="quiet">{w.since(dateTime(a.since))}</span>{actions.map((x) => <Suspense key={x.key} fallback={null}> <x.component alert={a} open={goPage} /></Suspense>)}</li>)}</ul>
    </details>
  );
}

/** One step every `dwell` seconds; everything stays mounted, so nothing is blank while it is asked for anew. The screen
 *  is kept awake, and the picture wanders by a pixel so that it burns into no panel. */
function useRotation(kiosk: boolean, dwell: number, leave: () => void) {
  const [step, setStep] = useState(0);
  const [wide, setWide] = useState(() => matchMedia('(min-width: 1800px)').matches);
  const left = useRef(leave);
  left.current = leave;
  useEffect(() => {
    const media = matchMedia('(min-width: 1800px)');
    const listen = () => setWide(media.matches);
    media.addEventListener('change', listen);
    return () => media.removeEventListener('change', listen);
  }, []);
  useEffect(() => {
    if (!kiosk) return;
    setStep(0);
    let turns = 0;
    const timer = setInterval(() => {
      setStep((s) => s + 1);
      const [x, y] = [[0, 0], [1, 0], [1, 1], [0, 1]][++turns % 4] as [number, number];
      document.documentElement.style.setProperty('--wall-shift', `${x * 2}px ${y * 2}px`);
    }, dwell * 1000);
    let lock: { release(): Promise<void> } | null = null;
    const wake = () => { if (document.visibilityState === 'visible') void navigator.wakeLock?.request('screen').then((l) => { lock = l; }, () => {}); };
    wake();
    document.addEventListener('visibilitychange', wake);
    let full = Boolean(document.fullscreenElement);
    const screen = () => { if (full && !document.fullscreenElement) left.current(); full = Boolean(document.fullscreenElement); };
    document.addEventListener('fullscreenchange', screen);
    const key = (e: KeyboardEvent) => { if (e.key === 'Escape') left.current(); };
    document.addEventListener('keydown', key);
    return () => {
      clearInterval(timer);
      void lock?.release().catch(() => {});
      document.documentElement.style.removeProperty('--wall-shift');
      document.removeEventListener('visibilitychange', wake);
      document.removeEventListener('fullscreenchange', screen);
      document.removeEventListener('keydown', key);
    };
  }, [kiosk, dwell]);
  return { step, wide };
}
