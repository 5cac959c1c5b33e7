// What the wall asks of the operations centre's API. A refresh never takes away what is on the screen: data stay until
// newer data have come, and how old they are is known.
import { useQueries, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { api, queries, useAccount } from '../api/session';
import { useAgencies } from '../api/queries';
import type { components, operations } from '../api/schema';
import type { Topology } from './land';
import { standing } from '../lib/rights';
import { localDate } from '../lib/working_time';
import { follow } from './live';
import { grainFor, periodOf, quarterOf, spanOf, type Grain, type Moment } from './periods';

type S = components['schemas'];
type Answer<O extends keyof operations> = operations[O] extends { responses: { 200: { content: { 'application/json': infer A } } } } ? A : never;
export type Indicator = S['Indicator'];
export type Figure = S['IndicatorFigure'];
export type Index = S['Index766'];
export type IndexGroup = S['Index766Group'];
export type Criterion = S['Index766Criterion'];
export type AgencyScore = S['Index766AgencyScore'];
export type LostPage = S['Index766Dossiers'];
export type Explanation = S['Index766Explanation'];
export type Board = Answer<'getIndicatorBoard'>;
export type Figures = Answer<'getIndicatorFigures'>;
export type Provenance = Answer<'getIndicatorProvenance'>;
export type Alerts = Answer<'listIndicatorAlerts'>;

/** What the wall is about: a month as it is known now, or as it was known on a day; of the province or one agency. */
export interface View {
  month: string;
  /** The month is the present one and nothing is asked about the past. */
  live: boolean;
  known?: string;
  agency?: string;
  /** Days and hours: the day they end at, or are of. */
  grain?: Grain;
  day?: string;
}
export const momentOf = (view: View): Moment => ({ ...view, today: localDate(Date.now()) });
const base = '/api/v1/ioc';
const ask = (path: string, values: Record<string, string | number | undefined>) => {
  const q = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined && value !== '') q.set(name, String(value));
  return `${base}/${path}${q.size ? `?${q}` : ''}`;
};
const every = 60_000;

export const useDefinitions = () => useQuery({ queryKey: ['ioc', 'definitions'], queryFn: ({ signal }) => api.get<Answer<'listIndicators'>>(`${base}/indicators`, signal), staleTime: 10 * every });

/** The newest figure of each indicator of a component, for whoever may see them; with an agency its own are asked. */
export const useBoard = (component: string, enabled: boolean) =>
  useQuery({ queryKey: ['ioc', 'board', component], queryFn: ({ signal }) => api.get<Board>(`${base}/components/${component}`, signal), enabled, refetchInterval: every });

const span = (indicator: Pick<Indicator, 'grains'>, view: View) => {
  const moment = momentOf(view);
  const grain = grainFor(moment, indicator.grains);
  return grain ? { grain, ...spanOf(moment, grain) } : {};
};
export const seriesPath = (indicator: Pick<Indicator, 'code' | 'grains'>, view: View) =>
  ask(`indicators/${indicator.code}/figures`, {
    ...span(indicator, view),
    agency: view.agency,
    known_on: view.known,
  });
const seriesKey = (code: string, view: View) => ['ioc', 'series', code, view.month, view.agency ?? '', view.known ?? '', view.grain ?? '', view.day ?? ''];
/** Twelve months of each indicator, the newest last. */
export function useSeries(indicators: readonly Indicator[], view: View) {
  return useQueries({
    queries: indicators.map((i) => ({ queryKey: seriesKey(i.code, view), queryFn: ({ signal }: { signal: AbortSignal }) => api.get<Figures>(seriesPath(i, view), signal), refetchInterval: view.live ? every : (false as const) })),
  });
}
export const useOneSeries = (indicator: Indicator | undefined, view: View) =>
  useQuery({ queryKey: seriesKey(indicator?.code ?? '', view), queryFn: ({ signal }) => api.get<Figures>(seriesPath(indicator!, view), signal), enabled: Boolean(indicator) });

