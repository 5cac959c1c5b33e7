// What the account can do with the open dossier, one form a command. Every form keeps what was typed until it was sent.
import { Button, Select, TextInput, Textarea } from '@mantine/core';
import { useCallback, useEffect, useImperativeHandle, useMemo, useRef, useState, type FormEvent, type Ref } from 'react';
import { useOfficers } from '../api/people';
import { useAgencies, useDossier, usePerson, useProcedure, useWorkingCalendar } from '../api/queries';
import type { Agency, DossierTask, DossierWhole, Procedure } from '../api/types';
import { useT } from '../i18n';
import type { Dictionary } from '../i18n/vi';
import { Load, ProblemNotice } from '../kit/kit';
import { date as shownDate, parseDate } from '../lib/format';
import { search } from '../lib/fold';
import { commandsFor, taskFor, type Command, type Person } from '../lib/rights';
import { workedDaysAfter, type WorkingCalendar } from '../lib/working_time';
import { slipAddress, slipsOf } from './dossier_pane';
import { setPaletteCommands } from './palette';
import { failures, keepTyped, send, typedFor } from './sending';
import { receptionOf } from './taken_papers';

interface FieldSpec {
  id: string;
  label: string;
  hint?: string;
  kind?: 'officer' | 'text' | 'lines' | 'area' | 'date' | 'money' | 'choice' | 'number';
  choices?: { value: string; label: string }[];
  required?: boolean;
  initial?: string;
  when?: (values: Record<string, string>) => boolean;
  pointer?: string;
}
interface FormSpec {
  fields: FieldSpec[];
  body: (values: Record<string, string>) => unknown;
  /** Sent at once: the paper or the person at the counter waits for it. */
  immediate?: boolean;
  danger?: boolean;
}
interface Parts {
  t: Dictionary;
  d: DossierWhole;
  person: Person;
  procedure: Procedure | undefined;
  agencies: Agency[];
  calendar: WorkingCalendar;
}
const lines = (text: string | undefined) => (text ?? '').split('\n').map((l) => l.trim()).filter(Boolean);
const some = (values: Record<string, string>, ...ids: string[]) => Object.fromEntries(ids.filter((id) => values[id]?.trim()).map((id) => [id, values[id]?.trim()]));
const digits = (text: string | undefined) => Number((text ?? '').replace(/[^\d]/g, ''));

