// Asking for a right, and asking beforehand what it would change. A right names one system or group, a service, a method
// and a path, its days and the instrument it rests on.
import { Button, Select, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useT } from '../../i18n';
import { ProblemNotice } from '../../kit/kit';
import { parseDate } from '../../lib/format';
import { shown, useGroups, useNames, useServices, useSubsystems } from './api';
import { faultAt, useMake } from './request_form';
import { useWords } from './words';
import { useWorkWords } from './words_work';

const groupMark = 'group:';
export const methods = ['*', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'] as const;

export function ServiceSelect({ value, onChange, error, autofocus }: { value: string | null; onChange: (id: string | null) => void; error?: string; autofocus?: boolean }) {
  const t = useT();
  const c = useWords().common;
  const names = useNames();
  const services = useServices();
  return <Select label={c.service} data={(services.data ?? []).map((s) => ({ value: s.service, label: `${s.title ?? s.code} – ${names(s.provider) ?? shown(s.provider)} (${shown(s.service.split('/').slice(3).join('/'))})` }))} value={value} onChange={onChange} searchable openOnFocus={false} nothingFoundMessage={t.common.nothing} error={error} data-autofocus={autofocus || undefined} />;
}
export function SystemSelect({ label, value, onChange, error, groups, only }: { label: string; value: string | null; onChange: (id: string | null) => void; error?: string; groups?: boolean; only?: readonly string[] }) {
  const t = useT();
  const w = useWorkWords().rights;
  const subsystems = useSubsystems();
  const found = useGroups();
  const systems = (subsystems.data ?? []).filter((s) => !only || only.includes(s.subsystem)).map((s) => ({ value: s.subsystem, label: `${s.name} (${shown(s.subsystem.split('/').slice(1).join('/'))})` }));
  return <Select label={label} data={[...systems, ...(groups ? (found.data ?? []).map((g) => ({ value: groupMark + g.group, label: `${w.group}: ${g.title} (${g.group})` })) : [])]} value={value} onChange={onChange} searchable openOnFocus={false} nothingFoundMessage={t.common.nothing} error={error} />;
}

export function RightForm({ done, first }: { done: () => void; first?: URLSearchParams }) {
  const t = useT();
  const c = useWords().common;
  const w = useWorkWords().rights;
  const services = useServices();
  const make = useMake(done);
  const [subject, setSubject] = useState<string | null>(first?.get('client') ?? null);
  const [service, setService] = useState<string | null>(first?.get('service') ?? null);
  const [method, setMethod] = useState(first?.get('method') ?? '*');
  const [path, setPath] = useState(first?.get('path') ?? '**');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [basis, setBasis] = useState('');
  const [note, setNote] = useState('');
  const [judged, setJudged] = useState(false);
  const days = { from: from.trim() ? parseDate(from) : undefined, to: to.trim() ? parseDate(to) : undefined };
  const wrong = {
    subject: subject ? undefined : t.common.required, service: service ? undefined : t.common.required, path: path.trim() ? undefined : t.common.required, basis: basis.trim() ? undefined : t.common.required,
    from: days.from === null ? w.badDay : undefined, to: days.to === null ? w.badDay : days.from && days.to && days.to < days.from ? w.order : undefined,
  };
  const at = (field: keyof typeof wrong) => (judged ? wrong[field] : undefined) ?? faultAt(make.error, field);
  const described = services.data?.find((s) => s.service === service)?.endpoints ?? [];
  const submit = (e: FormEvent) => {
    e.preventDefault();
    setJudged(true);
    if (Object.values(wrong).some(Boolean)) return;
    const who = subject!.startsWith(groupMark) ? { group: subject!.slice(groupMark.length) } : { subject };
    make.mutate({ kind: 'right', body: { ...who, service, method, path: path.trim(), ...(days.from ? { from: days.from } : {}), ...(days.to ? { to: days.to } : {}), basis: basis.trim() }, ...(note.trim() ? { note: note.trim() } : {}) });
  };
  return (
    <form className="exform" noValidate onSubmit={submit}>
      {make.error && <div className="wide"><ProblemNotice error={make.error} focus /></div>}
      <SystemSelect label={w.subjectOr} value={subject} onChange={setSubject} error={at('subject')} groups />
      <ServiceSelect value={service} onChange={setService} error={at('service')} />
      {described.length > 0 && <Select className="wide" label={`${w.endpoint} (${t.common.optional})`} data={[...new Set(described.map((e) => `${e.method} ${e.path}`))]} value={null} onChange={(v) => { const [m, ...p] = (v ?? '').split(' '); if (m) { setMethod(m); setPath(p.join(' ')); } }} />}
      <Select classNames={{ dropdown: 'mono' }} label={c.method} data={methods.map((m) => ({ value: m as string, label: m === '*' ? c.any : m }))} value={method} onChange={(v) => setMethod(v ?? '*')} allowDeselect={false} />
      <TextInput label={w.path} description={w.pathHint} value={path} onChange={(e) => setPath(e.currentTarget.value)} error={at('path')} autoCapitalize="none" spellCheck={false} />
      <TextInput label={`${c.from} (${t.common.optional})`} description={c.day} inputMode="numeric" value={from} onChange={(e) => setFrom(e.currentTarget.value)} error={at('from')} />
      <TextInput label={`${w.last} (${t.common.optional})`} description={w.lastHint} inputMode="numeric" value={to} onChange={(e) => setTo(e.currentTarget.value)} error={at('to')} />
      <TextInput className="wide" label={c.basis} description={w.basisHint} value={basis} onChange={(e) => setBasis(e.currentTarget.value)} error={at('basis')} maxLength={500} />
      <TextInput className="wide" label={`${useWorkWords().requests.form.note} (${t.common.optional})`} value={note} onChange={(e) => setNote(e.currentTarget.value)} maxLength={1000} />
      <div className="acts"><Button type="submit" loading={make.isPending}>{w.send}</Button></div>
    </form>
  );
}
