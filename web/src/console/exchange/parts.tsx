// What the pages of the exchange share: identifiers with their names, a list that is filtered by what is typed, states.
import { Button, TextInput } from '@mantine/core';
import { Fragment, useDeferredValue, useState, type ReactNode } from 'react';
import { Empty } from '../../kit/kit';
import { fold } from '../../lib/fold';
import { number } from '../../lib/format';
import { shown } from './api';
import { useWords } from './words';

/** An identifier that breaks between its parts first; with its name above it where it has one. */
export function Id({ id, name }: { id: string; name?: string | null }) {
  const parts = shown(id).split('/').map((part, i) => <Fragment key={i}>{i > 0 && <>/<wbr /></>}{part}</Fragment>);
  return name ? <>{name}<div className="exid quiet">{parts}</div></> : <span className="exid">{parts}</span>;
}

export type Tone = '' | 'good' | 'warn' | 'bad' | 'accent';
export const State = ({ tone, children, big }: { tone: Tone; children: ReactNode; big?: boolean }) => <span className={`state ${tone} ${big ? 'big' : ''}`}>{children}</span>;
export const toneOf = (status: string | undefined): Tone => (status === 'ok' ? 'good' : status === 'warning' ? 'warn' : status === 'failing' ? 'bad' : '');

const atOnce = 100;
/** A table of rows that are all here: filtered letter by letter, a hundred at once. */
export function Table<T>({ rows, label, head, text, children, empty }: { rows: readonly T[]; label: string; head: ReactNode; text: (row: T) => string; children: (row: T) => ReactNode; empty: ReactNode }) {
  const w = useWords().common;
  const [typed, setTyped] = useState('');
  const [most, setMost] = useState(atOnce);
  const wanted = useDeferredValue(fold(typed.trim()));
  if (rows.length === 0) return <div className="card">{empty}</div>;
  const found = wanted ? rows.filter((row) => fold(text(row)).includes(wanted)) : rows;
  return (
    <>
      {rows.length > 5 && <TextInput className="exfilter" type="search" label={w.filter} value={typed} onChange={(e) => setTyped(e.currentTarget.value)} autoCapitalize="none" spellCheck={false} />}
      {found.length === 0 ? <div className="card"><Empty title={w.nothingFound} /></div> : (
        <div className="tablebox inset" tabIndex={0} role="region" aria-label={label}>
          <table className="plain"><thead><tr>{head}</tr></thead><tbody>{found.slice(0, most).map(children)}</tbody></table>
        </div>
      )}
      {found.length > most && <Button mt={14} variant="default" onClick={() => setMost(most + atOnce)}>{w.more(number(found.length - most))}</Button>}
    </>
  );
}
export const Head = ({ of }: { of: readonly string[] }) => of.map((name) => <th key={name} scope="col">{name}</th>);
