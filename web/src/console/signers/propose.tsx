// A binding proposed: of a certificate that was seen on a document, or of one that is pasted.
import { Button, Modal, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import { newKey } from '../../api/client';
import { useT } from '../../i18n';
import { ProblemNotice } from '../../kit/kit';
import { addDays } from '../../lib/format';
import { localDate } from '../../lib/working_time';
import { useSignerCommand, type Unbound } from './api';
import { useSignerWords } from './words';

export function Propose({ seen, onClose }: { seen: Unbound['items'][number] | null; onClose: () => void }) {
  const t = useT();
  const w = useSignerWords();
  const [v, setV] = useState({ organ: seen?.organ ?? '', rule: 'certificate', certificate: '', subject: '', from: localDate(Date.parse(seen?.last_at ?? '') || Date.now()), to: '', source: '' });
  const key = useRef(newKey());
  const put = (name: keyof typeof v) => (e: { currentTarget: { value: string } }) => { const value = e.currentTarget.value; key.current = newKey(); setV((old) => ({ ...old, [name]: value })); };
  const command = useSignerCommand(() => w.proposed);
  const body = { organ: v.organ.trim(), rule: v.rule, from: v.from, source: v.source.trim(), ...(v.to ? { to: addDays(v.to, 1) } : {}), ...(seen ? { sha256: seen.sha256 } : { certificate: v.certificate }), ...(v.rule === 'subject' && v.subject.trim() ? { subject: v.subject.trim() } : {}) };
  return (
    <Modal opened onClose={onClose} title={w.add} size="lg" closeButtonProps={{ 'aria-label': t.common.close }}>
      <form className="stack" onSubmit={(e) => { e.preventDefault(); command.mutate({ path: 'signers', body, key: key.current }, { onSuccess: onClose }); }}>
        {command.error && <ProblemNotice error={command.error} focus />}
        {seen ? <p style={{ margin: 0 }} lang="vi">{seen.subject}<span className="quiet exid" style={{ display: 'block' }}>{seen.sha256}</span></p>
          : <Textarea label={w.certificate} description={w.certificateHint} required value={v.certificate} onChange={put('certificate')} minRows={4} maxRows={8} autosize spellCheck={false} styles={{ input: { fontFamily: 'var(--hl-mono)', fontSize: 12 } }} />}
        <TextInput label={w.organ} description={w.organHint} required value={v.organ} onChange={put('organ')} autoCapitalize="characters" spellCheck={false} data-autofocus />
        <NativeSelect label={w.rule} description={w.ruleHint} value={v.rule} onChange={put('rule')} data={Object.entries(w.rules).map(([value, label]) => ({ value, label }))} />
        {v.rule === 'subject' && <TextInput label={`${w.subject} ${w.optional}`} description={w.subjectHint} value={v.subject} onChange={put('subject')} />}
        <TextInput label={w.from} type="date" required value={v.from} onChange={put('from')} />
        <TextInput label={`${w.to} ${w.optional}`} type="date" value={v.to} onChange={put('to')} />
        <TextInput label={w.source} description={w.sourceHint} required value={v.source} onChange={put('source')} maxLength={500} />
        <div className="row" style={{ justifyContent: 'flex-end' }}><Button variant="default" onClick={onClose}>{t.common.cancel}</Button><Button type="submit" loading={command.isPending}>{w.propose}</Button></div>
      </form>
    </Modal>
  );
}
