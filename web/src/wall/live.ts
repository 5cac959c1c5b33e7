// The wall's live feed: one connection a visible page. That figures may have changed is heard; what they are is asked for
// by the ordinary queries.
export interface Changed {
  position: number;
  /** Codes of indicators; null: whichever. */
  indicators: readonly string[] | null;
}
type Listener = { changed: (what: Changed) => void; connected: (is: boolean) => void };

const again = 5_000;
/** Rights are judged when a connection opens, so none lasts longer than this. */
const oldest = 10 * 60_000;

export function follow(listener: Listener): () => void {
  let source: EventSource | null = null;
  let renew: ReturnType<typeof setTimeout> | undefined;
  let times = 0;
  const close = () => { clearTimeout(renew); source?.close(); source = null; };
  const open = () => {
    if (source || document.visibilityState !== 'visible') return;
    const mine = new EventSource('/api/v1/ioc/feed');
    source = mine;
    mine.addEventListener('ready', () => {
      listener.connected(true);
      // What happened in between was not heard.
      if (times++ > 0) listener.changed({ position: 0, indicators: null });
    });
    mine.addEventListener('ioc', (event: MessageEvent<string>) => listener.changed(JSON.parse(event.data) as Changed));
    mine.onerror = () => {
      listener.connected(false);
      // The browser connects again by itself unless it was refused.
      if (mine.readyState !== EventSource.CLOSED || source !== mine) return;
      close();
      renew = setTimeout(open, again);
    };
    renew = setTimeout(() => { close(); open(); }, oldest);
  };
  const see = () => (document.visibilityState === 'visible' ? open() : close());
  document.addEventListener('visibilitychange', see);
  see();
  return () => { document.removeEventListener('visibilitychange', see); close(); };
}
