// What differs between two versions of a procedure, field by field.
import type { ProcedureDifference } from '../api/types';
import { date } from '../lib/format';
import { useWords, type Words } from './words';

type Change = ProcedureDifference['changes'][number];

/** "components/to-khai/required" in words: known members are named, ids stay as they are. */
function pathWords(w: Words, path: string): string {
  return path.split('/').map((p) => (p === '*' ? w.sheet.orderOf : (w.sheet.paths[p] ?? p))).join(' › ');
}
function valueWords(w: Words, value: unknown): string {
  if (value === null || value === undefined || value === '') return w.sheet.none;
  if (value === true) return w.sheet.yes;
  if (value === false) return w.sheet.no;
  if (typeof value === 'object') {
    if (Array.isArray(value)) return value.map((v) => valueWords(w, v)).join(', ');
    const o = value as Record<string, unknown>;
    // A whole thing that came or went: its name says enough.
    for (const key of ['name', 'label', 'vi', 'act', 'where', 'id']) if (o[key]) return valueWords(w, o[key]);
    return Object.entries(o).filter(([, v]) => v !== null && v !== '').map(([k, v]) => `${w.sheet.paths[k] ?? k}: ${valueWords(w, v)}`).join(', ');
  }
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? date(value) : String(value);
}

export function ProcedureChanges({ changes }: { changes: Change[] }) {
  const w = useWords();
  return (
    <dl className="diff">
      {changes.map((c, i) => (
        <div key={i}>
          <dt>{w.sheet.partNames[c.part]}: {pathWords(w, c.path)}</dt>
          <dd><del>{valueWords(w, c.before)}</del> <span aria-hidden>→</span> <ins>{valueWords(w, c.after)}</ins></dd>
        </div>
      ))}
    </dl>
  );
}
