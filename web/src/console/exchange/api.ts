// What the pages of the exchange ask: the registry's lists, read whole (hundreds of lines), and the gateway inside this
// server. Identifiers are paths as X-Road writes them; they are shown decoded.
import { useQuery } from '@tanstack/react-query';
import { api, useAccount } from '../../api/session';
import type { components, operations } from '../../api/schema';
import { standing } from '../../lib/rights';
import { localDate } from '../../lib/working_time';

type S = components['schemas'];
export type Member = S['ExchangeMemberPage']['items'][number];
export type Subsystem = S['ExchangeSubsystemPage']['items'][number];
export type Server = S['ExchangeServer'];
export type Service = S['ExchangeService'];
export type Right = S['ExchangeRight'];
export type RightBody = S['ExchangeRightBody'];
export type Decision = S['ExchangeDecision'];
export type Request = S['ExchangeRequest'];
export type Trial = S['ExchangeTrial'];
export type CatalogueItem = S['ExchangeCatalogue']['items'][number];
export type JoinCode = operations['listJoinCodes']['responses'][200]['content']['application/json']['items'][number];
export type NewJoinCode = operations['makeJoinCode']['responses'][201]['content']['application/json'];
export type ServiceHealth = operations['exchangeServiceHealth']['responses'][200]['content']['application/json']['items'][number];
export type UsageRow = S['ExchangeUsageRow'];
export type MessageRow = S['ExchangeMessageRow'];
export type Message = S['ExchangeMessage'];
export type Topic = S['ExchangeTopic'];
export type Subscription = S['ExchangeSubscription'];
export type Reader = operations['listExchangeTopicReaders']['responses'][200]['content']['application/json']['items'][number];
export type DeadLetter = operations['listExchangeDeadLetters']['responses'][200]['content']['application/json']['items'][number];
export type Group = S['ExchangeGroup'];
export type TrustService = operations['listTrustServices']['responses'][200]['content']['application/json']['items'][number];

/** The gateway's own account of itself: what is not known is left out. */
export interface Health {
  status: 'ok' | 'warning' | 'failing';
  gateway: {
    problems: { part: string; problem: string }[];
    configuration: { known: boolean; number?: number; expires?: string; expired?: boolean };
    log: { writable: boolean; waiting: number; free_bytes: number; segments: number; bytes: number; records: number };
    services: { service: string; circuit: string }[];
    gateways: { server: string; failures: number; mean_milliseconds?: number; left_out_until?: string }[];
    connections: number;
  };
  identity: { status: string; keys: { key: string; use: 'signing' | 'authentication'; subject: string; certificate: string; not_after: string; days_left: number; member?: string }[]; waiting: { key: string; member: string | null; for: string }[]; problems: Said[] };
  ocsp: { status: string; certificates: { certificate: string; subject: string; fresh_until?: string; down_since?: string }[]; problems: Said[] };
  time_stamps: { status: string; failures: number; oldest_unstamped?: string; last_stamp?: string; failing_since?: string; problem?: { vi: string; en: string } };
  index: { status: string; behind: number | null };
  records: { status: string; written: number; dropped: number; waiting: number };
}
interface Said { vi: string; en: string; failing?: boolean }
export interface OwnGateway { server: string | null; clients: string[]; health: Health | null }

const base = '/api/v1/exchange';
export const exchangePath = (path: string) => `${base}/${path}`;

/** Every page of a list, one after another. */
export async function whole<T>(path: string, signal?: AbortSignal): Promise<T[]> {
  const all: T[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: { items: T[]; next?: string | null } = await api.get(`${base}/${path}${path.includes('?') ? '&' : '?'}limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`, signal);
    all.push(...page.items);
    cursor = page.next ?? null;
  }
  return all;
}
const list = <T,>(name: string, path: string, live = 30_000) => useQuery({ queryKey: ['exchange', name], queryFn: ({ signal }) => whole<T>(path, signal), refetchInterval: live });

export const useMembers = () => list<Member>('members', 'members');
export const useSubsystems = () => list<Subsystem>('subsystems', 'subsystems');
export const useServices = () => list<Service>('services', 'services');
export const useRights = () => list<Right>('rights', 'rights');
export const useServers = (live = 30_000) => useQuery({ queryKey: ['exchange', 'servers'], queryFn: async ({ signal }) => (await api.get<{ items: Server[] }>(`${base}/servers`, signal)).items, refetchInterval: live });
export const useGroups = () => useQuery({ queryKey: ['exchange', 'groups'], queryFn: async ({ signal }) => (await api.get<{ items: Group[] }>(`${base}/groups`, signal)).items });
export const useTrust = () => useQuery({ queryKey: ['exchange', 'trust'], queryFn: async ({ signal }) => (await api.get<{ items: TrustService[] }>(`${base}/trust-services`, signal)).items });
export const useOwnGateway = () => useQuery({ queryKey: ['exchange', 'gateway'], queryFn: ({ signal }) => api.get<OwnGateway>(`${base}/gateway`, signal), refetchInterval: 10_000 });

/** Number and end of the configuration that gateways are given now; the document itself is not read. */
export const useConfiguration = () =>
  useQuery({
    queryKey: ['exchange', 'configuration'],
    queryFn: async ({ signal }) => {
      const answer = await fetch(`${base}/configuration`, { signal });
      const found = answer.ok ? { number: Number(/\d+/.exec(answer.headers.get('ETag') ?? '')?.[0]), expires: answer.headers.get('Expires-At') } : null;
      await answer.body?.cancel();
      return found;
    },
    refetchInterval: 60_000,
  });

/** "QUANGTRI/GOV/H50.04/DKKD", each part decoded. */
export const shown = (id: string) => id.split('/').map((part) => { try { return decodeURIComponent(part); } catch { return part; } }).join('/');
export const memberOf = (id: string) => id.split('/').slice(0, 3).join('/');
export const subsystemOf = (id: string) => id.split('/').slice(0, 4).join('/');
/** class, member and the rest, as paths of the API want them: without the instance, the version apart. */
export function servicePath(id: string, what = ''): string {
  const [, ...parts] = id.split('/');
  const version = parts[4];
  return `services/${parts.slice(0, 4).join('/')}${what}${version ? `?version=${version}` : ''}`;
}

/** Names beside identifiers, from the lists that are there already. */
export function useNames(): (id: string) => string | null {
  const members = useMembers();
  const subsystems = useSubsystems();
  const known = new Map<string, string>([...(members.data ?? []).map((m) => [m.member, m.name] as const), ...(subsystems.data ?? []).map((s) => [s.subsystem, s.name] as const)]);
  return (id) => known.get(id) ?? null;
}

/** What the account's roles let one do here; the server decides. */
export function useMay() {
  const account = useAccount();
  const today = localDate(Date.now());
  const roles = new Set(account.grants.filter((g) => standing(g, today) === 'now').map((g) => g.role));
  return { connects: roles.has('administrator') || roles.has('integrator'), registers: roles.has('administrator'), audits: roles.has('auditor') };
}
