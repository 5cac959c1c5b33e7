// Who is at the desk, and the client that speaks for him. The session's token stays in the HttpOnly cookie; a copy lives
// in memory only, because unlocking asks for it: after a reload a locked session is signed in to again.
import { QueryClient } from '@tanstack/react-query';
import { createContext, useContext, useSyncExternalStore } from 'react';
import { languageNow } from '../i18n';
import { ApiProblem, Client, type SessionLoss } from './client';
import type { Account, Me, SignedIn } from './types';

// What commands carry beside the cookie; asked anew by every page that opens, kept nowhere.
let csrf: string | null = null;
let token: string | null = null;

interface Loss {
  kind: SessionLoss;
  resolve: () => void;
  reject: (reason: unknown) => void;
}
class Gate {
  loss: { kind: SessionLoss; canUnlock: boolean } | null = null;
  offline = false;
  private waiting: Loss[] = [];
  private listeners = new Set<() => void>();
  account: Account | null = null;

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  private tell() {
    for (const listener of this.listeners) listener();
  }
  regain = (kind: SessionLoss): Promise<void> =>
    new Promise((resolve, reject) => {
      // Nobody was signed in yet: that is the sign-in page's business, not a loss.
      if (!this.account) {
        reject(new ApiProblem({ code: 'access.unauthenticated', status: 401, title: '' }));
        return;
      }
      // Another page signed in anew: its session holds here, too, when it is the same person's.
      if (kind === 'csrf') {
        const before = csrf;
        void whoAmI().then((account) => { if (account?.account === this.account?.account && csrf !== before) resolve(); else this.lose(kind, resolve, reject); }, reject);
        return;
      }
      this.lose(kind, resolve, reject);
    });
  private lose(kind: SessionLoss, resolve: () => void, reject: (reason: unknown) => void) {
      this.waiting.push({ kind, resolve, reject });
      this.loss = { kind, canUnlock: kind === 'locked' && token !== null };
      this.tell();
  }
  regained() {
    const waiting = this.waiting;
    this.waiting = [];
    this.loss = null;
    this.tell();
    for (const one of waiting) one.resolve();
  }
  setOffline = (offline: boolean) => {
    if (offline === this.offline) return;
    this.offline = offline;
    this.tell();
  };
}
export const gate = new Gate();
export const useLoss = () => useSyncExternalStore(gate.subscribe, () => gate.loss);
export const useOffline = () => useSyncExternalStore(gate.subscribe, () => gate.offline);

const idleAfter = 60_000;
let touched = Date.now();
for (const kind of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'])
  globalThis.addEventListener?.(kind, () => { touched = Date.now(); }, { capture: true, passive: true });

export const api = new Client({
  fetch: (...args) => fetch(...args),
  sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
  csrf: () => csrf,
  language: languageNow,
  regain: gate.regain,
  offline: gate.setOffline,
  idle: () => Date.now() - touched > idleAfter,
});

export const queries = new QueryClient({
  defaultOptions: {
    queries: { retry: false, staleTime: 15_000, refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
});

export async function signIn(login: string, password: string, code: string): Promise<SignedIn> {
  const call = { path: '/api/v1/sessions', method: 'POST', body: { login, password, ...(code ? { code } : {}) }, plain: true } as const;
  let data: SignedIn;
  try {
    data = (await api.send<SignedIn>(call)).data;
  } catch (reason) {
    // The server judges the cookie before it looks at the password: one that is locked or ended stands in the way, and
    // the page cannot remove it. A session made without the cookie opens the door to one that replaces it.
    if (!(reason instanceof ApiProblem) || !/^access\.(session_locked|session_expired|csrf)$/.test(reason.code)) throw reason;
    const first = (await api.send<SignedIn>({ ...call, bare: true })).data;
    data = (await api.send<SignedIn>({ ...call, bearer: first.token })).data;
    await api.send({ path: '/api/v1/sessions/current', method: 'DELETE', bare: true, bearer: first.token, plain: true }).catch(() => {});
  }
  token = data.token;
  csrf = data.csrf;
  return data;
}
export async function unlock(password: string): Promise<void> {
  await api.send({ path: '/api/v1/sessions/unlock', method: 'POST', body: { token, password }, plain: true, bare: true });
}
const leaving: (() => void)[] = [];
/** What must not outlive the session. */
export const onSignOut = (forget: () => void) => void leaving.push(forget);

export async function signOut(): Promise<void> {
  try {
    await api.send({ path: '/api/v1/sessions/current', method: 'DELETE' });
  } finally {
    token = null;
    csrf = null;
    gate.account = null;
    for (const forget of leaving) forget();
    queries.clear();
  }
}
/** The one-time link of a screen on a wall (/app/wall#display=CODE) begins its session. */
export async function pairDisplay(): Promise<void> {
  const code = /^#display=([\w-]+)$/.exec(location.hash)?.[1];
  if (!code) return;
  // Used once, kept nowhere: neither in the address nor in the history.
  history.replaceState(null, '', '/app/wall?kiosk=true');
  await api.send({ path: '/api/v1/displays/pair', method: 'POST', body: { code }, plain: true });
}
/** Null when nobody is signed in. */
export async function whoAmI(): Promise<Account | null> {
  try {
    const { csrf: mine, ...account } = await api.get<Me>('/api/v1/me');
    csrf = mine;
    // Before anybody is known this is the sign-in page's question; afterwards the person stays who he was.
    gate.account ??= account;
    return account;
  } catch (reason) {
    if (reason instanceof ApiProblem && (reason.status === 401 || reason.code === 'access.unauthenticated')) return null;
    throw reason;
  }
}

export const AccountContext = createContext<Account | null>(null);
export function useAccount(): Account {
  const account = useContext(AccountContext);
  if (!account) throw new Error('no account on this page');
  return account;
}
