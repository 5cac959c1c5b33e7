import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { aboveOf, type Person } from '../lib/rights';
import { emptyCalendar, localDate, minutesOf, usualShifts, type WorkingCalendar } from '../lib/working_time';
import { api, useAccount } from './session';
import type { Agency, AgencyWhole, CalendarYear, DossierClocks, DossierFiles, DossierFlags, DossierHistory, DossierPage, DossierState, DossierTask, DossierWhole, Procedure, ProcedurePage, ProcedureSummary, QueuePage } from './types';

const hour = 3600_000;

export const views = ['mine', 'agency', 'unclaimed', 'filed', 'awaiting_supplement', 'awaiting_payment', 'finished'] as const;
export type View = (typeof views)[number];

/** One row of a queue: an open task of a dossier, or a dossier by its state. */
export interface Row {
  id: string;
  code: string;
  procedure: string;
  state: DossierState;
  due: string | null;
  task: DossierTask | null;
  procedureName: string | null;
  flags: DossierFlags;
}
const ofTask = (item: QueuePage['items'][number]): Row => ({
  id: `${item.code}/${item.task.number}`,
  code: item.code,
  procedure: item.procedure,
  state: item.state,
  due: item.task.due ?? item.due,
  task: item.task,
  procedureName: item.procedure_name,
  flags: item.flags,
});
const ofDossier = (d: DossierPage['items'][number]): Row => ({
  id: d.code,
  code: d.code,
  procedure: d.procedure,
  state: d.state,
  due: d.due,
  task: null,
  procedureName: d.procedure_name,
  flags: d.flags,
});

export interface QueueRef {
  view: View;
  agency: string;
  /** Words, a code, a name or a number: then the view does not count. */
  search?: string;
}
interface RowPage {
  rows: Row[];
  next: string | null;
}
async function rowsOf(ref: QueueRef, cursor: string, signal: AbortSignal): Promise<RowPage> {
  const q = new URLSearchParams({ limit: '200' });
  if (cursor) q.set('cursor', cursor);
  if (ref.search) {
    q.set('search', ref.search);
    const page = await api.get<DossierPage>(`/api/v1/dossiers?${q}`, signal);
    return { rows: page.items.map(ofDossier), next: page.next };
  }
  if (ref.view === 'mine' || ref.view === 'agency' || ref.view === 'unclaimed') {
    if (ref.view === 'mine') q.set('officer', 'me');
    else q.set('agency', ref.agency);
    if (ref.view === 'unclaimed') q.set('unclaimed', 'true');
    const page = await api.get<QueuePage>(`/api/v1/queues?${q}`, signal);
    return { rows: page.items.map(ofTask), next: page.next };
  }
  q.set('agency', ref.agency);
  q.set('state', ref.view);
  const page = await api.get<DossierPage>(`/api/v1/dossiers?${q}`, signal);
  return { rows: page.items.map(ofDossier), next: page.next };
}

