// Documents between agencies as the desk asks for them. What may be done comes with each document (`can`).
import { useQuery } from '@tanstack/react-query';
import { newKey } from '../api/client';
import type { components } from '../api/schema';
import { api, queries } from '../api/session';

type S = components['schemas'];
export type Line = S['DocumentLine'];
export type Whole = S['Document'];
export type Codes = S['DocumentCodes'];
export type Counts = S['DocumentCounts'];
export type Correspondent = S['Correspondent'];
export type Held = S['HeldMessage'];
export type Can = Line['can'][number];
export interface Upload { name: string; type: string; base64: string }

const base = '/api/v1/documents';
const every = 30_000;
const ask = (path: string, values: Record<string, string | undefined>) => {
  const q = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value) q.set(name, value);
  return `${base}${path}${q.size ? `?${q}` : ''}`;
};
export interface BoxFilter extends Record<string, string | undefined> { agency: string; direction: 'in' | 'out'; state?: string; late?: string; words?: string; cursor?: string }

export const useBox = (filter: BoxFilter) =>
  useQuery({ queryKey: ['documents', 'box', filter], queryFn: ({ signal }) => api.get<{ items: Line[]; next: string | null }>(ask('', filter), signal), refetchInterval: every, enabled: filter.agency !== '' });
export const useCounts = (agency: string) =>
  useQuery({ queryKey: ['documents', 'counts', agency], queryFn: ({ signal }) => api.get<Counts>(ask('/counts', { agency }), signal), refetchInterval: every, enabled: agency !== '' });
export const useDocument = (key: string) => useQuery({ queryKey: ['documents', 'one', key], queryFn: ({ signal }) => api.get<Whole>(`${base}/${encodeURIComponent(key)}`, signal), refetchInterval: every });
export const useCodes = () => useQuery({ queryKey: ['documents', 'codes'], queryFn: ({ signal }) => api.get<Codes>(`${base}/codes`, signal), staleTime: 3600_000 });
export const useHeld = (enabled: boolean) => useQuery({ queryKey: ['documents', 'held'], queryFn: ({ signal }) => api.get<{ items: Held[] }>(`${base}/held`, signal), enabled, refetchInterval: every });
export const useOfficersHere = (agency: string) => useQuery({ queryKey: ['documents', 'officers', agency], queryFn: ({ signal }) => api.get<{ items: { id: string; name: string }[] }>(ask('/officers', { agency }), signal) });
export const useCorrespondents = (words: string) => useQuery({ queryKey: ['documents', 'correspondents', words], queryFn: ({ signal }) => api.get<{ items: Correspondent[] }>(ask('/correspondents', { words }), signal) });

const changed = () => queries.invalidateQueries({ queryKey: ['documents'] });
export async function make(path: 'incoming' | 'outgoing', body: Record<string, unknown>, key: string): Promise<Whole> {
  const { data } = await api.send<Whole>({ path: `${base}/${path}`, body, key });
  void changed();
  return data;
}
const paths: Record<Can, string> = { register: 'register', refuse: 'refuse', assign: 'assign', start: 'start', finish: 'finish', send: 'send', take_back: 'take-back', answer: 'answer' };
export async function act(document: string, what: Can, body: Record<string, unknown> | undefined, key = newKey()): Promise<Whole> {
  try {
    const { data } = await api.send<Whole>({ path: `${base}/${encodeURIComponent(document)}/${paths[what]}`, method: 'POST', ...(body ? { body } : {}), ...(what === 'send' ? {} : { key }) });
    return data;
  } finally {
    void changed();
  }
}
export const fileOf = (document: string, position: number) => api.blob(`${base}/${encodeURIComponent(document)}/files/${position}`);
export const messageOf = (document: string) => api.blob(`${base}/${encodeURIComponent(document)}/message`);

/** A chosen file as the API takes it. */
export const upload = (file: File) =>
  new Promise<Upload>((done, fail) => {
    const reader = new FileReader();
    reader.onerror = () => fail(reader.error);
    reader.onload = () => done({ name: file.name, type: file.type || 'application/octet-stream', base64: String(reader.result).replace(/^data:[^,]*,/, '') });
    reader.readAsDataURL(file);
  });
