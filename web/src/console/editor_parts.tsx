// The controls of the sheet editor: each knows its path, shows what the server says about it, and writes one value.
import { ActionIcon, Button, Checkbox, Select, Textarea, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconTrash } from '@tabler/icons-react';
import { createContext, useContext, type ReactNode } from 'react';
import { at, list, move, pathText, text, type Json, type Path, type Sheet } from './sheet';
import { useWords } from './words';

export interface Editing {
  sheet: Sheet;
  set: (path: Path, value: Json | undefined) => void;
  /** What the server says of this very place. */
  faults: Map<string, string[]>;
}
const Context = createContext<Editing | null>(null);
export const EditingProvider = Context.Provider;
export function useEditing(): Editing {
  const editing = useContext(Context);
  if (!editing) throw new Error('no sheet is edited here');
  return editing;
}
export const fieldId = (path: Path): string => `s-${path.join('-')}`;
const faultOf = (e: Editing, path: Path): string | undefined => e.faults.get(pathText(path))?.join(' ');

export function TextAt({ path, label, hint, wide, mono, area, empty = null }: { path: Path; label: string; hint?: string; wide?: boolean; mono?: boolean; area?: boolean; empty?: Json }) {
  const e = useEditing();
  const common = { id: fieldId(path), label, description: hint, value: text(at(e.sheet, path)), error: faultOf(e, path), className: wide ? 'wide' : undefined, styles: mono ? { input: { fontFamily: 'var(--hl-mono)', fontSize: 13 } } : undefined };
  const change = (v: string) => e.set(path, v === '' ? empty : v);
  return area ? <Textarea {...common} autosize minRows={2} maxRows={8} onChange={(x) => change(x.currentTarget.value)} /> : <TextInput {...common} onChange={(x) => change(x.currentTarget.value)} />;
}
/** Whole numbers and, with `parts`, decimals; what is no number stays on the screen and is judged by the server. */
export function NumberAt({ path, label, hint, parts, hideLabel }: { path: Path; label: string; hint?: string; parts?: boolean; hideLabel?: boolean }) {
  const e = useEditing();
  const shape = parts ? /^\d+([.,]\d+)?$/ : /^-?\d+$/;
  return <TextInput id={fieldId(path)} inputMode={parts ? 'decimal' : 'numeric'} {...(hideLabel ? { 'aria-label': label } : { label })} description={hint} value={text(at(e.sheet, path))} error={faultOf(e, path)} onChange={(x) => { const v = x.currentTarget.value.trim(); e.set(path, v === '' ? null : shape.test(v) ? Number(v.replace(',', '.')) : v); }} />;
}
export function ChoiceAt({ path, label, data, hideLabel, clearable, search }: { path: Path; label: string; data: { value: string; label: string }[]; hideLabel?: boolean; clearable?: boolean; search?: boolean }) {
  const e = useEditing();
  const w = useWords();
  const value = text(at(e.sheet, path)) || null;
  const known = value === null || data.some((d) => d.value === value) ? data : [...data, { value, label: value }];
  return <Select id={fieldId(path)} {...(hideLabel ? { 'aria-label': label } : { label })} data={known} value={value} onChange={(v) => e.set(path, v)} error={faultOf(e, path)} allowDeselect={false} clearable={clearable ?? false} searchable={search ?? false} placeholder={clearable ? w.sheet.notStated : undefined} clearButtonProps={{ 'aria-label': w.sheet.remove(label) }} />;
}
export function TickAt({ path, label, otherwise = false }: { path: Path; label: string; otherwise?: boolean }) {
  const e = useEditing();
  const value = at(e.sheet, path);
  return <Checkbox id={fieldId(path)} label={label} checked={value === null || value === undefined ? otherwise : value === true} onChange={(x) => e.set(path, x.currentTarget.checked)} error={faultOf(e, path)} />;
}
/** Lines or comma-separated texts as a list. */
export function TextsAt({ path, label, lines }: { path: Path; label: string; lines?: boolean }) {
  const e = useEditing();
  const value = list(at(e.sheet, path)).map(text).join(lines ? '\n' : ', ');
  const change = (v: string) => e.set(path, v === '' ? [] : v.split(lines ? '\n' : /,\s?/));
  return lines ? <Textarea id={fieldId(path)} className="wide" label={label} autosize minRows={2} value={value} error={faultOf(e, path)} onChange={(x) => change(x.currentTarget.value)} /> : <TextInput id={fieldId(path)} label={label} value={value} error={faultOf(e, path)} onChange={(x) => change(x.currentTarget.value)} />;
}
/** A list of groups: each in its own box with its messages; added, removed, moved by buttons. */
export function Items({ path, name, fresh, children, ordered, addLabel }: { path: Path; name: (item: Json, index: number) => string; fresh: () => Json; children: (path: Path, item: Json) => ReactNode; ordered?: boolean; addLabel?: string }) {
  const e = useEditing();
  const w = useWords();
  const items = list(at(e.sheet, path));
  return (
    <div className="stack">
      {e.faults.get(pathText(path))?.map((f, i) => <p key={i} className="fault">{f}</p>)}
      {items.map((item, i) => {
        const own: Path = [...path, i];
        const said = name(item, i);
        return (
          <fieldset key={i} className="item" id={fieldId(own)} tabIndex={-1}>
            <legend>{said}</legend>
            {e.faults.get(pathText(own))?.map((f, n) => <p key={n} className="fault">{f}</p>)}
            <div className="itemfields">{children(own, item)}</div>
            <div className="itemtools">
              {ordered && <><ActionIcon variant="subtle" color="gray" aria-label={w.sheet.up(said)} disabled={i === 0} onClick={() => e.set(path, move(items, i, i - 1))}><IconArrowUp size={16} aria-hidden /></ActionIcon><ActionIcon variant="subtle" color="gray" aria-label={w.sheet.down(said)} disabled={i === items.length - 1} onClick={() => e.set(path, move(items, i, i + 1))}><IconArrowDown size={16} aria-hidden /></ActionIcon></>}
              <ActionIcon variant="subtle" color="gray" aria-label={w.sheet.remove(said)} onClick={() => e.set(own, undefined)}><IconTrash size={16} aria-hidden /></ActionIcon>
            </div>
          </fieldset>
        );
      })}
      <div><Button variant="default" size="xs" onClick={() => e.set(path, [...items, fresh()])}>{addLabel ?? w.sheet.add}</Button></div>
    </div>
  );
}
