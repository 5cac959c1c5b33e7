// The live feed of the desk: one connection a visible page, going on where it stopped. What changed is asked for anew
// by the ordinary queries; here only that it changed is heard.
import { queries } from './session';

export interface Heard {
  code: string;
  type: string;
  state: string;
  version: number;
}
export interface PresentPerson {
  account: string;
  name: string;
  since: string;
}
type Listener = {
  presence?: (code: string, people: PresentPerson[]) => void;
  /** The operations centre's figures follow the ledger and are this far; null when it is not known how far. */
  ioc?: (position: number | null) => void;
};

/** A burst of changes reloads a list once; at most about twice a second. */
const settle = 450;
const again = 15_000;
/** Rights are judged when a connection opens, so none lasts longer than this. */
const oldest = 10 * 60_000;

class Feed {
  private source: EventSource | null = null;
  private last = '';
  private timer: ReturnType<typeof setTimeout> | undefined;
  private renew: ReturnType<typeof setTimeout> | undefined;
  private wanted = false;
  private readonly changed = new Map<string, number>();
  readonly listeners = new Set<Listener>();

  start(): () => void {
    this.wanted = true;
    const see = () => (document.visibilityState === 'visible' ? this.open() : this.close());
    document.addEventListener('visibilitychange', see);
    see();
    return () => {
      this.wanted = false;
      document.removeEventListener('visibilitychange', see);
      this.close();
    };
  }
  private open() {
    if (this.source || !this.wanted || document.visibilityState !== 'visible') return;
    const source = new EventSource(`/api/v1/feed${this.last ? `?after=${encodeURIComponent(this.last)}` : ''}`);
    this.source = source;
    const keep = (event: MessageEvent<string>) => { if (event.lastEventId) this.last = event.lastEventId; };
    source.addEventListener('ready', keep);
    source.addEventListener('reset', (event) => {
      keep(event);
      for (const kind of ['queue', 'dossier', 'clock', 'history', 'files']) void queries.invalidateQueries({ queryKey: [kind] });
      for (const one of this.listeners) one.ioc?.(null);
    });
    source.addEventListener('ioc', (event: MessageEvent<string>) => {
      const { position } = JSON.parse(event.data) as { position: number };
      for (const one of this.listeners) one.ioc?.(position);
    });
    source.addEventListener('dossier', (event) => {
      keep(event);
      const heard = JSON.parse(event.data) as Heard;
      this.changed.set(heard.code, heard.version);
      this.timer ??= setTimeout(() => this.reload(), settle);
    });
    source.addEventListener('presence', (event: MessageEvent<string>) => {
      const { code, people } = JSON.parse(event.data) as { code: string; people: PresentPerson[] };
      for (const one of this.listeners) one.presence?.(code, people);
    });
    source.onerror = () => {
      // The browser connects again by itself unless it was refused (signed out, server restarting).
      if (source.readyState !== EventSource.CLOSED || this.source !== source) return;
      this.close();
      this.renew = setTimeout(() => this.open(), again);
    };
    this.renew = setTimeout(() => { this.close(); this.open(); }, oldest);
  }
  private close() {
    clearTimeout(this.renew);
    this.source?.close();
    this.source = null;
  }
  private reload() {
    this.timer = undefined;
    const changed = new Map(this.changed);
    this.changed.clear();
    void queries.invalidateQueries({ queryKey: ['queue'] });
    for (const [code, version] of changed) {
      const known = queries.getQueryData<{ version: number }>(['dossier', code]);
      // What this page did itself is here already.
      if (known && known.version >= version) continue;
      for (const kind of ['dossier', 'clock', 'history', 'files']) void queries.invalidateQueries({ queryKey: [kind, code] });
    }
  }
}
export const feed = new Feed();