export function formOf(command: Command, { t, d, person, procedure, agencies, calendar }: Parts): FormSpec {
  const a = t.actions;
  const task = (what?: (task: DossierTask) => boolean) => { const found = taskFor(person, d.tasks, what); return found ? { task: found.number } : {}; };
  switch (command) {
    case 'receive':
      return { fields: [], body: () => receptionOf(d, procedure), immediate: true };
    case 'transfer':
      return { fields: [], body: () => ({}), immediate: false };
    case 'claim':
      return { fields: [], body: () => task((x) => !x.officer), immediate: true };
    case 'refuse':
      return { fields: [{ id: 'reasons', label: a.reasons, hint: a.reasonsHint, kind: 'lines', required: true, pointer: '/reasons' }], body: (v) => ({ reasons: lines(v['reasons']) }), danger: true };
    case 'complete':
      return { fields: [{ id: 'note', label: a.note, kind: 'area' }, ...(d.tasks.some((x) => x.state === 'open' && x.kind === 'assign') ? [{ id: 'assignee', label: a.assignee, hint: a.assigneeHint, kind: 'officer' as const }] : [])], body: (v) => ({ ...task((x) => x.kind !== 'consult'), ...some(v, 'note', 'assignee') }) };
    case 'supplement':
      return { fields: [{ id: 'items', label: a.items, hint: a.itemsHint, kind: 'lines', required: true }, { id: 'reason', label: a.reason, kind: 'area', required: true }, { id: 'contact', label: a.contact, initial: 'Bộ phận một cửa' }], body: (v) => ({ items: lines(v['items']), reason: v['reason']?.trim(), ...some(v, 'contact') }) };
    case 'supplement-answer':
      return { fields: [{ id: 'note', label: a.answerNote, kind: 'area' }], body: (v) => some(v, 'note'), immediate: true };
    case 'consult':
      return {
        fields: [{ id: 'agency', label: a.agency, kind: 'choice', required: true, choices: agencies.map((x) => ({ value: x.id, label: x.name })) }, { id: 'question', label: a.question, kind: 'area', required: true }, { id: 'hours', label: a.hours, kind: 'number', required: true, initial: '16' }, { id: 'silence', label: a.silence, kind: 'choice', initial: 'report', choices: [{ value: 'report', label: a.silenceReport }, { value: 'agree', label: a.silenceAgree }] }],
        body: (v) => ({ agency: v['agency'], question: v['question']?.trim(), hours: digits(v['hours']), silence: v['silence'] ?? 'report' }),
      };
    case 'opinion':
      return { fields: [{ id: 'answer', label: a.answer, kind: 'choice', required: true, initial: 'agree', choices: [{ value: 'agree', label: a.agree }, { value: 'disagree', label: a.disagree }, { value: 'other', label: a.other }] }, { id: 'text', label: a.text, kind: 'area' }], body: (v) => ({ answer: v['answer'], ...some(v, 'text'), ...task((x) => x.kind === 'consult') }) };
    case 'return-step':
      return { fields: [{ id: 'reason', label: a.reason, kind: 'area', required: true }], body: (v) => ({ reason: v['reason']?.trim(), ...task((x) => x.kind !== 'consult') }), danger: true };
    case 'charge': {
      const known = d.charges.filter((c) => !c.paid_at).map((c) => ({ value: c.id, label: c.name }));
      return {
        fields: [{ id: 'id', label: a.charge, kind: known.length ? 'choice' : 'text', required: true, choices: known, initial: known[0]?.value ?? '' }, { id: 'amount', label: a.amount, kind: 'money', required: true }, { id: 'basis', label: a.basis }],
        body: (v) => ({ charges: [{ id: v['id'], amount: digits(v['amount']), ...some(v, 'basis'), ...(known.length ? {} : { name: v['id'] }) }] }), immediate: true,
      };
    }
    case 'payment':
      return { fields: [{ id: 'method', label: a.method, kind: 'choice', required: true, initial: 'cash', choices: [{ value: 'cash', label: a.cash }, { value: 'transfer', label: a.transferMoney }, { value: 'online', label: a.online }] }, { id: 'receipt', label: a.receiptNo, required: true }], body: (v) => ({ method: v['method'], receipt: v['receipt']?.trim() }), immediate: true };
    case 'extend': {
      const from = Math.max(Date.now(), d.due ? Date.parse(d.due) : 0);
      return { fields: [{ id: 'date', label: a.newDate, hint: a.newDateHint, kind: 'date', required: true, initial: shownDate(workedDaysAfter(calendar, from, 3)[2]) }, { id: 'reason', label: a.reason, kind: 'area', required: true }], body: (v) => ({ date: parseDate(v['date'] ?? ''), reason: v['reason']?.trim() }) };
    }
    case 'result': {
      const kinds = procedure?.card.results.map((r) => ({ value: r.id, label: r.name })) ?? [];
      return {
        fields: [...(kinds.length ? [{ id: 'kind', label: a.resultKind, kind: 'choice' as const, choices: kinds, initial: kinds[0]?.value ?? '' }] : []), { id: 'number', label: a.resultNumber }, { id: 'outcome', label: a.outcome, kind: 'choice', initial: 'granted', choices: [{ value: 'granted', label: t.dossier.outcome.granted }, { value: 'declined', label: t.dossier.outcome.declined }] }, { id: 'reason', label: a.reason, kind: 'area', required: true, when: (v) => v['outcome'] === 'declined' }, { id: 'signature', label: a.signature, kind: 'choice', initial: 'digital', choices: [{ value: 'digital', label: a.digital }, { value: 'ink', label: a.ink }] }],
        body: (v) => ({ ...task((x) => x.kind === 'sign'), ...some(v, 'kind', 'number', 'outcome', 'signature'), ...(v['outcome'] === 'declined' ? some(v, 'reason') : {}) }),
      };
    }
    case 'deliver':
      return { fields: [{ id: 'method', label: a.deliverMethod, kind: 'choice', required: true, initial: d.channel === 'post' ? 'post' : d.channel === 'online' ? 'electronic' : 'desk', choices: [{ value: 'desk', label: a.atDesk }, { value: 'post', label: a.byPost }, { value: 'electronic', label: a.electronic }] }, { id: 'receiver', label: a.receiver, initial: d.applicant?.name ?? '', when: (v) => v['method'] === 'desk' }, { id: 'tracking', label: a.tracking, required: true, when: (v) => v['method'] === 'post' }], body: (v) => ({ method: v['method'], ...(v['method'] === 'desk' ? some(v, 'receiver') : {}), ...(v['method'] === 'post' ? some(v, 'tracking') : {}) }) };
    case 'withdraw':
      return { fields: [{ id: 'reason', label: a.reason, kind: 'area' }], body: (v) => some(v, 'reason'), danger: true };
    case 'stop':
      return { fields: [{ id: 'reason', label: a.reason, kind: 'area', required: true }, { id: 'basis', label: a.stopBasis, required: true }], body: (v) => ({ reason: v['reason']?.trim(), basis: v['basis']?.trim() }), danger: true };
    case 'reassign': {
      const open = d.tasks.filter((x) => x.state === 'open');
      return {
        fields: [...(open.length > 1 ? [{ id: 'task', label: a.task, kind: 'choice' as const, required: true, initial: String(open[0]?.number ?? ''), choices: open.map((x) => ({ value: String(x.number), label: `${t.steps[x.kind]}${x.officer ? ` · ${x.officer_name ?? x.officer}` : ''}` })) }] : []), { id: 'officer', label: a.officer, hint: a.officerHint, kind: 'officer' as const, required: true }, { id: 'reason', label: a.reason, kind: 'area' }],
        body: (v) => ({ officer: v['officer']?.trim(), ...some(v, 'reason'), ...(v['task'] ? { task: Number(v['task']) } : open[0] ? { task: open[0].number } : {}) }),
      };
    }
  }
}

