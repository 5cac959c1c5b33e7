// The portal's description of procedures beside ours, field by field: to be decided by who keeps the catalogue, and
// never applied by itself.
import { Button, Checkbox } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/session';
import type { components } from '../../api/schema';
import { Empty, Load } from '../../kit/kit';
import { dateTime, number } from '../../lib/format';
import { useCommand } from './api';
import { useLinkWords } from './words';

type Procedure = components['schemas']['PortalProcedure'];

export function Catalogue({ name }: { name: string }) {
  const w = useLinkWords();
  const [all, setAll] = useState(false);
  const list = useInfiniteQuery({
    queryKey: ['links', name, 'catalogue', all],
    queryFn: ({ signal, pageParam }) => api.get<{ items: Procedure[]; next: string | null }>(`/api/v1/portal-catalogue?limit=30${all ? '&all=true' : ''}${pageParam ? `&after=${encodeURIComponent(pageParam)}` : ''}`, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: 10_000,
  });
  const run = useCommand(() => w.done);
  return (
    <>
      <p className="quiet" style={{ marginTop: 0 }}>{w.catalogueLead}</p>
      <div className="row" style={{ marginBottom: 12, flexWrap: 'wrap', gap: 14 }}>
        <Button variant="default" onClick={() => run.mutate({ path: `${name}/tasks/catalogue` })}>{w.catalogueNow}</Button>
        <Checkbox label={w.catalogueAll} checked={all} onChange={(e) => setAll(e.currentTarget.checked)} />
      </div>
      <Load of={list}>
        {(pages) => {
          const rows = pages.pages.flatMap((p) => p.items);
          if (rows.length === 0) return <div className="card"><Empty title={w.catalogueNone}>{w.catalogueNoneText}</Empty></div>;
          return <div className="stack">{rows.map((p) => <One key={p.procedure} of={p} />)}</div>;
        }}
      </Load>
      {list.hasNextPage && <Button mt={14} variant="default" onClick={() => void list.fetchNextPage()}>{w.loadMore}</Button>}
    </>
  );
}

function One({ of: p }: { of: Procedure }) {
  const w = useLinkWords();
  // A channel is a word of ours on either side; everything else stands as it was written.
  const said = (field: string, value: string) => (field === 'channels' ? w.catalogueFields[value] ?? value : value);
  const nameOf = (f: string) => { const [what = '', ...rest] = f.split('.'); return [w.catalogueFields[what] ?? what, ...rest.map((x) => w.catalogueFields[x] ?? x)].join(' · '); };
  return (
    <section className="card" style={{ display: 'grid', gap: 10 }} data-procedure={p.procedure}>
      <h2 style={{ margin: 0 }}><span className="mono">{p.procedure}</span> <span lang="vi">{p.name ?? w.catalogueEnded}</span></h2>
      <p className="quiet" style={{ margin: 0 }}>{w.catalogueCount(number(p.differences))}{p.compared_at ? ` · ${w.catalogueAt(dateTime(p.compared_at))}` : ` · ${w.catalogueNever}`}</p>
      {p.problem && <p className="notice warn">{w.catalogueProblem(dateTime(p.seen_at))} <span className="mono">{p.problem}</span></p>}
      {p.lines.length > 0 && (
        <div className="tablebox inset" tabIndex={0} role="region" aria-label={`${w.differences} ${p.procedure}`}>
          <table className="plain">
            <thead><tr><th scope="col">{w.field}</th><th scope="col">{w.kind}</th><th scope="col">{w.ours}</th><th scope="col">{w.theirs}</th></tr></thead>
            <tbody>{p.lines.map((d, i) => (
              <tr key={i}>
                <td>{nameOf(d.field)}</td>
                <td><span className={`state ${d.kind === 'prose' ? '' : d.kind === 'unreadable' ? 'bad' : 'warn'}`}>{w.catalogueKinds[d.kind]}</span></td>
                <td lang="vi" style={{ whiteSpace: 'normal', overflowWrap: 'anywhere' }}>{d.ours !== null ? said(d.field, d.ours) : <span className="quiet">{w.nothing}</span>}</td>
                <td lang="vi" style={{ whiteSpace: 'normal', overflowWrap: 'anywhere' }}>{d.theirs !== null ? said(d.field, d.theirs) : <span className="quiet">{w.nothing}</span>}</td>
              </tr>
            ))}</tbody>
          </table>
        </div>
      )}
    </section>
  );
}