/** Agencies beside one another: of the grain looked at where the indicator has it, else of the month. */
export const useByAgency = (code: string | null, view: View, has: readonly string[] = ['month']) => {
  const moment = { ...momentOf(view), agency: view.known ? 'each' : undefined };
  const period = periodOf(moment, grainFor(moment, has) ?? 'month');
  return useQuery({
    queryKey: ['ioc', 'by-agency', code, period, view.known ?? ''],
    queryFn: ({ signal }) => api.get<Figures>(ask(`indicators/${code}/figures`, { period, by: 'agency', known_on: view.known }), signal),
    enabled: code !== null,
    refetchInterval: view.live ? every : false,
  });
};

/** Of the period that stood on the tile; an indicator that is not monthly is asked for its own newest one. */
export const useProvenance = (code: string, view: View, period: string | undefined, after?: string) =>
  useQuery({
    queryKey: ['ioc', 'provenance', code, period ?? '', view.agency ?? '', view.known ?? '', after ?? ''],
    queryFn: ({ signal }) => api.get<Provenance>(ask(`indicators/${code}/provenance`, { period, agency: view.agency, known_on: view.known, after, limit: 20 }), signal),
  });

export const useAlerts = () => useQuery({ queryKey: ['ioc', 'alerts'], queryFn: ({ signal }) => api.get<Alerts>(`${base}/alerts`, signal), refetchInterval: every });

/** The index has months and quarters. */
const indexPeriod = (view: View) => (view.grain === 'quarter' ? { quarter: quarterOf(view.month) } : { month: view.month });
const indexKey = (view: View) => Object.values(indexPeriod(view))[0]!;
export const useIndex = (view: View) =>
  useQuery({ queryKey: ['ioc', '766', 'index', indexKey(view), view.agency ?? ''], queryFn: ({ signal }) => api.get<Index>(ask('index766', { ...indexPeriod(view), agency: view.agency }), signal), refetchInterval: view.live ? every : false });
export const useIndexAgencies = (view: View, enabled = true) =>
  useQuery({ queryKey: ['ioc', '766', 'agencies', indexKey(view)], queryFn: async ({ signal }) => (await api.get<S['Index766Agencies']>(ask('index766/agencies', indexPeriod(view)), signal)).items, enabled, refetchInterval: view.live ? every : false });
export type Verdict = 'lost' | 'unknown';
export const useLost = (view: View, criterion: string, verdict: Verdict, mendable: boolean, cursor: string) =>
  useQuery({
    queryKey: ['ioc', '766', 'dossiers', indexKey(view), view.agency ?? '', criterion, verdict, mendable, cursor],
    queryFn: ({ signal }) => api.get<LostPage>(ask('index766/dossiers', { criterion, ...indexPeriod(view), agency: view.agency, verdict, mendable: mendable ? 'true' : undefined, cursor, limit: 50 }), signal),
  });
export const useExplanation = (code: string, view: View) =>
  useQuery({ queryKey: ['ioc', '766', 'dossier', code, indexKey(view)], queryFn: ({ signal }) => api.get<Explanation>(ask(`index766/dossiers/${encodeURIComponent(code)}`, indexPeriod(view)), signal) });
export const csvOfLost = (view: View, criterion: string) => ask('index766/dossiers', { criterion, ...indexPeriod(view), agency: view.agency, format: 'csv' });

/** The wall's own account of who may look where; the server decides. */
export function useReach() {
  const account = useAccount();
  const { data } = useAgencies();
  return useMemo(() => {
    const today = localDate(Date.now());
    const grants = account.grants.filter((g) => ['head', 'administrator', 'auditor'].includes(g.role) && standing(g, today) === 'now');
    const agencies = (data ?? []).filter((a) => a.live);
    const above = new Map(agencies.map((a) => [a.id, a.parent]));
    const roots = new Set(grants.map((g) => g.agency));
    const whole = grants.some((g) => g.agency === null) || agencies.some((a) => a.kind === 'province_committee' && roots.has(a.id));
    const mine = agencies.filter((a) => {
      for (let at: string | null | undefined = a.id, depth = 0; at && depth < 12; at = above.get(at), ++depth) if (whole || roots.has(at)) return true;
      return false;
    });
    return { may: grants.length > 0, whole, agencies: mine, known: data !== undefined, names: new Map((data ?? []).map((a) => [a.id, a.name])) };
  }, [account, data]);
}
/** Communes by their code: name, and the committee that answers for it. */
export function useCommunes() {
  const { data: agencies } = useAgencies();
  const { data: units } = useQuery({ queryKey: ['units'], queryFn: async ({ signal }) => (await api.get<{ items: S['Unit'][] }>('/api/v1/units', signal)).items, staleTime: 60 * every });
  return useMemo(() => {
    const committee = new Map((agencies ?? []).filter((a) => a.live && a.kind === 'commune_committee').map((a) => [a.area, a.id]));
    return new Map((units ?? []).filter((u) => u.live && u.level === 'commune').map((u) => [u.code, { name: u.name, agency: committee.get(u.id) ?? null }]));
  }, [agencies, units]);
}

