// The form of a new directive; for an alert it comes filled, so that one click issues it. The deadline's arithmetic is
// the server's and stands below the hours.
import { Button, NumberInput, Select, Textarea, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { newKey } from '../api/client';
import { useOfficers } from '../api/people';
import { ProblemNotice, Skeleton } from '../kit/kit';
import { date, dateTime, number } from '../lib/format';
import { issue, useDeadline, useProposal, type Deadline } from './api';
import { useWords } from './words';

export function Arithmetic({ of: d, open }: { of: Deadline; open?: boolean }) {
  const w = useWords();
  return (
    <div>
      <strong>{w.dueAt(dateTime(d.due))}</strong> <span className="quiet" lang="vi">({d.words})</span>
      {d.provisional && <p className="notice warn">{w.provisional}</p>}
      <details open={open}>
        <summary>{w.arithmetic}</summary>
        <table className="plain"><thead><tr><th scope="col">{w.day}</th><th scope="col" className="num">{w.worked}</th></tr></thead>
          <tbody>{d.days.map((x) => <tr key={x.date}><td>{date(x.date)}</td><td className="num">{number(Math.round(x.work_minutes / 6) / 10)}</td></tr>)}</tbody></table>
        <p className="quiet">{w.calendar(d.calendar)}</p>
      </details>
    </div>
  );
}

export interface Offered { id: string; name: string }
export function IssueForm({ agencies, rule, ruleAgency, onDone, onCancel }: { agencies: readonly Offered[]; rule?: string | undefined; ruleAgency?: string | undefined; onDone: (code: string) => void; onCancel: () => void }) {
  const w = useWords();
  const proposal = useProposal(rule, ruleAgency);
  const [agency, setAgency] = useState('');
  const [officer, setOfficer] = useState('');
  const [title, setTitle] = useState('');
  const [text, setText] = useState('');
  const [hours, setHours] = useState<number>(24);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const key = useRef(newKey());
  const button = useRef<HTMLButtonElement>(null);
  const p = proposal.data;
  useEffect(() => {
    if (!p) return;
    setAgency(p.agency);
    setTitle(p.title);
    setText(p.text);
    setHours(Math.round(p.work_minutes / 60));
  }, [p]);
  const filled = Boolean(p) && agency !== '';
  // A filled form waits for one key: Enter issues it.
  useEffect(() => { if (filled) button.current?.focus(); }, [filled]);
  const deadline = useDeadline(agency, hours);
  const officers = useOfficers(agency || null);
  if (rule && proposal.isPending) return <Skeleton lines={8} />;
  const send = async () => {
    setBusy(true);
    setError(null);
    try {
      const made = await issue({ agency, title, text, work_hours: hours, ...(officer ? { officer } : {}), ...(p ? { rule: p.rule, rule_agency: p.rule_agency ?? '' } : {}) }, key.current);
      onDone(made.code);
    } catch (e) {
      key.current = newKey();
      setError(e);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="stack card" aria-label={w.fresh} onSubmit={(e) => { e.preventDefault(); void send(); }}>
      {rule && proposal.error && <p className="notice warn">{w.alertOver}</p>}
      {error !== null && <ProblemNotice error={error} focus />}
      <Select label={w.agency} description={w.agencyHint} lang="vi" data={agencies.map((a) => ({ value: a.id, label: a.name }))} value={agency || null} onChange={(v) => { setAgency(v ?? ''); setOfficer(''); }} searchable required withAsterisk={false} comboboxProps={{ withinPortal: false }} />
      <TextInput label={w.heading} description={w.headingHint} lang="vi" maxLength={200} value={title} onChange={(e) => setTitle(e.currentTarget.value)} required withAsterisk={false} />
      <Textarea label={w.text} lang="vi" autosize minRows={4} maxLength={4000} value={text} onChange={(e) => setText(e.currentTarget.value)} required withAsterisk={false} />
      <NumberInput label={w.hours} description={w.hoursHint} min={1} max={4000} allowDecimal={false} hideControls maw={220} value={hours} onChange={(v) => setHours(Number(v) || 0)} required withAsterisk={false} />
      {deadline.error && agency ? <ProblemNotice error={deadline.error} /> : deadline.data && <Arithmetic of={deadline.data} />}
      {(officers.data?.length ?? 0) > 0 && <Select label={w.officer} description={w.officerHint} lang="vi" data={officers.data!.map((o) => ({ value: o.id, label: o.name }))} value={officer || null} onChange={(v) => setOfficer(v ?? '')} searchable clearable comboboxProps={{ withinPortal: false }} />}
      <div className="row">
        <Button type="submit" ref={button} loading={busy} disabled={!agency || !title || !text || hours < 1}>{w.issue}</Button>
        <Button variant="default" onClick={onCancel}>{w.cancel}</Button>
      </div>
    </form>
  );
}
