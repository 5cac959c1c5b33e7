// A request for a subsystem or a service. What the server finds wrong stands at its field; what was typed stays.
import { Button, FileButton, Select, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState, type FormEvent } from 'react';
import { ApiProblem, newKey } from '../../api/client';
import { api } from '../../api/session';
import { useT } from '../../i18n';
import { ProblemNotice } from '../../kit/kit';
import { exchangePath, shown, useMembers, useSubsystems } from './api';
import { readEndpoints } from './logic';
import { RightForm } from './right_form';
import { useWorkWords } from './words_work';

type Kind = 'subsystem' | 'service' | 'right';

export function RequestForm({ done }: { done: () => void }) {
  const w = useWorkWords().requests;
  const [kind, setKind] = useState<Kind>('service');
  return (
    <div className="stack">
      <Select label={w.form.kind} data={(['service', 'subsystem', 'right'] as const).map((k) => ({ value: k, label: w.kinds[k] }))} value={kind} onChange={(v) => setKind((v ?? 'service') as Kind)} allowDeselect={false} data-autofocus />
      {kind === 'right' ? <RightForm done={done} /> : <Form key={kind} kind={kind} done={done} />}
    </div>
  );
}

/** Sends a request; the same intent has the same key through every retry. */
export function useMake(done: () => void) {
  const w = useWorkWords().requests;
  const client = useQueryClient();
  const key = useRef(newKey());
  return useMutation({
    mutationFn: (request: { kind: Kind; note?: string; body: unknown }) => api.send({ path: exchangePath('requests'), method: 'POST', body: request, key: key.current }),
    onError: (e) => { if (e instanceof ApiProblem && e.status > 0 && e.status < 500) key.current = newKey(); },
    onSuccess: () => { notifications.show({ message: w.sent, withCloseButton: false }); void client.invalidateQueries({ queryKey: ['exchange'] }); done(); },
  });
}
export const faultAt = (error: unknown, field: string) => (error instanceof ApiProblem ? error.at(`/body/${field}`) : undefined);

function Form({ kind, done }: { kind: 'subsystem' | 'service'; done: () => void }) {
  const t = useT();
  const w = useWorkWords().requests;
  const f = w.form;
  const members = useMembers();
  const subsystems = useSubsystems();
  const make = useMake(done);
  const [v, setV] = useState({ owner: null as string | null, type: 'OPENAPI3', code: '', name: '', description: '', contact: '', document: '', endpoints: '', note: '' });
  const [judged, setJudged] = useState(false);
  const set = (patch: Partial<typeof v>) => setV({ ...v, ...patch });
  const service = kind === 'service';
  const soap = service && v.type === 'SOAP';
  const described = service && v.type !== 'REST';
  const endpoints = readEndpoints(v.endpoints);
  const need = (text: string | null) => (text?.trim() ? undefined : t.common.required);
  const wrong = {
    owner: need(v.owner), code: soap ? undefined : need(v.code), name: service ? undefined : need(v.name), document: described ? need(v.document) : undefined,
    endpoints: service && !described && endpoints.wrong ? f.badEndpoint(endpoints.wrong) : undefined,
  };
  const at = (field: keyof typeof wrong, server: string) => (judged ? wrong[field] : undefined) ?? faultAt(make.error, server);
  const optional = (name: string, text: string) => (text.trim() ? { [name]: text.trim() } : {});
  const submit = (e: FormEvent) => {
    e.preventDefault();
    setJudged(true);
    if (Object.values(wrong).some(Boolean)) return;
    const common = { ...optional('description', v.description) };
    const body = service
      ? { provider: v.owner, type: v.type, ...common, ...(soap ? {} : { code: v.code.trim() }), ...optional('title', v.name), ...(described ? { document: v.document } : endpoints.list.length ? { endpoints: endpoints.list } : {}) }
      : { member: v.owner, code: v.code.trim(), name: v.name.trim(), ...common, ...optional('contact', v.contact) };
    make.mutate({ kind, body, ...optional('note', v.note) });
  };
  const owners = service ? (subsystems.data ?? []).map((s) => ({ value: s.subsystem, label: `${s.name} (${shown(s.subsystem)})` })) : (members.data ?? []).map((m) => ({ value: m.member, label: `${m.name} (${shown(m.member)})` }));
  return (
    <form className="stack" noValidate onSubmit={submit}>
      {make.error && <ProblemNotice error={make.error} focus />}
      <Select label={service ? f.provider : f.member} data={owners} value={v.owner} onChange={(owner) => set({ owner })} searchable openOnFocus={false} nothingFoundMessage={t.common.nothing} allowDeselect={false} error={at('owner', service ? 'provider' : 'member')} />
      {service && <Select label={f.type} data={(['OPENAPI3', 'REST', 'SOAP'] as const).map((x) => ({ value: x, label: f.types[x] }))} value={v.type} onChange={(x) => set({ type: x ?? 'OPENAPI3' })} allowDeselect={false} />}
      {!soap && <TextInput label={service ? f.serviceCode : f.code} description={service ? f.serviceHint : f.codeHint} value={v.code} onChange={(e) => set({ code: e.currentTarget.value })} error={at('code', 'code')} autoCapitalize="none" spellCheck={false} maxLength={100} />}
      <TextInput label={service ? `${f.title} (${t.common.optional})` : f.name} value={v.name} onChange={(e) => set({ name: e.currentTarget.value })} error={at('name', service ? 'title' : 'name')} maxLength={300} />
      {described && (
        <>
          <Textarea label={f.document} description={f.documentHint} minRows={5} maxRows={12} autosize value={v.document} onChange={(e) => set({ document: e.currentTarget.value })} error={at('document', 'document')} spellCheck={false} styles={{ input: { fontFamily: 'var(--hl-mono)', fontSize: 13 } }} />
          <FileButton onChange={(file) => void file?.text().then((document) => set({ document }))} accept=".json,.yaml,.yml,.wsdl,.xml">{(props) => <Button {...props} variant="default" size="xs">{f.file}</Button>}</FileButton>
        </>
      )}
      {service && !described && <Textarea label={f.endpoints} description={f.endpointsHint} minRows={2} autosize value={v.endpoints} onChange={(e) => set({ endpoints: e.currentTarget.value })} error={at('endpoints', 'endpoints')} spellCheck={false} />}
      <Textarea label={`${f.description} (${t.common.optional})`} minRows={2} autosize value={v.description} onChange={(e) => set({ description: e.currentTarget.value })} error={faultAt(make.error, 'description')} />
      {!service && <TextInput label={`${f.contact} (${t.common.optional})`} value={v.contact} onChange={(e) => set({ contact: e.currentTarget.value })} error={faultAt(make.error, 'contact')} />}
      <TextInput label={`${f.note} (${t.common.optional})`} value={v.note} onChange={(e) => set({ note: e.currentTarget.value })} maxLength={1000} />
      <Button type="submit" loading={make.isPending}>{f.send}</Button>
    </form>
  );
}
