// "Undo" where the API has no inverse: the command waits five seconds before it is sent. A page that is left sends what
// waits at once, so that nothing that was confirmed is lost.

export interface Waiting {
  id: number;
  label: string;
  /** What it is about, such as a dossier's code: rows in waiting are shown as such. */
  subject: string;
}
type Listener = (waiting: readonly Waiting[]) => void;
interface Entry extends Waiting {
  send: (leaving: boolean) => void;
  onUndo: () => void;
  timer: ReturnType<typeof setTimeout>;
}

export class DelayedSends {
  private entries: Entry[] = [];
  private listeners = new Set<Listener>();
  private next = 1;
  private seen: readonly Waiting[] = [];

  constructor(private readonly delay = 5000) {}

  add(label: string, subject: string, send: (leaving: boolean) => void, onUndo: () => void = () => {}): number {
    const id = this.next++;
    const timer = setTimeout(() => this.fire(id, false), this.delay);
    this.entries.push({ id, label, subject, send, onUndo, timer });
    this.tell();
    return id;
  }
  /** Takes one back; the newest when none is named. False when there is nothing to take back any more. */
  undo(id?: number): boolean {
    const entry = id === undefined ? this.entries.at(-1) : this.entries.find((e) => e.id === id);
    if (!entry) return false;
    clearTimeout(entry.timer);
    this.entries = this.entries.filter((e) => e !== entry);
    this.tell();
    entry.onUndo();
    return true;
  }
  /** Sends all that waits, now. */
  flush(leaving = false): void {
    for (const entry of [...this.entries]) {
      clearTimeout(entry.timer);
      this.fire(entry.id, leaving);
    }
  }
  waiting = (): readonly Waiting[] => this.seen;
  subscribe = (listener: Listener): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private fire(id: number, leaving: boolean): void {
    const entry = this.entries.find((e) => e.id === id);
    if (!entry) return;
    this.entries = this.entries.filter((e) => e !== entry);
    this.tell();
    entry.send(leaving);
  }
  private tell(): void {
    this.seen = this.entries.map(({ id, label, subject }) => ({ id, label, subject }));
    for (const listener of this.listeners) listener(this.seen);
  }
}
