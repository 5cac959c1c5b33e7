// Agencies: the list, and one with its departments, positions and the line of succession it stands in.
import { TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useAgencies, useAgency } from '../api/queries';
import { api } from '../api/session';
import type { Agency, Lineage } from '../api/types';
import { useT } from '../i18n';
import { Empty, Fact, Load } from '../kit/kit';
import { search } from '../lib/fold';
import { addDays, date } from '../lib/format';
import { useWords } from './words';

const text = (o: object, key: string): string => { const v = (o as Record<string, unknown>)[key]; return typeof v === 'string' ? v : ''; };

export function Agencies({ at }: { at?: string }) {
  const t = useT();
  const w = useWords().lineage;
  const agencies = useAgencies();
  const [filter, setFilter] = useState('');
  return (
    <>
      <h1>{t.admin.agencies}</h1>
      <div className={at ? 'split' : ''} style={{ marginTop: 16 }}>
        <div className="listpane">
          <TextInput mb={16} maw={420} label={t.admin.filterAgencies} value={filter} onChange={(e) => setFilter(e.currentTarget.value)} />
          <Load of={agencies} lines={10}>
            {(all) => {
              const found = search(all, filter, (a) => `${a.name} ${a.code}`);
              return found.length === 0 ? <Empty title={t.common.nothing} /> : (
                <div className="tablebox inset" tabIndex={0} role="region" aria-label={t.admin.agencies} style={{ maxHeight: '72vh', overflow: 'auto' }}>
                  <table className="plain">
                    <thead><tr><th scope="col">{t.queue.agencyLabel}</th><th scope="col">{t.admin.code}</th>{!at && <th scope="col">{t.admin.parent}</th>}</tr></thead>
                    <tbody>{found.map((a) => <tr key={a.id}><td><Link to="/console" search={{ section: 'agencies', at: a.id }}>{a.name}</Link></td><td className="mono">{a.code}{!a.code_verified && !at && <span className="quiet"> · {t.admin.unverified}</span>}</td>{!at && <td>{all.find((x) => x.id === a.parent)?.name ?? '–'}</td>}</tr>)}</tbody>
                  </table>
                </div>
              );
            }}
          </Load>
        </div>
        {at && <div><Link className="onlynarrow" to="/console" search={{ section: 'agencies' }}>← {w.all}</Link><Whole id={at} all={agencies.data ?? []} /></div>}
      </div>
    </>
  );
}

function Whole({ id, all }: { id: string; all: Agency[] }) {
  const t = useT();
  const w = useWords().lineage;
  const agency = useAgency(id);
  const name = (other: string) => all.find((a) => a.id === other)?.name ?? other;
  return (
    <Load of={agency}>
      {(a) => (
        <section className="card">
          <h2>{a.name}</h2>
          <dl className="facts"><Fact name={t.admin.code}><span className="mono">{a.code}</span></Fact><Fact name={t.admin.oldCode}><span className="mono">{a.old_code || '–'}</span></Fact><Fact name={t.admin.parent}>{a.parent ? name(a.parent) : '–'}</Fact><Fact name={t.admin.since}>{date(a.from) || '–'}</Fact>{a.to && <Fact name={w.until}>{date(addDays(a.to, -1))}{!a.live && <div><span className="state">{w.ended}</span></div>}</Fact>}<Fact name={t.admin.basis}>{a.basis || '–'}</Fact></dl>
          {a.departments.length > 0 && <><h2 style={{ marginTop: 18 }}>{t.admin.departments}</h2><ul style={{ margin: 0, paddingLeft: 20 }}>{a.departments.map((d) => <li key={text(d, 'id')}>{text(d, 'name')}</li>)}</ul></>}
          {a.positions.length > 0 && <><h2 style={{ marginTop: 18 }}>{t.admin.positions}</h2><ul style={{ margin: 0, paddingLeft: 20 }}>{a.positions.map((p) => <li key={text(p, 'id')}>{text(p, 'title')}</li>)}</ul></>}
          <Succession id={id} />
        </section>
      )}
    </Load>
  );
}

/** Who became whom, when and by which instrument, in order of time: as the agency's own story. */
function Succession({ id }: { id: string }) {
  const t = useT();
  const w = useWords().lineage;
  const steps = useQuery({ queryKey: ['succession', id], queryFn: async ({ signal }) => (await api.get<{ items: Lineage[] }>(`/api/v1/agencies/${encodeURIComponent(id)}/succession`, signal)).items });
  const named = (agency: string, name: string | null) => (agency === id ? <strong>{name ?? w.this}</strong> : <Link to="/console" search={{ section: 'agencies', at: agency }}>{name ?? agency}</Link>);
  return (
    <>
      <h2 style={{ marginTop: 18 }}>{w.title}</h2>
      <Load of={steps} lines={2}>
        {(all) => all.length === 0 ? <p className="quiet" style={{ margin: 0 }}>{w.none}</p> : (
          <ol className="lineage">
            {[...new Set(all.map((s) => s.date))].map((day) => (
              <li key={day}>
                <time dateTime={day}>{date(day)}</time>
                <ul>
                  {all.filter((s) => s.date === day).map((s, i) => (
                    <li key={i}>
                      {named(s.from, s.from_name)} <span aria-hidden>→</span> {named(s.to, s.to_name)}
                      <div className="quiet">{[t.reorganisation.kinds[s.kind], s.area_name ? w.place(s.area_name) : s.function ? w.work(s.function) : s.kind === 'split' ? w.rest : ''].filter(Boolean).join(' · ')}</div>
                      <div className="quiet">{s.basis}</div>
                    </li>
                  ))}
                </ul>
              </li>
            ))}
          </ol>
        )}
      </Load>
    </>
  );
}
