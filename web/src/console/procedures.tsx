import { TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useCatalogue, useProcedure } from '../api/queries';
import { api } from '../api/session';
import type { ProcedureRelease } from '../api/types';
import { useT } from '../i18n';
import { Empty, Fact, Load } from '../kit/kit';
import { search } from '../lib/fold';
import { dateTime, money } from '../lib/format';
import { timeWords } from '../lib/words';
import { Editor } from './editor';
import type { Sheet } from './sheet';
import { TrialPanel } from './trial';
import { useWords } from './words';

/** `at` is a procedure's code; "code/edit" is its editor. */
export function Procedures({ at, mayEdit }: { at?: string; mayEdit: boolean }) {
  const t = useT();
  const catalogue = useCatalogue();
  const [filter, setFilter] = useState('');
  const [code, what] = (at ?? '').split('/');
  if (code && what === 'edit' && mayEdit) return <Editor key={code} code={code} />;
  if (code) return <Whole code={code} mayEdit={mayEdit} />;
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

function Whole({ code, mayEdit }: { code: string; mayEdit: boolean }) {
  const t = useT();
  const w = useWords();
  const procedure = useProcedure(code);
  const releases = useQuery({ queryKey: ['releases', code], queryFn: async ({ signal }) => (await api.get<{ items: ProcedureRelease[] }>(`/api/v1/procedures/${code}/releases`, signal)).items });
  return (
    <>
      <p style={{ marginTop: 0 }}><Link to="/console" search={{ section: 'procedures' }}>← {t.admin.procedures}</Link></p>
      <Load of={procedure} lines={10}>
        {(p) => (
          <>
            <div className="row spread"><h1>{p.card.name}</h1>{mayEdit && <Link className="buttonlink" to="/console" search={{ section: 'procedures', at: `${code}/edit` }}>{w.sheet.edit}</Link>}</div>
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
            {mayEdit && <section className="section card"><TrialPanel procedure={code} sheet={{ form: p.form.fields as unknown as Sheet[] }} /></section>}
            <section className="section"><h2>{t.admin.releases}</h2>
              <Load of={releases}>{(list) => <div className="tablebox inset" tabIndex={0} role="region" aria-label={t.admin.releases}><table className="plain"><thead><tr><th scope="col" className="num">{t.admin.number}</th><th scope="col">{t.admin.validFrom}</th><th scope="col">{t.admin.validTo}</th><th scope="col">{t.admin.publishedBy}</th></tr></thead><tbody>{list.map((r) => <tr key={r.release}><td className="num">{r.number}</td><td>{dateTime(r.valid_from)}</td><td>{dateTime(r.valid_to) || '–'}</td><td className="mono">{r.published_by}</td></tr>)}</tbody></table></div>}</Load>
            </section>
          </>
        )}
      </Load>
    </>
  );
}