/** Commands that carry the dossier onward; the others are exceptions. */
const forward: ReadonlySet<Command> = new Set(['receive', 'transfer', 'complete', 'result', 'opinion', 'supplement-answer', 'deliver']);

export interface ActionsHandle {
  start: (what: Command | 'next' | 'assign') => void;
  print: () => void;
  /** True when a form was open and is closed now. */
  close: () => boolean;
}

export function Actions({ code, onDone, onStart, ref }: { code: string; onDone: (code: string) => void; onStart: () => void; ref: Ref<ActionsHandle> }) {
  const dossier = useDossier(code);
  return <Load of={dossier} lines={4}>{(d) => <Panel d={d} etag={d.etag} onDone={onDone} onStart={onStart} ref={ref} />}</Load>;
}

function Panel({ d, etag, onDone, onStart, ref }: { d: DossierWhole; etag: string | null; onDone: (code: string) => void; onStart: () => void; ref: Ref<ActionsHandle> }) {
  const t = useT();
  const person = usePerson();
  const [open, setOpen] = useState<Command | null>(null);
  const [failed, setFailed] = useState<unknown>(null);
  const commands = useMemo(() => commandsFor(person, d, d.tasks), [person, d]);
  const start = useCallback((command: Command) => { setFailed(null); setOpen(command); onStart(); }, [onStart]);

  useImperativeHandle(ref, () => ({
    start: (what) => {
      const wanted = what === 'next' ? commands.find((c) => forward.has(c)) : what === 'assign' ? commands.find((c) => c === 'claim' || c === 'reassign') : commands.find((c) => c === what);
      if (wanted) start(wanted);
    },
    print: () => { const last = slipsOf(d).at(0); if (last) window.open(slipAddress(d.code, last), '_blank', 'noopener'); },
    close: () => { if (!open) return false; setOpen(null); return true; },
  }), [commands, open, d, start]);
  useEffect(() => {
    setPaletteCommands(commands.map((command) => ({ id: command, label: t.commands[command], description: d.code, onClick: () => start(command) })));
    return () => setPaletteCommands([]);
  }, [commands, d.code, start, t]);
  // A command that was refused after its five seconds: the form comes back with its text and the reason.
  useEffect(() => {
    const listen = (event: Event) => {
      const { code, command, error } = (event as CustomEvent<{ code: string; command: Command; error: unknown }>).detail;
      if (code !== d.code) return;
      setOpen(command);
      setFailed(error);
    };
    failures.addEventListener('refused', listen);
    return () => failures.removeEventListener('refused', listen);
  }, [d.code]);

  if (open) return <CommandForm key={open} command={open} d={d} etag={etag} error={failed} onClose={() => setOpen(null)} onSent={() => { setOpen(null); onDone(d.code); }} />;
  if (commands.length === 0) return <p className="quiet">{t.actions.none}</p>;
  const likely = commands.filter((c) => forward.has(c) || c === 'claim' || (c === 'payment' && d.state === 'awaiting_payment'));
  const rest = commands.filter((c) => !likely.includes(c));
  const next = commands.find((c) => forward.has(c));
  const hint: Partial<Record<Command, string>> = { supplement: 'R', claim: 'A', ...(commands.includes('claim') ? {} : { reassign: 'A' }), ...(next ? { [next]: 'E' } : {}) };
  const button = (command: Command, first: boolean) => (
    <Button key={command} variant={first ? 'filled' : 'default'} justify="space-between" fullWidth data-command={command} rightSection={hint[command] ? <kbd aria-hidden>{hint[command]}</kbd> : <span />} onClick={() => start(command)}>{t.commands[command]}</Button>
  );
  return (
    <>
      <div className="list">{likely.map((c) => button(c, c === next))}</div>
      {rest.length > 0 && <>{likely.length > 0 && <h3 className="quiet" style={{ fontSize: 12.5, fontWeight: 580, margin: '18px 0 8px' }}>{t.actions.more}</h3>}<div className="list">{rest.map((c) => button(c, false))}</div></>}
    </>
  );
}

