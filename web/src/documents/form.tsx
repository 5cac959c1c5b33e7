// New documents: one that came on paper, and one of ours, which gets its number from the out-register when it is saved.
import { Button, FileInput, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import { newKey } from '../api/client';
import { useLanguage } from '../i18n';
import { ProblemNotice } from '../kit/kit';
import { make, upload, useCodes, useCorrespondents, type Correspondent } from './api';
import { useWords } from './words';

export function NewDocument({ agency, direction, onDone, onCancel }: { agency: string; direction: 'in' | 'out'; onDone: (key: string) => void; onCancel: () => void }) {
  const w = useWords();
  const english = useLanguage().language === 'en';
  const codes = useCodes();
  const [v, setV] = useState({ channel: 'paper', from_name: '', number: '', notation: '', subject: '', promulgated: '', kind: 'cong-van', priority: '0', due: '', place: '', business: '0', of: '', reason: '' });
  const [files, setFiles] = useState<File[]>([]);
  const [receivers, setReceivers] = useState<Correspondent[]>([]);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const key = useRef(newKey());
  const put = (name: keyof typeof v) => (e: { currentTarget: { value: string } }) => { const value = e.currentTarget.value; setV((old) => ({ ...old, [name]: value })); };
  const out = direction === 'out';
  const save = async () => {
    setBusy(true);
    setError(null);
    try {
      const some = (o: Record<string, string>) => Object.fromEntries(Object.entries(o).filter(([, x]) => x.trim() !== ''));
      const common = { agency, subject: v.subject, priority: Number(v.priority), ...some({ due: v.due, kind: v.kind }), ...(files.length ? { files: await Promise.all(files.map(upload)) } : {}) };
      const made = out
        ? await make('outgoing', { ...common, notation: v.notation, receivers: receivers.map((r) => ({ organ_id: r.organ_id, name: r.name })), ...some({ place: v.place }), ...(v.business !== '0' ? { business: Number(v.business), of: [v.of.trim()], reason: v.reason } : {}) }, key.current)
        : await make('incoming', { ...common, channel: v.channel, from_name: v.from_name, promulgated: v.promulgated, ...some({ number: v.number, notation: v.notation }) }, key.current);
      onDone(made.key);
    } catch (e) {
      key.current = newKey();
      setError(e);
      setBusy(false);
    }
  };
  return (
    <form className="card stack" aria-label={out ? w.newOut : w.newIn} onSubmit={(e) => { e.preventDefault(); void save(); }}>
      <h2>{out ? w.newOut : w.newIn}</h2>
      {!out && <NativeSelect label={w.channelHow} value={v.channel} onChange={put('channel')} data={[{ value: 'paper', label: w.channels['paper']! }, { value: 'mail', label: w.channels['mail']! }]} />}
      {!out && <TextInput label={w.issuer} required autoFocus value={v.from_name} onChange={put('from_name')} />}
      {!out && <TextInput label={w.no} value={v.number} onChange={put('number')} />}
      <TextInput label={w.notation} required={out} autoFocus={out} {...(out ? { description: w.notationHint } : {})} value={v.notation} onChange={put('notation')} />
      {!out && <TextInput label={w.promulgated} type="date" required value={v.promulgated} onChange={put('promulgated')} />}
      <Textarea label={w.subject} required value={v.subject} onChange={put('subject')} />
      <NativeSelect label={w.kind} value={v.kind} onChange={put('kind')} data={(codes.data?.kinds ?? []).map((k) => ({ value: k.id, label: k.vi }))} />
      <NativeSelect label={w.priority} value={v.priority} onChange={put('priority')} data={(codes.data?.priorities ?? []).map((p) => ({ value: String(p.code), label: english ? p.en : p.vi }))} />
      <TextInput label={`${w.due} ${w.optional}`} type="date" value={v.due} onChange={put('due')} />
      {out && <TextInput label={`${w.place} ${w.optional}`} value={v.place} onChange={put('place')} />}
      {out && <Receivers chosen={receivers} onChange={setReceivers} />}
      {out && <NativeSelect label={w.business} value={v.business} onChange={put('business')} data={w.businesses.map((label, i) => ({ value: String(i), label }))} />}
      {out && v.business !== '0' && <TextInput label={w.of} required value={v.of} onChange={put('of')} />}
      {out && v.business !== '0' && <TextInput label={w.reason} required value={v.reason} onChange={put('reason')} />}
      <FileInput label={w.attach} multiple clearable clearButtonProps={{ 'aria-label': w.clearFiles }} value={files} onChange={setFiles} placeholder={w.choose} />
      {error !== null && <ProblemNotice error={error} focus />}
      <div className="row"><Button type="submit" disabled={busy}>{busy ? w.saving : out ? w.saveOut : w.saveIn}</Button><Button variant="default" onClick={onCancel}>{w.cancel}</Button></div>
    </form>
  );
}

function Receivers({ chosen, onChange }: { chosen: Correspondent[]; onChange: (all: Correspondent[]) => void }) {
  const w = useWords();
  const [words, setWords] = useState('');
  const found = useCorrespondents(words);
  const open = (found.data?.items ?? []).filter((c) => !chosen.some((x) => x.organ_id === c.organ_id)).slice(0, 8);
  return (
    <fieldset className="stack">
      <legend>{w.receivers}</legend>
      {chosen.length > 0 && <ul>{chosen.map((c) => <li key={c.organ_id}><span lang="vi">{c.name}</span> <span className="mono quiet">{c.organ_id}</span> <Button size="compact-sm" variant="default" aria-label={w.remove(c.name)} onClick={() => onChange(chosen.filter((x) => x !== c))}>×</Button></li>)}</ul>}
      <TextInput label={w.addReceiver} description={w.receiverHint} type="search" value={words} onChange={(e) => setWords(e.currentTarget.value)} />
      {words.trim() !== '' && <div className="row">{open.map((c) => <Button key={c.organ_id} variant="default" onClick={() => { onChange([...chosen, c]); setWords(''); }}><span lang="vi">{c.name}</span>&nbsp;<span className="mono">{c.organ_id}</span></Button>)}</div>}
    </fieldset>
  );
}
