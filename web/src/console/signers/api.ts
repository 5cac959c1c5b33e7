// Signers and lists of revoked certificates as the page asks for them.
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { components } from '../../api/schema';
import { api } from '../../api/session';

type S = components['schemas'];
export type Signer = S['DocumentSigner'];
export type Unbound = S['UnboundSigners'];
export type Lists = S['RevocationLists'];
const base = '/api/v1/documents/';

export const useSigners = () => useQuery({ queryKey: ['signers', 'table'], queryFn: ({ signal }) => api.get<S['DocumentSigners']>(`${base}signers`, signal), refetchInterval: 30_000 });
export const useUnbound = () => useQuery({ queryKey: ['signers', 'unbound'], queryFn: ({ signal }) => api.get<Unbound>(`${base}signers/unbound`, signal), refetchInterval: 30_000 });
export const useLists = () => useQuery({ queryKey: ['signers', 'lists'], queryFn: ({ signal }) => api.get<Lists>(`${base}revocation`, signal), refetchInterval: 30_000 });

export interface Done { documents?: number; released?: number }
/** A command; all of the page is asked for anew after it. */
export function useSignerCommand(said: (done: Done) => string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ path, body, key }: { path: string; body?: object; key?: string }) => (await api.send<Done>({ path: base + path, method: 'POST', body: body ?? {}, ...(key ? { key } : {}) })).data,
    onSuccess: (done) => { notifications.show({ message: said(done ?? {}), withCloseButton: false }); void client.invalidateQueries({ queryKey: ['signers'] }); },
  });
}
