// Who is believed: certification authorities and time-stamp services, added by their certificate and ended again.
import { Button, Checkbox, Modal, Select, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { ApiProblem } from '../../api/client';
import { api } from '../../api/session';
import { useT } from '../../i18n';
import { Empty, Load, ProblemNotice } from '../../kit/kit';
import { date } from '../../lib/format';
import { Ask } from '../parts';
import { exchangePath, useMay, useTrust, type TrustService } from './api';
import { Head, State, Table } from './parts';
import { useWords } from './words';
import { useMoreWords } from './words_more';

export const pemBlocks = (text: string) => text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
const linesOf = (text: string) => text.split('\n').map((x) => x.trim()).filter(Boolean);

export function Trust() {
  const t = useT();
  const { registry: w, common: c } = useWords();
  const m = useMoreWords().trust;
  const may = useMay();
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [asked, setAsked] = useState<TrustService | null>(null);
  const end = useMutation({
    mutationFn: (s: TrustService) => api.send({ path: exchangePath(`trust-services/${s.service}/ending`), method: 'POST' }),
    onSuccess: () => { setAsked(null); notifications.show({ message: m.ended, withCloseButton: false }); void client.invalidateQueries({ queryKey: ['exchange'] }); },
  });
  return (
    <>
      {may.registers && <div className="row" style={{ justifyContent: 'flex-end', marginBottom: 12 }}><Button variant="default" onClick={() => setAdding(true)}>{m.add}</Button></div>}
      <Load of={useTrust()}>
        {(rows) => (
          <Table rows={rows} label={w.tabs.trust} text={(s) => s.name} head={<><Head of={[c.name, w.type, c.from, c.state]} />{may.registers && <td />}</>} empty={<Empty title={w.noTrust}>{w.noTrustText}</Empty>}>
            {(s) => (
              <tr key={s.service}>
                <td>{s.name}<div className="exid quiet">{s.service.slice(0, 16)}…</div></td><td>{w[s.kind]}</td><td className="when">{date(s.from)}</td>
                <td>{s.ended ? <State tone="">{w.ended} {date(s.ended)}</State> : <State tone="good">{w.on}</State>}</td>
                {may.registers && <td className="num">{!s.ended && <Button size="xs" variant="default" aria-label={`${m.end}: ${s.name}`} onClick={() => { end.reset(); setAsked(s); }}>{m.end}</Button>}</td>}
              </tr>
            )}
          </Table>
        )}
      </Load>
      <Ask open={asked !== null} title={m.endTitle} act={m.end} danger busy={end.isPending} error={end.error} onAct={() => asked && end.mutate(asked)} onClose={() => setAsked(null)}><p style={{ margin: 0 }}>{m.endText}</p></Ask>
      <Modal opened={adding} onClose={() => setAdding(false)} title={m.add} closeButtonProps={{ 'aria-label': t.common.close }}><NewTrust done={() => setAdding(false)} /></Modal>
    </>
  );
}

function NewTrust({ done }: { done: () => void }) {
  const t = useT();
  const w = useMoreWords().trust;
  const client = useQueryClient();
  const [kind, setKind] = useState<TrustService['kind']>('authority');
  const [name, setName] = useState('');
  const [certificate, setCertificate] = useState('');
  const [intermediates, setIntermediates] = useState('');
  const [ocsp, setOcsp] = useState('');
  const [url, setUrl] = useState('');
  const [signing, setSigning] = useState(true);
  const [authentication, setAuthentication] = useState(true);
  const [judged, setJudged] = useState(false);
  const authority = kind === 'authority';
  const own = pemBlocks(certificate);
  const between = pemBlocks(intermediates);
  const add = useMutation({
    mutationFn: () => api.send({
      path: exchangePath('trust-services'), method: 'POST',
      body: { kind, name: name.trim(), certificate: own[0], ...(authority ? { signing, authentication, ...(between.length > 0 ? { intermediates: between } : {}), ...(linesOf(ocsp).length > 0 ? { ocsp_urls: linesOf(ocsp) } : {}) } : url.trim() ? { url: url.trim() } : {}) },
    }),
    onSuccess: () => { notifications.show({ message: w.added, withCloseButton: false }); void client.invalidateQueries({ queryKey: ['exchange'] }); done(); },
  });
  const wrong = {
    name: name.trim() ? undefined : t.common.required, certificate: own.length === 1 ? undefined : w.notPem,
    intermediates: authority && intermediates.trim() && between.length === 0 ? w.notPem : undefined, uses: !authority || signing || authentication ? undefined : w.needUse,
  };
  const at = (field: keyof typeof wrong | 'ocsp_urls' | 'url') => (judged && field in wrong ? wrong[field as keyof typeof wrong] : undefined) ?? (add.error instanceof ApiProblem ? add.error.at(`/${field}`) : undefined);
  const submit = (e: FormEvent) => { e.preventDefault(); setJudged(true); if (!Object.values(wrong).some(Boolean)) add.mutate(); };
  return (
    <form className="stack" noValidate onSubmit={submit}>
      {add.error && <ProblemNotice error={add.error} focus />}
      <p className="quiet" style={{ margin: 0 }}>{w.lead}</p>
      <Select label={w.kind} data={[{ value: 'authority', label: w.authority }, { value: 'time_stamper', label: w.time_stamper }]} value={kind} onChange={(v) => setKind((v as TrustService['kind']) ?? 'authority')} allowDeselect={false} />
      <TextInput label={w.name} value={name} onChange={(e) => setName(e.currentTarget.value)} error={at('name')} maxLength={300} data-autofocus />
      <Textarea label={w.certificate} description={w.certificateHint} autosize minRows={3} maxRows={8} value={certificate} onChange={(e) => setCertificate(e.currentTarget.value)} error={at('certificate')} spellCheck={false} />
      {authority ? (
        <>
          <fieldset style={{ border: 0, padding: 0, margin: 0 }}><legend>{w.uses}</legend><Checkbox mt={6} label={w.signing} checked={signing} onChange={(e) => setSigning(e.currentTarget.checked)} /><Checkbox mt={6} label={w.authentication} checked={authentication} onChange={(e) => setAuthentication(e.currentTarget.checked)} error={at('uses')} /></fieldset>
          <Textarea label={`${w.intermediates} (${t.common.optional})`} autosize minRows={2} maxRows={8} value={intermediates} onChange={(e) => setIntermediates(e.currentTarget.value)} error={at('intermediates')} spellCheck={false} />
          <Textarea label={`${w.ocsp} (${t.common.optional})`} autosize minRows={2} value={ocsp} onChange={(e) => setOcsp(e.currentTarget.value)} error={at('ocsp_urls')} spellCheck={false} />
        </>
      ) : <TextInput label={`${w.url} (${t.common.optional})`} type="url" value={url} onChange={(e) => setUrl(e.currentTarget.value)} error={at('url')} maxLength={500} />}
      <Button type="submit" loading={add.isPending}>{w.add}</Button>
    </form>
  );
}
