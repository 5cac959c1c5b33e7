// What was typed and could not be sent, for a day at most, in this browser. Files are never kept.
export interface Kept {
  at: number; // ms
  draft: string;
  page: string; // path of the page it was typed on
  action: string;
  fields: [string, string][];
  waiting: boolean; // the person pressed the button: to be sent as soon as that is possible
  conflict?: boolean; // the draft was changed elsewhere: only the person can say which text holds
}
const prefix = 'hl-draft:';
const longest = 24 * 60 * 60 * 1000;

const keyOf = (draft: string, page: string) => `${prefix}${draft}:${page}`;
function read(store: Storage, key: string, now: number): Kept | null {
  try {
    const kept = JSON.parse(store.getItem(key) ?? 'null') as Kept | null;
    if (kept && Array.isArray(kept.fields) && now - kept.at < longest && now >= kept.at - longest) return kept;
  } catch {
    // not ours, or damaged
  }
  store.removeItem(key);
  return null;
}
function keys(store: Storage): string[] {
  const out: string[] = [];
  for (let i = 0; i < store.length; ++i) {
    const key = store.key(i);
    if (key?.startsWith(prefix)) out.push(key);
  }
  return out;
}
/** False when the browser keeps nothing (private mode, no space). */
export function keep(store: Storage, kept: Kept): boolean {
  try {
    store.setItem(keyOf(kept.draft, kept.page), JSON.stringify(kept));
    return true;
  } catch {
    return false;
  }
}
export function find(store: Storage, draft: string, page: string, now: number): Kept | null {
  return read(store, keyOf(draft, page), now);
}
/** All that is kept, oldest first; what is too old goes. */
export function all(store: Storage, now: number): Kept[] {
  return keys(store).flatMap((key) => read(store, key, now) ?? []).sort((a, b) => a.at - b.at);
}
export function drop(store: Storage, kept: Pick<Kept, 'draft' | 'page'>): void {
  store.removeItem(keyOf(kept.draft, kept.page));
}
export function dropAll(store: Storage): void {
  for (const key of keys(store)) store.removeItem(key);
}
