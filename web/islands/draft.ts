// A page of a draft loses nothing to the network: what could not be sent is kept, told in words, and sent when the
// network returns. What was changed elsewhere in the meantime is explained, never overwritten: the server compares the
// version that the page carries and answers 409 or 412.
import { button, make, notice, unnotice } from './dom';
import { all, drop, dropAll, find, keep, type Kept } from './kept';
import { words } from './words';

const store = (): Storage | null => {
  try {
    return localStorage;
  } catch {
    return null;
  }
};
const understood = () => button(words.understood, () => unnotice('draft'));
const retryEvery = 15_000;
const longestBusy = 60_000;
const askEvery = 4_000;

let forgotten = false;
export async function forget(): Promise<void> {
  forgotten = true; // leaving the page must not keep again what was typed on it
  const s = store();
  if (s) dropAll(s);
  if ('caches' in window) for (const name of await caches.keys()) if (name.startsWith('hl-pages')) await caches.delete(name);
}

type Outcome = { is: 'network' } | { is: 'busy'; wait: number } | { is: 'conflict'; text: string } | { is: 'done'; address: string } | { is: 'page'; address: string; taken: boolean; signIn: boolean };
async function post(action: string, fields: [string, string][] | FormData): Promise<Outcome> {
  let answer: Response;
  try {
    const body = fields instanceof FormData ? fields : new URLSearchParams(fields);
    answer = await fetch(action, { method: 'POST', body, headers: { Accept: 'text/html' }, credentials: 'same-origin' });
  } catch {
    return { is: 'network' };
  }
  if (answer.status === 429 || answer.status >= 500) return { is: 'busy', wait: 1000 * (Number(answer.headers.get('Retry-After')) || 0) };
  const text = await answer.text().catch(() => '');
  if (answer.status === 409 || answer.status === 412) return { is: 'conflict', text };
  // A page that asks to sign in has not taken the answers.
  const signIn = answer.status === 401 || answer.status === 403 || new URL(answer.url).pathname.startsWith('/dang-nhap');
  if (answer.ok && answer.redirected && !signIn) return { is: 'done', address: answer.url };
  return { is: 'page', address: answer.url, taken: answer.ok && !signIn, signIn };
}

