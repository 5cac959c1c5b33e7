// The connectors' part of the API, as its pages ask for it.
import { notifications } from '@mantine/notifications';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/session';
import type { components, paths } from '../../api/schema';

export type LinkBody = components['schemas']['Link'];
export type Message = components['schemas']['LinkMessage'];
export type Difference = components['schemas']['LinkDifference'];
export type Exchange = components['schemas']['LinkExchangeBase'];
export type Task = components['schemas']['LinkTask'];
type Page<T> = { items: T[]; next: number | null };
export type Opened = paths['/api/v1/links/{name}/exchanges/{number}']['get']['responses']['200']['content']['application/json'];
export interface Cost {
  keys: number;
  cost: null | { criterion: string; vi: string; en: string; max: string; max_verified: boolean; months: { month: string; agencies: { agency: string; name: string; missing: number; dossiers: number; points_lost: string }[] }[] };
}

export const useLinks = () => useQuery({ queryKey: ['links'], queryFn: async ({ signal }) => (await api.get<{ items: LinkBody[] }>('/api/v1/links', signal)).items, refetchInterval: 3_000 });
export const useLink = (name: string) => useQuery({ queryKey: ['links', name], queryFn: ({ signal }) => api.get<LinkBody>(`/api/v1/links/${name}`, signal), refetchInterval: 2_000 });
export const useCost = (name: string) => useQuery({ queryKey: ['links', name, 'cost'], queryFn: ({ signal }) => api.get<Cost>(`/api/v1/links/${name}/cost`, signal), refetchInterval: 30_000 });

/** A list that is asked for page by page; `turn`: how the next page is asked for. */
export const usePages = <T,>(name: string, what: string, query: string, turn: 'before' | 'after') =>
  useInfiniteQuery({
    queryKey: ['links', name, what, query],
    queryFn: ({ signal, pageParam }) => api.get<Page<T>>(`/api/v1/links/${name}/${what}?limit=50${query}${pageParam ? `&${turn}=${pageParam}` : ''}`, signal),
    initialPageParam: 0,
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: 5_000,
  });

/** A command; everything shown of the connectors is asked for anew after it. */
export function useCommand(said: (answer: { messages?: number }) => string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ path, body }: { path: string; body?: object }) => (await api.send<{ messages?: number }>({ path: `/api/v1/links/${path}`, method: 'POST', body: body ?? {} })).data,
    onSuccess: (answer) => {
      notifications.show({ message: said(answer ?? {}), withCloseButton: false });
      void client.invalidateQueries({ queryKey: ['links'] });
    },
  });
}
