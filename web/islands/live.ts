// A dossier that is looked at follows what the officers do: its version is asked for, and when it is another the page is
// fetched again and shown in place. What the person is doing on the page is not taken from under his hands.
import { button, notice } from './dom';
import { words } from './words';

const every = 20_000;

/** Asks once: true when the page was changed or offered to be. */
export async function renew(mark: HTMLElement): Promise<boolean> {
  const shown = mark.dataset['version'];
  // Asked by the page itself: it keeps no session alive.
  const answer = await fetch(mark.dataset['live'] ?? '', { headers: { Accept: 'application/json', 'X-Background': '1' }, cache: 'no-store', redirect: 'error' });
  if (!answer.ok) return false;
  const { version } = (await answer.json()) as { version: number };
  if (String(version) === shown) return false;
  mark.dataset['version'] = String(version); // offered once
  const main = document.querySelector('main');
  const inUse = main?.contains(document.activeElement) && document.activeElement !== main;
  if (!main || inUse) {
    notice('live', 'note', words.changed, button(words.show, () => location.reload(), 'button'));
    return true;
  }
  const page = await fetch(location.href, { headers: { Accept: 'text/html', 'X-Background': '1' }, cache: 'no-store', redirect: 'error' });
  const fresh = page.ok ? new DOMParser().parseFromString(await page.text(), 'text/html').querySelector('main') : null;
  if (!fresh?.querySelector('[data-live]')) return false;
  const shelf = document.getElementById('hl-notices');
  main.replaceChildren(...(shelf ? [shelf] : []), ...fresh.childNodes);
  notice('live', 'good', words.updated);
  return true;
}
export function live(): void {
  const ask = () => {
    const mark = document.querySelector<HTMLElement>('[data-live]');
    if (mark && document.visibilityState === 'visible') void renew(mark).catch(() => undefined); // without network: next time
  };
  document.addEventListener('visibilitychange', ask);
  setInterval(ask, every);
}