export function draft(form: HTMLFormElement): void {
  const s = store();
  const id = form.dataset['draft'] ?? '';
  const page = location.pathname;
  let dirty = false;
  let pressed: HTMLElement | null = null;
  let sending = false;
  let inConflict = false;
  let timer = 0;
  let refused = 0;

  const fieldsNow = (): [string, string][] => {
    const data = new FormData(form);
    const out = [...data.entries()].filter((e): e is [string, string] => typeof e[1] === 'string');
    if (pressed instanceof HTMLButtonElement && pressed.name) out.push([pressed.name, pressed.value]);
    return out;
  };
  const hasFiles = () => [...form.querySelectorAll<HTMLInputElement>('input[type=file]')].some((f) => f.files?.length);
  const held = (waiting: boolean, conflict = inConflict) => !forgotten && s !== null && keep(s, { at: Date.now(), draft: id, page, action: form.action, fields: fieldsNow(), waiting, conflict });
  const fill = (kept: Kept) => {
    const values = new Map<string, string[]>();
    for (const [name, value] of kept.fields) values.set(name, [...(values.get(name) ?? []), value]);
    for (const field of form.querySelectorAll<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>('input, select, textarea')) {
      if (field.type === 'hidden' || field.type === 'file' || !field.name) continue;
      const given = values.get(field.name);
      if (field instanceof HTMLInputElement && (field.type === 'radio' || field.type === 'checkbox')) field.checked = given?.includes(field.value) ?? false;
      else if (given) field.value = given.shift() ?? '';
    }
    dirty = true;
  };
  const conflict = () => {
    clearTimeout(timer);
    inConflict = true;
    held(false);
    notice('draft', 'bad', words.conflict, make('a', { class: 'button secondary', href: page, target: '_blank', rel: 'noopener' }, words.openNewest), button(words.discard, () => {
      if (s) drop(s, { draft: id, page });
      dirty = false;
      location.reload();
    }));
  };
  const offline = () => {
    notice('draft', 'note', held(true) ? words.offlineKept : words.offlineNoStore, understood());
    clearTimeout(timer);
    timer = window.setTimeout(() => void again(), retryEvery);
  };
  // The server's page is shown by sending once more, as a browser does: what was refused is refused again, in a page
  // whose scripts run.
  const sendPlainly = () => {
    dirty = false;
    if (pressed instanceof HTMLButtonElement && pressed.name) form.append(make('input', { type: 'hidden', name: pressed.name, value: pressed.value }));
    HTMLFormElement.prototype.submit.call(form);
  };
  const settle = (outcome: Outcome) => {
    if (outcome.is === 'network') return offline();
    // The server's own page of a conflict holds what was typed beside what is there; without one we explain.
    if (outcome.is === 'conflict' && !/<form[^>]*\sdata-draft=/.test(outcome.text)) return conflict();
    if (outcome.is === 'conflict') {
      if (s) drop(s, { draft: id, page });
      return sendPlainly();
    }
    if (outcome.is === 'busy') {
      held(true);
      notice('draft', 'note', words.retry, understood());
      clearTimeout(timer);
      // Most of what is busy is busy for a moment: soon at first, then ever more rarely.
      timer = window.setTimeout(() => void again(), Math.max(outcome.wait, Math.min(longestBusy, 1000 * 2 ** refused++)));
      return;
    }
    if (outcome.is === 'done' || outcome.taken) {
      dirty = false;
      if (s) drop(s, { draft: id, page });
      return location.assign(outcome.address);
    }
    // Refused: the page comes back with what was typed. Not signed in: it must outlive the way through signing in.
    if (outcome.signIn) held(false);
    else if (s) drop(s, { draft: id, page });
    sendPlainly();
  };
  const send = async () => {
    if (sending) return;
    sending = true;
    const data = new FormData(form);
    if (pressed instanceof HTMLButtonElement && pressed.name) data.append(pressed.name, pressed.value);
    const outcome = await post(form.action, hasFiles() ? data : fieldsNow());
    sending = false;
    settle(outcome);
  };
  async function again() {
    if (!s || !find(s, id, page, Date.now())?.waiting) return;
    notice('draft', 'note', words.offlineBack);
    await send();
  }

  form.addEventListener('input', () => {
    dirty = true;
    if (!navigator.onLine) {
      clearTimeout(timer);
      timer = window.setTimeout(() => {
        if (held(find(s as Storage, id, page, Date.now())?.waiting ?? false)) notice('draft', 'note', words.offlineKept, understood());
      }, 300);
    }
  });
  form.addEventListener('submit', (e) => {
    pressed = e.submitter;
    const button = pressed as HTMLButtonElement | null;
    // Another action than the form's own (go back, discard) is none of ours.
    if (e.defaultPrevented || (button?.hasAttribute('formaction') ?? false)) return;
    e.preventDefault();
    void send();
  });
  window.addEventListener('online', () => void again());
  // Phones end pages in the background without asking.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden' && dirty && !sending) held(s ? (find(s, id, page, Date.now())?.waiting ?? false) : false);
  });

  const kept = s && find(s, id, page, Date.now());
  if (s && kept?.conflict) {
    // Two texts, and this page shows the newest: the person says which one holds.
    notice('draft', 'bad', words.conflictLater,
      button(words.useMine, () => {
        fill(kept);
        drop(s, kept);
        unnotice('draft');
      }),
      button(words.keepNewest, () => {
        drop(s, kept);
        unnotice('draft');
      }));
  } else if (kept) {
    fill(kept);
    if (kept.waiting && navigator.onLine) void again();
    else notice('draft', 'note', kept.waiting ? words.offlineKept : words.restored, understood());
  } else unnotice('draft');
}

/** On the page that stands in for one without network: what waits is sent from here too. */
export function pending(box: HTMLElement): void {
  const s = store();
  if (!s) return;
  const show = () => {
    const waiting = all(s, Date.now());
    box.hidden = waiting.length === 0;
    return waiting;
  };
  show();
  const go = async () => {
    for (const kept of show()) {
      if (!kept.waiting) continue;
      const outcome = await post(kept.action, kept.fields);
      if (outcome.is === 'network') return;
      if (outcome.is === 'done') {
        drop(s, kept);
        return location.assign(outcome.address);
      }
      return location.assign(kept.page); // the page itself explains what is in the way
    }
    location.reload();
  };
  // Browsers are often late in noticing the network, or tell nothing: asking is surer. The answer is never kept.
  let asking = false;
  const ask = async () => {
    if (asking) return;
    asking = true;
    try {
      if ((await fetch('/healthz', { method: 'HEAD', cache: 'no-store' })).ok) await go();
    } catch {
      // still without network
    }
    asking = false;
  };
  window.addEventListener('online', () => void ask());
  setInterval(() => void ask(), askEvery);
}
