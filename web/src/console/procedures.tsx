import { Button, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { newKey } from '../api/client';
import { useCatalogue, useProcedure } from '../api/queries';
import { api, useAccount } from '../api/session';
import type { ProcedureCheck, ProcedureProposal, ProcedureRelease } from '../api/types';
import { useLanguage, useT } from '../i18n';
import { Empty, Fact, Load, ProblemNotice } from '../kit/kit';
import { search } from '../lib/fold';
import { dateTime, money } from '../lib/format';
import { timeWords } from '../lib/words';

export function Procedures({ at }: { at?: string }) {
  const t = useT();
  const catalogue = useCatalogue();
  const [filter, setFilter] = useState('');
  if (at) return <Whole code={at} />;
  return (
    <>
      <h1>{t.admin.procedures}</h1>
      <TextInput my={16} maw={420} label={t.admin.filterProcedures} value={filter} onChange={(e) => setFilter(e.currentTarget.value)} />
      <Load of={catalogue} lines={10}>
        {(all) => {
          const found = search(all, filter, (p) => `${p.code} ${p.name}`);
          return found.length === 0 ? <Empty title={t.common.nothing} /> : (
            <div className="tablebox inset" tabIndex={0} role="region" aria-label={t.admin.procedures}>
              <table className="plain">
                <thead><tr><th scope="col">{t.queue.code}</th><th scope="col">{t.queue.procedure}</th><th scope="col">{t.admin.sector}</th><th scope="col">{t.admin.level}</th><th scope="col">{t.admin.times}</th></tr></thead>
                <tbody>{found.map((p) => <tr key={p.code}><td className="mono">{p.code}</td><td><Link to="/console" search={{ section: 'procedures', at: p.code }}>{p.name}</Link></td><td>{p.sector.name}</td><td>{t.reception.level[p.level]}</td><td style={{ whiteSpace: 'nowrap' }}>{timeWords(t, p.channels[0]?.time)}</td></tr>)}</tbody>
              </table>
            </div>
          );
        }}
      </Load>
    </>
  );
}

function Whole({ code }: { code: string }) {
  const t = useT();
  const procedure = useProcedure(code);
  const releases = useQuery({ queryKey: ['releases', code], queryFn: async ({ signal }) => (await api.get<{ items: ProcedureRelease[] }>(`/api/v1/procedures/${code}/releases`, signal)).items });
  return (
    <>
      <p style={{ marginTop: 0 }}><Link to="/console" search={{ section: 'procedures' }}>← {t.admin.procedures}</Link></p>
      <Load of={procedure} lines={10}>
        {(p) => (
          <>
            <h1>{p.card.name}</h1>
            <p className="lead"><span className="mono">{p.card.code}</span> · {p.card.sector.name} · {t.reception.level[p.card.level]}</p>
            <section className="card">
              <h2>{t.admin.flow}</h2>
              <div className="flow inset" tabIndex={0} role="region" aria-label={t.admin.flow}><img src={`/api/v1/procedures/${code}/flow.svg`} alt={t.dossier.flowAlt(p.card.name)} /></div>
            </section>
            <div className="split" style={{ marginTop: 14 }}>
              <section className="card"><h2>{t.admin.times}</h2><dl className="facts">{p.card.channels.map((c) => <Fact key={c.channel} name={t.channels[c.channel]}>{timeWords(t, c.time)}</Fact>)}</dl>
                <h2 style={{ marginTop: 16 }}>{t.admin.fees}</h2>{p.card.fees === null ? <p className="quiet">{t.reception.feeUnknown}</p> : p.card.fees.length === 0 ? <p className="quiet">{t.reception.free}</p> : p.card.fees.map((f) => <div key={f.id}>{f.name}: {f.amount === null ? <span className="quiet">{t.reception.feeUnknown}</span> : money(f.amount)}</div>)}
                {p.card.unverified.length > 0 && <><h2 style={{ marginTop: 16 }}>{t.admin.unverifiedFacts}</h2><p className="mono" style={{ whiteSpace: 'normal', margin: 0 }}>{p.card.unverified.join(', ')}</p></>}
              </section>
              <section className="card"><h2>{t.dossier.components}</h2><ul style={{ margin: 0, paddingLeft: 20 }}>{p.card.components.map((c) => <li key={c.id}>{c.name}</li>)}</ul><h2 style={{ marginTop: 16 }}>{t.admin.legal}</h2><ul style={{ margin: 0, paddingLeft: 20 }}>{p.card.basis.map((b, i) => <li key={i}>{b.act}{b.article ? `, ${b.article}` : ''}</li>)}</ul></section>
            </div>
            <section className="section"><h2>{t.admin.releases}</h2>
              <Load of={releases}>{(list) => <div className="tablebox inset" tabIndex={0} role="region" aria-label={t.admin.releases}><table className="plain"><thead><tr><th scope="col" className="num">{t.admin.number}</th><th scope="col">{t.admin.validFrom}</th><th scope="col">{t.admin.validTo}</th><th scope="col">{t.admin.publishedBy}</th></tr></thead><tbody>{list.map((r) => <tr key={r.release}><td className="num">{r.number}</td><td>{dateTime(r.valid_from)}</td><td>{dateTime(r.valid_to) || '–'}</td><td className="mono">{r.published_by}</td></tr>)}</tbody></table></div>}</Load>
            </section>
          </>
        )}
      </Load>
    </>
  );
}

export function Proposals() {
  const t = useT();
  const { language } = useLanguage();
  const account = useAccount();
  const client = useQueryClient();
  const [text, setText] = useState('');
  const key = useRef(newKey());
  const proposals = useQuery({ queryKey: ['proposals'], queryFn: async ({ signal }) => (await api.get<{ items: ProcedureProposal[] }>('/api/v1/procedures/proposals', signal)).items });
  const check = useMutation({ mutationFn: async () => (await api.send<ProcedureCheck>({ path: '/api/v1/procedures/check', method: 'POST', body: { text } })).data });
  const again = () => void client.invalidateQueries({ queryKey: ['proposals'] });
  const propose = useMutation({ mutationFn: async () => (await api.send<ProcedureProposal>({ path: '/api/v1/procedures/proposals', method: 'POST', body: { text }, key: key.current })).data, onSuccess: () => { key.current = newKey(); setText(''); check.reset(); again(); } });
  const publish = useMutation({ mutationFn: (id: string) => api.send({ path: `/api/v1/procedures/proposals/${id}/publish`, method: 'POST' }), onSuccess: () => { notifications.show({ message: t.admin.publish, withCloseButton: false }); again(); void client.invalidateQueries({ queryKey: ['procedures'] }); } });
  return (
    <>
      <h1>{t.admin.proposals}</h1>
      <div style={{ marginTop: 16 }}>{publish.error && <ProblemNotice error={publish.error} focus />}
        <Load of={proposals}>{(list) => list.length === 0 ? <div className="card"><Empty title={t.admin.noProposals} /></div> : <div className="stack">{list.map((p) => <section className="card" key={p.id}><h2>{p.name} <span className="mono quiet">{p.procedure}</span></h2><p className="quiet">{t.admin.proposedBy}: {p.proposed_by} · {dateTime(p.proposed_at)} · {t.admin.validFrom} {dateTime(p.valid_from)}</p><pre className="sheet inset" tabIndex={0} style={{ maxHeight: 220 }}>{p.text}</pre><Button mt={12} disabled={p.proposed_by.endsWith(account.account)} loading={publish.isPending && publish.variables === p.id} onClick={() => publish.mutate(p.id)}>{t.admin.publish}</Button>{p.proposed_by.endsWith(account.account) && <span className="quiet" style={{ marginLeft: 10 }}>{t.admin.noSecond}</span>}</section>)}</div>}</Load>
      </div>
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
              {check.data.changes.length > 0 && <><strong style={{ marginTop: 8 }}>{t.admin.changes}</strong><ul>{check.data.changes.map((c, i) => <li key={i}>{c}</li>)}</ul></>}
            </div>
          )}
        </div>
      </section>
    </>
  );
}