/** The operator's boundaries, as they were in the month looked at; none is an ordinary answer. */
export function useBoundaries(view: View, wanted: boolean) {
  const layers = useQuery({ queryKey: ['boundaries'], queryFn: async ({ signal }) => (await api.get<{ items: S['BoundaryLayer'][] }>('/api/v1/boundaries', signal)).items, staleTime: 60 * every });
  const day = view.live ? localDate(Date.now()) : `${view.month}-01`;
  const inForce = (layer: S['BoundaryLayer']['layer']) => {
    const of = (layers.data ?? []).filter((b) => b.layer === layer);
    // Of a month before the first was loaded, the first: the land was there already.
    return of.find((b) => b.from <= day && (b.to === null || day < b.to)) ?? of.find((b) => b.from > day);
  };
  const [communes, country] = [inForce('communes'), inForce('country')];
  const load = (b: S['BoundaryLayer'] | undefined) => ({ queryKey: ['boundaries', b?.layer, b?.hash], queryFn: ({ signal }: { signal: AbortSignal }) => api.get<Topology>(`/api/v1/boundaries/${b!.layer}?date=${b!.from}`, signal), enabled: wanted && b !== undefined, staleTime: Infinity });
  const own = useQuery(load(communes));
  const around = useQuery(load(country));
  return {
    there: communes !== undefined,
    pending: layers.isPending || (communes !== undefined && own.isPending && own.fetchStatus !== 'idle'),
    communes: communes && own.data ? { ...communes, topology: own.data } : null,
    around: around.data ?? null,
  };
}

/** Figures on the tiles follow at once, what rests on many questions a little later. */
const soon = 250;
const later = 1_500;
const seldom = 10_000;
export function useFollowing(): { position: number | null; connected: boolean } {
  const [position, setPosition] = useState<number | null>(null);
  const [connected, setConnected] = useState(false);
  useEffect(() => {
    const timers = new Map<string, ReturnType<typeof setTimeout>>();
    const changed = new Set<string>();
    let whichever = false;
    const once = (name: string, after: number, run: () => void) => { if (!timers.has(name)) timers.set(name, setTimeout(() => { timers.delete(name); run(); }, after)); };
    const again = (...keys: string[]) => { for (const key of keys) void queries.invalidateQueries({ queryKey: ['ioc', key] }); };
    const ended = follow({
      connected: setConnected,
      changed: ({ position: at, indicators }) => {
        if (at > 0) setPosition(at);
        if (indicators === null) whichever = true;
        else for (const code of indicators) changed.add(code);
        once('board', soon, () => again('board'));
        once('rest', later, () => again('766', 'alerts', 'provenance'));
        once('series', seldom, () => {
          const [all, these] = [whichever, new Set(changed)];
          whichever = false;
          changed.clear();
          void queries.invalidateQueries({ predicate: ({ queryKey: [room, kind, code] }) => room === 'ioc' && (kind === 'series' || kind === 'by-agency') && (all || these.has(String(code))) });
        });
      },
    });
    return () => {
      ended();
      for (const timer of timers.values()) clearTimeout(timer);
    };
  }, []);
  return { position, connected };
}
export const refreshAll = () => queries.invalidateQueries({ queryKey: ['ioc'] });