/** People of the agency by name, with what each holds now. Who may not see the list types the code. */
export function OfficerSelect({ agency, value, onChange, ...field }: { agency: string; id: string; label: string; description?: string | undefined; error?: string | undefined; value: string; onChange: (value: string) => void }) {
  const t = useT();
  const officers = useOfficers(agency);
  if (officers.error) return <TextInput {...field} value={value} onChange={(e) => onChange(e.currentTarget.value)} />;
  return <Select {...field} data={(officers.data ?? []).map((o) => ({ value: o.id, label: t.actions.officerLoad(o.name, o.open_tasks) }))} value={value || null} onChange={(v) => onChange(v ?? '')} searchable clearable clearButtonProps={{ 'aria-label': t.common.remove }} nothingFoundMessage={t.common.nothing} checkIconPosition="right" comboboxProps={{ withinPortal: false }} filter={({ options, search: typed }) => search(options as { value: string; label: string }[], typed, (o) => o.label)} />;
}

function CommandForm({ command, d, etag, error, onClose, onSent }: { command: Command; d: DossierWhole; etag: string | null; error: unknown; onClose: () => void; onSent: () => void }) {
  const t = useT();
  const person = usePerson();
  const agencies = useAgencies().data ?? [];
  const calendar = useWorkingCalendar();
  const procedure = useProcedure(d.procedure, d.release).data;
  const spec = formOf(command, { t, d, person, procedure, agencies, calendar });
  const [values, setValues] = useState<Record<string, string>>(() => ({ ...Object.fromEntries(spec.fields.map((f) => [f.id, f.initial ?? ''])), ...typedFor(d.code, command) }));
  const [problem, setProblem] = useState<unknown>(error);
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>('input, textarea, button[type=submit]')?.focus(), []);
  const set = (id: string, value: string) => {
    const next = { ...values, [id]: value };
    setValues(next);
    keepTyped(d.code, command, next);
  };
  const shown = spec.fields.filter((f) => f.when?.(values) ?? true);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const missing: Record<string, string> = {};
    for (const f of shown) {
      if (f.required && !values[f.id]?.trim()) missing[f.id] = t.common.required;
      else if (f.kind === 'date' && values[f.id] && !parseDate(values[f.id] ?? '')) missing[f.id] = t.actions.badDate;
    }
    setWrong(missing);
    const first = Object.keys(missing)[0];
    if (first) {
      document.getElementById(`field-${first}`)?.focus();
      return;
    }
    keepTyped(d.code, command, values);
    const order = { code: d.code, command, body: spec.body(values), etag, delayed: !spec.immediate };
    if (!spec.immediate) {
      void send(t, order);
      onSent();
      return;
    }
    setBusy(true);
    setProblem(null);
    try {
      await send(t, order);
      if (['receive', 'claim', 'charge', 'payment', 'supplement-answer'].includes(command)) onClose();
      else onSent();
    } catch (reason) {
      setProblem(reason);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form ref={form} onSubmit={(e) => void submit(e)} className="stack" noValidate onKeyDown={(e) => {
      if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) { e.preventDefault(); form.current?.requestSubmit(); }
      if (e.key === 'Escape') { e.preventDefault(); onClose(); document.getElementById('grid')?.focus(); }
    }}>
      <h3 style={{ fontSize: 15, fontWeight: 650 }}>{t.commands[command]}</h3>
      {problem !== null && <ProblemNotice error={problem} focus />}
      {shown.map((f) => {
        const common = { id: `field-${f.id}`, label: f.label + (f.required ? '' : ` (${t.common.optional})`), description: f.hint, error: wrong[f.id], 'aria-required': f.required, value: values[f.id] ?? '' };
        if (f.kind === 'officer') return <OfficerSelect key={f.id} {...common} agency={(d.tasks.find((x) => String(x.number) === values['task']) ?? d.tasks.find((x) => x.state === 'open'))?.agency ?? d.agency} onChange={(v) => set(f.id, v)} />;
        if (f.kind === 'choice') return <Select key={f.id} {...common} data={f.choices ?? []} searchable={(f.choices?.length ?? 0) > 6} openOnFocus={false} comboboxProps={{ withinPortal: false }} allowDeselect={false} onChange={(v) => set(f.id, v ?? '')} checkIconPosition="right" />;
        if (f.kind === 'lines' || f.kind === 'area') return <Textarea key={f.id} {...common} autosize minRows={f.kind === 'lines' ? 3 : 2} maxRows={10} onChange={(e) => set(f.id, e.currentTarget.value)} />;
        return <TextInput key={f.id} {...common} inputMode={f.kind === 'money' || f.kind === 'number' ? 'numeric' : undefined} onChange={(e) => set(f.id, f.kind === 'money' ? formatMoney(e.currentTarget.value) : e.currentTarget.value)} />;
      })}
      <p className="quiet" style={{ fontSize: 13, margin: '10px 0 0' }}>{spec.immediate ? t.actions.immediate : t.actions.delay}</p>
      <div className="row">
        <Button type="submit" loading={busy} color={spec.danger ? 'red' : undefined}>{t.commands[command]}</Button>
        <Button variant="default" onClick={onClose}>{t.common.cancel}</Button>
      </div>
    </form>
  );
}
const formatMoney = (text: string) => { const n = text.replace(/[^\d]/g, ''); return n ? new Intl.NumberFormat('vi-VN').format(Number(n)) : ''; };
