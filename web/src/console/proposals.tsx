// Sheets that wait for a second person: what they change, publish with its date, or turn down with a reason.
import { Button, Modal, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { newKey } from '../api/client';
import { api, useAccount } from '../api/session';
import type { ProcedureCheck, ProcedureProposal } from '../api/types';
import { useLanguage, useT } from '../i18n';
import { Empty, Load, ProblemNotice } from '../kit/kit';
import { dateTime } from '../lib/format';
import { ProcedureChanges } from './changes';
import { useWords } from './words';

const useAgain = () => {
  const client = useQueryClient();
  return () => { for (const key of ['proposals', 'procedures', 'procedure', 'releases', 'sheet']) void client.invalidateQueries({ queryKey: [key] }); };
};

export function Proposals() {
  const t = useT();
  const proposals = useQuery({ queryKey: ['proposals'], queryFn: async ({ signal }) => (await api.get<{ items: ProcedureProposal[] }>('/api/v1/procedures/proposals', signal)).items });
  return (
    <>
      <h1>{t.admin.proposals}</h1>
      <div style={{ marginTop: 16 }}>
        <Load of={proposals}>{(list) => (list.length === 0 ? <div className="card"><Empty title={t.admin.noProposals} /></div> : <div className="stack">{list.map((p) => <One key={p.id} proposal={p} />)}</div>)}</Load>
      </div>
      <New />
    </>
  );
}

function One({ proposal: p }: { proposal: ProcedureProposal }) {
  const t = useT();
  const w = useWords();
  const { language } = useLanguage();
  const account = useAccount();
  const again = useAgain();
  const [asking, setAsking] = useState<'publish' | 'withdraw' | null>(null);
  const [reason, setReason] = useState('');
  const own = p.proposed_by.endsWith(account.account);
  // Judged anew while it is looked at: the organisation or the catalogue may have changed since.
  const check = useQuery({ queryKey: ['proposal-check', p.id], queryFn: async ({ signal }) => (await api.send<ProcedureCheck>({ path: '/api/v1/procedures/check', method: 'POST', body: { text: p.text }, signal })).data, staleTime: 60_000 });
  const publish = useMutation({ mutationFn: () => api.send({ path: `/api/v1/procedures/proposals/${p.id}/publish`, method: 'POST' }), onSuccess: () => { notifications.show({ message: w.proposals.published, withCloseButton: false }); again(); }, onSettled: () => setAsking(null) });
  const withdraw = useMutation({ mutationFn: () => api.send({ path: `/api/v1/procedures/proposals/${p.id}/withdraw`, method: 'POST', body: { reason: reason.trim() } }), onSuccess: () => { notifications.show({ message: w.proposals.withdrawn, withCloseButton: false }); setAsking(null); again(); } });
  return (
    <section className="card" data-proposal={p.id}>
      <h2>{p.name} <span className="mono quiet">{p.procedure}</span></h2>
      <p className="quiet">{t.admin.proposedAt} {dateTime(p.proposed_at)} · {t.admin.validFrom} {dateTime(p.valid_from)} · <span className="mono">{p.id}</span></p>
      {publish.error && <ProblemNotice error={publish.error} focus />}
      <Load of={check} lines={3}>
        {(c) => (
          <>
            <h3>{w.proposals.differs}</h3>
            {c.difference ? <ProcedureChanges changes={c.difference.changes} /> : <p className="quiet">{w.sheet.same}</p>}
            {!c.publishable && <div className="notice bad"><strong>{t.admin.notPublishable}</strong><ul>{c.errors.map((e, i) => <li key={i}>{e[language]}</li>)}{c.findings.filter((f) => f.severity === 'error').map((f, i) => <li key={`f${i}`}>{f[language]}</li>)}</ul></div>}
          </>
        )}
      </Load>
      <details><summary className="quiet">{w.proposals.raw}</summary><pre className="sheet inset" tabIndex={0} style={{ maxHeight: 220 }}>{p.text}</pre></details>
      <div className="row" style={{ marginTop: 12 }}>
        <Button disabled={own || !check.data?.publishable} onClick={() => setAsking('publish')}>{w.proposals.publish}</Button>
        <Button variant="default" onClick={() => setAsking('withdraw')}>{w.proposals.withdraw}</Button>
        {own && <span className="quiet">{w.proposals.own}</span>}
      </div>
      <Modal opened={asking === 'publish'} onClose={() => setAsking(null)} title={w.proposals.publishTitle} closeButtonProps={{ 'aria-label': t.common.close }}>
        <div className="stack"><p style={{ margin: 0 }}>{w.proposals.publishText(p.name, dateTime(p.valid_from))}</p><div className="row"><Button data-autofocus loading={publish.isPending} onClick={() => publish.mutate()}>{w.proposals.publish}</Button><Button variant="default" onClick={() => setAsking(null)}>{w.pack.cancel}</Button></div></div>
      </Modal>
      <Modal opened={asking === 'withdraw'} onClose={() => setAsking(null)} title={w.proposals.withdrawTitle} closeButtonProps={{ 'aria-label': t.common.close }}>
        <form className="stack" onSubmit={(e) => { e.preventDefault(); withdraw.mutate(); }}>
          {withdraw.error && <ProblemNotice error={withdraw.error} focus />}
          <TextInput label={w.proposals.reason} value={reason} onChange={(e) => setReason(e.currentTarget.value)} data-autofocus />
          <div className="row"><Button type="submit" disabled={!reason.trim()} loading={withdraw.isPending}>{w.proposals.withdraw}</Button><Button variant="default" onClick={() => setAsking(null)}>{w.pack.cancel}</Button></div>
        </form>
      </Modal>
    </section>
  );
}

/** For who has a sheet as a file: a new procedure, or one written elsewhere. */
function New() {
  const t = useT();
  const { language } = useLanguage();
  const again = useAgain();
  const [text, setText] = useState('');
  const key = useRef(newKey());
  const check = useMutation({ mutationFn: async () => (await api.send<ProcedureCheck>({ path: '/api/v1/procedures/check', method: 'POST', body: { text } })).data });
  const propose = useMutation({ mutationFn: async () => (await api.send<ProcedureProposal>({ path: '/api/v1/procedures/proposals', method: 'POST', body: { text }, key: key.current })).data, onSuccess: () => { key.current = newKey(); setText(''); check.reset(); again(); } });
  return (
    <section className="section card">
      <h2>{t.admin.newProposal}</h2>
      <Textarea label={t.admin.sheet} description={t.admin.sheetHint} autosize minRows={6} maxRows={20} value={text} onChange={(e) => { setText(e.currentTarget.value); check.reset(); }} styles={{ input: { fontFamily: 'var(--hl-mono)', fontSize: 13 } }} spellCheck={false} />
      <div className="row" style={{ marginTop: 12 }}><Button variant="default" disabled={!text.trim()} loading={check.isPending} onClick={() => check.mutate()}>{t.admin.check}</Button><Button disabled={!check.data?.publishable} loading={propose.isPending} onClick={() => propose.mutate()}>{t.admin.propose}</Button></div>
      <div className="stack" style={{ marginTop: 12 }}>
        {(check.error ?? propose.error) && <ProblemNotice error={check.error ?? propose.error} />}
        {check.data && (
          <div className={`notice ${check.data.publishable ? 'good' : 'bad'}`} role="status">
            <strong>{check.data.publishable ? t.admin.publishable : t.admin.notPublishable}</strong>
            <ul>{check.data.errors.map((e, i) => <li key={i}>{e[language]} <span className="mono">{e.place}</span></li>)}{check.data.findings.map((f, i) => <li key={`f${i}`}>{t.admin.severities[f.severity]}: {f[language]}</li>)}</ul>
            {check.data.difference && <ProcedureChanges changes={check.data.difference.changes} />}
          </div>
        )}
      </div>
    </section>
  );
}
