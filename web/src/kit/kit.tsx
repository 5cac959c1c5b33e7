// Small parts every screen uses. Status is always a word with an icon and a colour.
import { Button } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconCircleDashed, IconClock, IconClockExclamation, IconCoin, IconFileAlert, IconHandStop, IconMessageQuestion, IconPackage, IconPencilCheck, IconRefresh, IconX } from '@tabler/icons-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { ApiProblem } from '../api/client';
import type { DossierState } from '../api/types';
import { useT } from '../i18n';
import { dateTime } from '../lib/format';
import { urgency } from '../lib/working_time';
import { remainingWords } from '../lib/words';

const looks: Record<DossierState, [tone: string, icon: typeof IconCheck]> = {
  filed: ['accent', IconCircleDashed],
  received: ['accent', IconCheck],
  processing: ['', IconClock],
  consulting: ['', IconMessageQuestion],
  signing: ['accent', IconPencilCheck],
  awaiting_supplement: ['warn', IconFileAlert],
  awaiting_payment: ['warn', IconCoin],
  finished: ['good', IconPackage],
  refused: ['bad', IconX],
  withdrawn: ['', IconHandStop],
  stopped: ['bad', IconHandStop],
  returned: ['good', IconCheck],
};
export function StateBadge({ state }: { state: DossierState }) {
  const t = useT();
  const [tone, Icon] = looks[state];
  return (
    <span className={`state ${tone}`}>
      <Icon size={14} aria-hidden />
      {t.states[state]}
    </span>
  );
}

export function Due({ remaining, due, provisional }: { remaining: number | null; due: string | null; provisional?: boolean }) {
  const t = useT();
  const level = urgency(remaining);
  const Icon = level === 'overdue' ? IconClockExclamation : level === 'urgent' ? IconAlertTriangle : IconClock;
  return (
    <span className={`due ${level}`} title={due ? dateTime(due) : undefined}>
      {level !== 'none' && <Icon size={15} aria-hidden />}
      {remainingWords(t, remaining)}
      {provisional && <span className="quiet"> ({t.time.provisional})</span>}
    </span>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <strong>{title}</strong>
      {children}
    </div>
  );
}

/** Grey lines, but only when waiting takes longer than 300 ms: what is quick does not flicker. */
export function Skeleton({ lines = 5, now }: { lines?: number; now?: boolean }) {
  const t = useT();
  const [shown, setShown] = useState(now ?? false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 300);
    return () => clearTimeout(timer);
  }, []);
  if (!shown) return null;
  return (
    <div role="status" style={{ padding: 16 }}>
      <span className="sr">{t.common.loading}</span>
      {Array.from({ length: lines }, (_, i) => (
        <div key={i} className="skeleton" style={{ width: `${92 - ((i * 17) % 45)}%` }} aria-hidden />
      ))}
    </div>
  );
}

/** A problem as the server put it: what happened, field by field, and the rule it rests on. */
export function ProblemNotice({ error, retry, focus, links }: { error: unknown; retry?: () => void; focus?: boolean; links?: (pointer: string) => string | undefined }) {
  const t = useT();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (focus) box.current?.focus();
  }, [focus, error]);
  const problem = error instanceof ApiProblem ? error.problem : null;
  // What the title says already is said again only where it leads to its field.
  const more = problem?.errors?.filter((e) => e.detail !== problem.title || (e.pointer && links?.(e.pointer))) ?? [];
  const changed = problem?.code === 'dossier.changed';
  return (
    <div className="notice bad" role="alert" tabIndex={-1} ref={box}>
      <strong>{problem?.title || t.errors.title}</strong>
      {problem?.detail && problem.detail !== problem.title && <div>{problem.detail}</div>}
      {changed && <div>{t.errors.changed}</div>}
      {more.length > 0 && (
        <ul>
          {more.map((e, i) => {
            const target = e.pointer ? links?.(e.pointer) : undefined;
            return <li key={i}>{target ? <a href={`#${target}`} onClick={(event) => { event.preventDefault(); document.getElementById(target)?.focus(); }}>{e.detail}</a> : e.detail}</li>;
          })}
        </ul>
      )}
      {problem?.rule && <div className="quiet">{t.common.rule}: {problem.rule}</div>}
      {retry && (
        <Button mt={10} size="xs" variant="default" leftSection={<IconRefresh size={15} aria-hidden />} onClick={retry}>
          {t.common.retry}
        </Button>
      )}
    </div>
  );
}

interface Loadable<T> {
  data: T | undefined;
  error: unknown;
  isPending: boolean;
  refetch: () => unknown;
}
export function Load<T>({ of, children, lines }: { of: Loadable<T>; children: (data: T) => ReactNode; lines?: number }) {
  if (of.data !== undefined) return children(of.data);
  if (of.error) return <ProblemNotice error={of.error} retry={() => void of.refetch()} />;
  return <Skeleton lines={lines} />;
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children ?? '–'}</dd>
    </div>
  );
}

export function useTitle(title: string) {
  const t = useT();
  useEffect(() => {
    document.title = `${title} – ${t.app}`;
  }, [title, t]);
}
