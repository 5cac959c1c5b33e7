// Directives as the wall and the desk ask for them. What a person may do comes with the directive itself (`may`).
import { useQuery } from '@tanstack/react-query';
import { newKey } from '../api/client';
import type { components, operations } from '../api/schema';
import { api, queries } from '../api/session';

type S = components['schemas'];
export type Directive = S['Directive'];
export type WholeDirective = S['WholeDirective'];
export type Deadline = S['DirectiveDeadline'];
export type Command = WholeDirective['may'][number];
export type State = Directive['state'];
type Answer<O extends keyof operations> = operations[O] extends { responses: { 200: { content: { 'application/json': infer A } } } } ? A : never;
export type Proposal = Answer<'proposeDirective'>;
export type Summary = Answer<'getDirectiveSummary'>;

const base = '/api/v1/ioc/directives';
const every = 60_000;
export interface Filter { state?: string; agency?: string; overdue?: boolean; due_soon?: boolean; cursor?: string; limit?: number }
const ask = (path: string, values: object) => {
  const q = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined && value !== '' && value !== false) q.set(name, String(value));
  return `${base}${path}${q.size ? `?${q}` : ''}`;
};

export const useDirectives = (filter: Filter, enabled = true) =>
  useQuery({ queryKey: ['directives', 'list', filter], queryFn: ({ signal }) => api.get<{ items: Directive[]; next: string | null }>(ask('', filter), signal), refetchInterval: every, enabled });
export const useSummary = () => useQuery({ queryKey: ['directives', 'summary'], queryFn: ({ signal }) => api.get<Summary>(`${base}/summary`, signal), refetchInterval: every });
export const useDirective = (code: string) =>
  useQuery({ queryKey: ['directives', 'one', code], queryFn: async ({ signal }) => { const a = await api.send<WholeDirective>({ path: `${base}/${encodeURIComponent(code)}`, signal }); return { ...a.data, etag: a.etag }; } });
export const useProposal = (rule: string | undefined, agency: string | undefined) =>
  useQuery({ queryKey: ['directives', 'proposal', rule ?? '', agency ?? ''], queryFn: ({ signal }) => api.get<Proposal>(ask('/proposal', { rule, agency }), signal), enabled: rule !== undefined, retry: false });
export const useDeadline = (agency: string, hours: number) =>
  useQuery({ queryKey: ['directives', 'deadline', agency, hours], queryFn: ({ signal }) => api.get<Deadline>(ask('/deadline', { agency, work_hours: hours }), signal), enabled: agency !== '' && hours > 0, retry: false });

const changed = () => queries.invalidateQueries({ queryKey: ['directives'] });
export async function issue(body: Record<string, unknown>, key = newKey()): Promise<Directive> {
  const { data } = await api.send<Directive>({ path: base, body, key });
  void changed();
  return data;
}
export async function act(code: string, path: string, body: Record<string, unknown>, etag: string | null, key: string): Promise<Directive> {
  try {
    const { data } = await api.send<Directive>({ path: `${base}/${encodeURIComponent(code)}/${path}`, body, key, ...(etag ? { ifMatch: etag } : {}) });
    return data;
  } finally {
    void changed();
  }
}
export async function attach(code: string, file: File): Promise<void> {
  await api.upload<Directive>(`${base}/${encodeURIComponent(code)}/files`, file);
  void changed();
}
export const fileOf = (code: string, id: string) => api.blob(`${base}/${encodeURIComponent(code)}/files/${id}`);
