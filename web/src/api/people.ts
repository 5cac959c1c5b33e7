// People on the desk's screens: the names beside the rows that are seen, who else has a dossier open, officers to give
// work to. Names are kept in this page's memory only and forgotten with the session.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { newKey } from './client';
import { feed, type PresentPerson } from './feed';
import { api, onSignOut, useAccount } from './session';
import type { DossierName, OfficerOfAgency, Presence } from './types';

const names = new Map<string, string | null>();
const asked = new Set<string>();
const listeners = new Set<() => void>();
let wanted: string[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;
let edition = 0;
onSignOut(() => { names.clear(); asked.clear(); wanted = []; });

async function ask() {
  timer = undefined;
  const codes = wanted.splice(0, 100);
  if (wanted.length) timer = setTimeout(() => void ask(), 50);
  try {
    const { data } = await api.send<{ items: DossierName[] }>({ path: '/api/v1/dossiers/names', method: 'POST', body: { codes } });
    for (const code of codes) names.set(code, null);
    for (const one of data.items) names.set(one.code, one.name);
    ++edition;
    for (const listener of listeners) listener();
  } catch {
    // Rows are useful without names; the next list asks again.
    for (const code of codes) asked.delete(code);
  }
}
const subscribe = (listener: () => void) => { listeners.add(listener); return () => listeners.delete(listener); };

/** Names of the rows on the screen, and of no others: each is a read that is logged. */
export function useApplicants(codes: readonly string[]): (code: string) => string | null | undefined {
  useSyncExternalStore(subscribe, () => edition);
  const key = codes.join(' ');
  useEffect(() => {
    for (const code of key ? key.split(' ') : []) {
      if (asked.has(code)) continue;
      asked.add(code);
      wanted.push(code);
      timer ??= setTimeout(() => void ask(), 120);
    }
  }, [key]);
  return (code) => names.get(code);
}

const heartbeat = 20_000;
/** The others who have this dossier open now. */
export function useOthersAt(code: string): PresentPerson[] {
  const account = useAccount();
  const [people, setPeople] = useState<PresentPerson[]>([]);
  const page = useRef(newKey());
  const officer = account.officer !== null;
  useEffect(() => {
    if (!officer) return;
    let here = true;
    const id = page.current;
    const path = `/api/v1/dossiers/${code}/presence`;
    const tell = () => {
      if (document.visibilityState !== 'visible') return;
      api.send<Presence>({ path, method: 'POST', body: { page: id } }).then(({ data }) => { if (here) setPeople(data.people); }, () => {});
    };
    const leave = () => void api.send({ path: `${path}?page=${id}`, method: 'DELETE', leaving: true }).catch(() => {});
    const listener = { presence: (changed: string, now: PresentPerson[]) => { if (changed === code) setPeople(now); } };
    feed.listeners.add(listener);
    tell();
    const timer = setInterval(tell, heartbeat);
    window.addEventListener('pagehide', leave);
    return () => {
      here = false;
      feed.listeners.delete(listener);
      clearInterval(timer);
      window.removeEventListener('pagehide', leave);
      leave();
    };
  }, [code, officer]);
  return people.filter((p) => p.account !== account.account);
}

export const useOfficers = (agency: string | null) =>
  useQuery({
    queryKey: ['officers', agency],
    queryFn: async ({ signal }) => (await api.get<{ items: OfficerOfAgency[] }>(`/api/v1/agencies/${encodeURIComponent(agency ?? '')}/officers`, signal)).items,
    enabled: agency !== null,
    staleTime: 60_000,
  });
