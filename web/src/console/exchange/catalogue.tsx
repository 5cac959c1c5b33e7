// The catalogue: services found by words, with what one's own system may call; one service with its description and a
// call to try.
import { Button, TextInput } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useDeferredValue, useState } from 'react';
import { ApiProblem } from '../../api/client';
import { api } from '../../api/session';
import { useT } from '../../i18n';
import { Empty, Fact, Load, ProblemNotice, Skeleton } from '../../kit/kit';
import { exchangePath, servicePath, shown, useMay, useNames, type CatalogueItem, type Service } from './api';
import { readOpenApi, readWsdl, type Described, type Operation } from './description';
import { Id, State, type Tone } from './parts';
import { Endpoints } from './registry';
import { SystemSelect } from './right_form';
import { Try } from './try';
import { useWords } from './words';
import { useWorkWords } from './words_work';

const tones: Record<NonNullable<CatalogueItem['right']>['state'], Tone> = { none: 'warn', part: 'accent', whole: 'good', unknown_client: 'bad' };
interface Page { items: CatalogueItem[]; next: string | null }

export const Catalogue = ({ at }: { at?: string }) => (at ? <One id={at} /> : <List />);

function List() {
  const t = useT();
  const w = useWorkWords().catalogue;
  const [typed, setTyped] = useState('');
  const [client, setClient] = useState<string | null>(null);
  const search = useDeferredValue(typed.trim());
  const query = (cursor: string) => new URLSearchParams({ ...(search ? { search } : {}), ...(client ? { client } : {}), ...(cursor ? { cursor } : {}) });
  const found = useInfiniteQuery({ queryKey: ['exchange', 'catalogue', search, client], queryFn: ({ pageParam, signal }) => api.get<Page>(exchangePath(`catalogue?${query(pageParam)}`), signal), initialPageParam: '', getNextPageParam: (p) => p.next ?? undefined, placeholderData: (before) => before });
  const rows = found.data?.pages.flatMap((p) => p.items) ?? [];
  return (
    <>
      <h1>{w.title}</h1>
      <p className="lead">{w.lead}</p>
      <div className="exform" role="search">
        <TextInput type="search" label={w.search} placeholder={w.searchHint} value={typed} onChange={(e) => setTyped(e.currentTarget.value)} />
        <SystemSelect label={`${w.as} (${t.common.optional})`} value={client} onChange={setClient} />
      </div>
      {found.error && !found.data ? <ProblemNotice error={found.error} retry={() => void found.refetch()} /> : found.isPending ? <Skeleton lines={6} /> : rows.length === 0 ? <div className="card" style={{ marginTop: 16 }}><Empty title={search ? w.none : w.empty}>{search ? w.noneText : w.emptyText}</Empty></div> : (
        <ul className="cataloguelist" aria-busy={found.isFetching && !found.isFetchingNextPage}>{rows.map((s) => <li key={s.service} className="card"><Line of={s} /></li>)}</ul>
      )}
      {found.hasNextPage && <Button mt={14} variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>{t.common.more}</Button>}
    </>
  );
}

function Line({ of: s }: { of: CatalogueItem }) {
  const w = useWorkWords().catalogue;
  return (
    <>
      <div className="reqhead">
        <h2><Link to="/console" search={{ section: 'exchange-catalogue', at: s.service }}>{s.title ?? shown(s.service.split('/').slice(4).join('/'))}</Link></h2>
        <span className="row">{s.right && <State tone={tones[s.right.state]}>{w.right[s.right.state]}</State>}{!s.enabled && <State tone="warn">{w.off}</State>}{!s.reachable && <State tone="">{w.unreachable}</State>}<span className="quiet">{s.type}</span></span>
      </div>
      <p style={{ margin: '2px 0' }}>{s.provider.name}{s.provider.member && s.provider.member !== s.provider.name && <span className="quiet"> · {s.provider.member}</span>}</p>
      <div className="exid quiet">{shown(s.service)}</div>
      {s.description && <p style={{ margin: '6px 0 0' }}>{s.description}</p>}
      {s.notice && <p className="quiet" style={{ margin: '6px 0 0' }}>{s.notice}</p>}
    </>
  );
}

/** The description read for people, with its source where it cannot be. */
function useDescription(service: Service | undefined) {
  return useQuery({
    queryKey: ['exchange', 'description', service?.service],
    queryFn: async ({ signal }): Promise<{ described: Described | null; source: string }> => {
      const path = exchangePath(servicePath(service!.service, '/description'));
      if (service!.type === 'OPENAPI3') {
        const document = await api.get<unknown>(`${path}${path.includes('?') ? '&' : '?'}form=json`, signal);
        return { described: readOpenApi(document), source: JSON.stringify(document, null, 2) };
      }
      const source = await (await api.blob(path)).text();
      return { described: readWsdl(source, service!.code), source };
    },
    enabled: service?.described === true,
    staleTime: 300_000,
  });
}