export function useQueue(ref: QueueRef, enabled = true) {
  const found = useInfiniteQuery({
    queryKey: ['queue', ref],
    queryFn: ({ pageParam, signal }) => rowsOf(ref, pageParam, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    enabled: enabled && (Boolean(ref.agency) || ref.view === 'mine' || Boolean(ref.search)),
    refetchInterval: 60_000,
  });
  const rows = useMemo(() => found.data?.pages.flatMap((page) => page.rows) ?? [], [found.data]);
  return { ...found, rows };
}

export const useDossier = (code: string | null) =>
  useQuery({
    queryKey: ['dossier', code],
    queryFn: async ({ signal }) => {
      const { data, etag } = await api.send<DossierWhole>({ path: `/api/v1/dossiers/${code}`, signal });
      return { ...data, etag };
    },
    enabled: code !== null,
    staleTime: 30_000,
  });
export const useClocks = (code: string, enabled: boolean) =>
  useQuery({ queryKey: ['clock', code], queryFn: ({ signal }) => api.get<DossierClocks>(`/api/v1/dossiers/${code}/clock`, signal), enabled });
export const useHistory = (code: string, enabled: boolean) =>
  useQuery({ queryKey: ['history', code], queryFn: ({ signal }) => api.get<DossierHistory>(`/api/v1/dossiers/${code}/history`, signal), enabled });
export const useFiles = (code: string, enabled: boolean) =>
  useQuery({ queryKey: ['files', code], queryFn: ({ signal }) => api.get<DossierFiles>(`/api/v1/dossiers/${code}/files`, signal), enabled });

export const useProcedure = (code: string | null, release?: string) =>
  useQuery({
    queryKey: ['procedure', code, release],
    queryFn: ({ signal }) => api.get<Procedure>(`/api/v1/procedures/${code}${release ? `?release=${encodeURIComponent(release)}` : ''}`, signal),
    enabled: code !== null,
    staleTime: hour,
  });
/** The whole catalogue: some hundred lines, searched here letter by letter. */
export function useCatalogue() {
  return useQuery({
    queryKey: ['procedures'],
    queryFn: async ({ signal }) => {
      const all: ProcedureSummary[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page: ProcedurePage = await api.get<ProcedurePage>(`/api/v1/procedures?limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`, signal);
        all.push(...page.items);
        cursor = page.next;
      }
      return all;
    },
    staleTime: hour,
  });
}
export function useProcedureNames(): (code: string) => string {
  const { data } = useCatalogue();
  return useMemo(() => {
    const names = new Map(data?.map((p) => [p.code, p.name]));
    return (code: string) => names.get(code) ?? code;
  }, [data]);
}

export const useAgencies = () =>
  useQuery({ queryKey: ['agencies'], queryFn: async ({ signal }) => (await api.get<{ items: Agency[] }>('/api/v1/agencies', signal)).items, staleTime: hour });
export const useAgency = (id: string | null) =>
  useQuery({ queryKey: ['agency', id], queryFn: ({ signal }) => api.get<AgencyWhole>(`/api/v1/agencies/${encodeURIComponent(id ?? '')}`, signal), enabled: id !== null, staleTime: hour });

/** Last year, this and the next: enough for every deadline of the desk. */
export function useWorkingCalendar(): WorkingCalendar {
  const year = Number(localDate(Date.now()).slice(0, 4));
  const { data } = useQuery({
    queryKey: ['calendar', year],
    queryFn: async ({ signal }) => {
      const days = new Map<string, boolean>();
      const special = new Map<string, WorkingCalendar['shifts']>();
      let shifts: WorkingCalendar['shifts'] = usualShifts;
      for (const y of [year - 1, year, year + 1]) {
        const calendar = await api.get<CalendarYear>(`/api/v1/calendar?year=${y}`, signal);
        if (calendar.shifts.length > 0) shifts = calendar.shifts.map(minutesOf);
        for (const day of calendar.days) {
          days.set(day.date, day.worked);
          if (day.shifts) special.set(day.date, day.shifts.map(minutesOf));
        }
      }
      return { days, shifts, special } satisfies WorkingCalendar;
    },
    staleTime: 6 * hour,
    placeholderData: keepPreviousData,
  });
  return data ?? emptyCalendar;
}
/** The time, every half minute: remaining hours must not stand still on a screen that is left open. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

export function usePerson(): Person {
  const account = useAccount();
  const { data: agencies } = useAgencies();
  return useMemo(() => ({ officer: account.officer, grants: account.grants, above: aboveOf(agencies ?? []) }), [account, agencies]);
}
/** Agencies at which the account works, in the order of its grants. */
export function useOwnAgencies(): Agency[] {
  const account = useAccount();
  const { data: agencies } = useAgencies();
  return useMemo(() => {
    const own = new Set(account.grants.filter((g) => ['clerk', 'handler', 'approver', 'head'].includes(g.role)).map((g) => g.agency));
    return (agencies ?? []).filter((a) => own.has(a.id));
  }, [account, agencies]);
}
