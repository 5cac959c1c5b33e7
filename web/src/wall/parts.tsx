// Small parts of the wall: a value with its unit, a status in words with an icon, a sheet at the side.
import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconClockPause, IconEyeOff, IconHourglass, IconLock, IconX } from '@tabler/icons-react';
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { date, parseDate } from '../lib/format';
import type { Figure } from './api';
import type { Tone } from './logic';
import { useWords } from './words';

/** What is not known is a question mark, never a zero. */
export const amount = (n: number | null) => (n === null ? '?' : n.toLocaleString('vi-VN', { maximumFractionDigits: 2 }));
export function useUnit(): (unit: string) => string {
  const w = useWords();
  return (unit) => w.units[unit] ?? unit;
}
/** "98,5 %" and "1.234 hồ sơ", for sentences. */
export function useSaid(): (value: number | null, unit: string) => string {
  const w = useWords();
  const unitOf = useUnit();
  return (value, unit) => (value === null ? w.status.unknown : unit === '%' ? `${amount(value)}%` : `${amount(value)} ${unitOf(unit)}`);
}

const looks: Record<Figure['status'], typeof IconLock> = { known: IconLock, zero: IconLock, unknown: IconCircleDashed, provisional: IconHourglass, stale: IconClockPause, suppressed: IconEyeOff };
export function Status({ status }: { status: Figure['status'] }) {
  const w = useWords();
  const Icon = looks[status];
  return <span className="wstatus"><Icon size="1.1em" aria-hidden />{w.status[status]}</span>;
}
const levelOf: Partial<Record<Tone, 'good' | 'warning' | 'critical'>> = { good: 'good', warn: 'warning', bad: 'critical' };
export function Level({ tone }: { tone: Tone }) {
  const w = useWords();
  const level = levelOf[tone];
  if (!level) return null;
  const Icon = tone === 'good' ? IconCircleCheck : IconAlertTriangle;
  return <span className={`state ${tone}`}><Icon size="1.1em" aria-hidden />{w.levels[level]}</span>;
}
export function Stat({ value, unit }: { value: number; unit: string }) {
  const unitOf = useUnit();
  return <>{amount(value)}<span className="wunit">{unit === '%' ? '%' : ` ${unitOf(unit)}`}</span></>;
}

/** A sheet over the wall's right side: the browser keeps the focus in it and gives it back. */
export function Sheet({ title, onClose, back, children }: { title: string; onClose: () => void; back?: { words: string; go: () => void } | null; children: ReactNode }) {
  const w = useWords();
  const box = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = box.current;
    if (dialog && !dialog.open) dialog.showModal();
    return () => dialog?.close();
  }, []);
  // What was clicked in the sheet is gone: whoever listens hears what stands there now.
  useEffect(() => heading.current?.focus(), [title]);
  return (
    <dialog ref={box} className="wsheet" aria-labelledby={id} onCancel={(e) => { e.preventDefault(); onClose(); }} onClick={(e) => { if (e.target === box.current) onClose(); }}>
      <div className="wsheetin">
        <div className="wsheethead">
          <div className="grow">
            {back && <button type="button" className="linkish" onClick={back.go}>‹ {back.words}</button>}
            <h2 id={id} ref={heading} tabIndex={-1}>{title}</h2>
          </div>
          <button type="button" className="wicon" aria-label={w.close} title={w.close} onClick={onClose}><IconX size="1.4em" aria-hidden /></button>
        </div>
        {children}
      </div>
    </dialog>
  );
}

/** A native choice with its name above it. */
export function Choice({ name, value, onChange, children, lang }: { name: string; value: string; onChange: (value: string) => void; children: ReactNode; lang?: string }) {
  const id = useId();
  return <div className="wfield"><label htmlFor={id}>{name}</label><select id={id} value={value} lang={lang} onChange={(e) => onChange(e.currentTarget.value)}>{children}</select></div>;
}
/** A day typed as people write it; taken when it is one and not after `last`. */
export function Day({ name, value, last, onChange }: { name: string; value: string | undefined; last: string; onChange: (day: string | undefined) => void }) {
  const id = useId();
  const [typed, setTyped] = useState(date(value));
  const [wrong, setWrong] = useState(false);
  useEffect(() => { setTyped(date(value)); setWrong(false); }, [value]);
  const take = () => {
    const day = typed.trim() ? parseDate(typed) : undefined;
    if (day === null || (day && day > last)) { setWrong(true); return; }
    setWrong(false);
    if (day !== value) onChange(day);
  };
  return <div className="wfield"><label htmlFor={id}>{name}</label><input id={id} type="text" inputMode="numeric" placeholder="dd/MM/yyyy" size={11} autoComplete="off" aria-invalid={wrong} value={typed} onChange={(e) => setTyped(e.currentTarget.value)} onBlur={take} onKeyDown={(e) => { if (e.key === 'Enter') take(); }} /></div>;
}