function One({ id }: { id: string }) {
  const c = useWords().common;
  const r = useWords().registry;
  const w = useWorkWords().catalogue;
  const names = useNames();
  const may = useMay();
  const service = useQuery({ queryKey: ['exchange', 'service', id], queryFn: ({ signal }) => api.get<Service>(exchangePath(servicePath(id)), signal) });
  const description = useDescription(service.data);
  const back = <p><Link to="/console" search={{ section: 'exchange-catalogue' }}>{w.back}</Link></p>;
  if (service.error instanceof ApiProblem && service.error.status === 404) return <>{back}<h1>{w.title}</h1><div className="card" style={{ marginTop: 14 }}><Empty title={w.notFound}>{w.notFoundText}</Empty></div></>;
  return (
    <>
      {back}
      <Load of={service} lines={8}>
        {(s) => (
          <>
            <div className="row spread"><h1>{s.title ?? s.code}</h1><State big tone={s.enabled ? 'good' : 'warn'}>{s.enabled ? r.on : r.off}</State></div>
            {s.notice && <p className="notice warn">{s.notice}</p>}
            <section className="card" style={{ marginTop: 14 }}>
              <dl className="facts">
                <Fact name={c.provider}><Id id={s.provider} name={names(s.provider)} /></Fact>
                <Fact name={r.type}>{s.type}</Fact>
                <Fact name={w.callIt}><span className="exid mono" style={{ whiteSpace: 'normal' }}>{s.type === 'SOAP' ? '/' : `/r1/${s.service}`}</span></Fact>
                {!s.described && <Fact name={w.operations}><Endpoints of={s.endpoints} /></Fact>}
              </dl>
              {s.description && <p style={{ margin: '12px 0 0' }}>{s.description}</p>}
            </section>
            <section className="section">
              <h2>{w.reference}</h2>
              {!s.described ? <div className="card"><Empty title={w.noDescription} /></div> : (
                <Load of={description} lines={4}>
                  {(d) => (
                    <>
                      {d.described ? <>{d.described.about && <p>{d.described.about}</p>}<div className="stack">{d.described.operations.map((o) => <OneOperation key={o.id} of={o} />)}</div></> : <p className="notice warn">{w.unreadable}</p>}
                      <details style={{ marginTop: 12 }}><summary>{w.source}</summary><pre className="answer" tabIndex={0} lang="en">{d.source}</pre></details>
                    </>
                  )}
                </Load>
              )}
            </section>
            {may.connects && (!s.described || description.data) && <Try service={s} operations={description.data?.described?.operations ?? []} />}
          </>
        )}
      </Load>
    </>
  );
}

function OneOperation({ of: o }: { of: Operation }) {
  const w = useWorkWords().catalogue;
  return (
    <div className="card">
      <h3 style={{ fontSize: '1rem', fontWeight: 600 }}><span className="verb">{o.path ? o.method : 'SOAP'}</span><span className="exid" style={{ fontSize: '1rem' }}>{o.path || o.id.replace(/^post /, '')}</span></h3>
      {o.title && <p style={{ margin: '4px 0 0' }}>{o.title}</p>}
      {o.about && <p className="quiet" style={{ margin: '4px 0 0' }}>{o.about}</p>}
      {o.parameters.length > 0 && <><h4 className="quiet" style={{ margin: '10px 0 4px', fontSize: 13 }}>{w.parameters}</h4><ul className="endpoints">{o.parameters.map((p) => <li key={`${p.where}${p.name}`}><span className="mono">{p.name}</span> <span className="quiet"><span className="mono">{p.type}</span>{p.required ? `, ${w.required}` : ''}{p.about && ` – ${p.about}`}</span></li>)}</ul></>}
      {o.answers.length > 0 && <><h4 className="quiet" style={{ margin: '10px 0 4px', fontSize: 13 }}>{w.answers}</h4><ul className="endpoints">{o.answers.map((a) => <li key={a.status}><span className="verb">{a.status}</span>{a.about}</li>)}</ul></>}
      {o.body !== null && <details style={{ marginTop: 8 }}><summary>{w.input}</summary><pre className="answer" tabIndex={0} lang="en">{o.body}</pre></details>}
    </div>
  );
}
