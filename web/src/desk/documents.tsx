// Documents at the desk: in-box and out-box of the person's agency, one document, a new one.
import { Button, NativeSelect } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useAgencies } from '../api/queries';
import { useAccount } from '../api/session';
import { NewDocument } from '../documents/form';
import { Boxes } from '../documents/list';
import { DocumentPage } from '../documents/one';
import { useWords } from '../documents/words';
import { Empty, useTitle } from '../kit/kit';
import { useKeys } from '../lib/keys';

const route = getRouteApi('/frame/desk/documents');

export function DeskDocuments() {
  const w = useWords();
  useTitle(w.title);
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const account = useAccount();
  const { data } = useAgencies();
  const [fresh, setFresh] = useState(false);
  const names = useMemo(() => new Map((data ?? []).map((a) => [a.id, a.name])), [data]);
  const mine = useMemo(() => [...new Set(account.grants.filter((g) => ['clerk', 'handler', 'approver', 'head'].includes(g.role) && g.agency).map((g) => g.agency!))], [account.grants]);
  const agency = search.agency && mine.includes(search.agency) ? search.agency : (mine[0] ?? '');
  const direction = search.direction ?? 'in';
  const clerk = account.grants.some((g) => g.role === 'clerk' && g.agency === agency);
  const go = (open: string | undefined) => { setFresh(false); void navigate({ search: { agency: search.agency, direction: search.direction, open } }); };
  useKeys({ n: () => { if (clerk && !search.open) setFresh(true); } });
  return (
    <main id="main" tabIndex={-1} className="page">
      <div className="inner stack">
        <h1>{direction === 'in' ? w.in : w.out}</h1>
        <p className="lead">{w.lead}</p>
        {agency === '' ? <div className="card"><Empty title={w.title}><p>{w.noAgency}</p></Empty></div> : search.open ? <DocumentPage id={search.open} onBack={() => go(undefined)} onOpen={go} /> : (
          <>
            <div className="row">
              {mine.length > 1 && <NativeSelect aria-label={w.agency} value={agency} onChange={(e) => void navigate({ search: { agency: e.currentTarget.value, direction: search.direction } })} data={mine.map((id) => ({ value: id, label: names.get(id) ?? id }))} />}
              {clerk && !fresh && <Button title="n" onClick={() => setFresh(true)}>{direction === 'in' ? w.newIn : w.newOut}</Button>}
            </div>
            {fresh && <NewDocument key={direction} agency={agency} direction={direction} onDone={go} onCancel={() => setFresh(false)} />}
            <Boxes agency={agency} direction={direction} onDirection={(d) => { setFresh(false); void navigate({ search: { agency: search.agency, direction: d } }); }} onOpen={go} />
          </>
        )}
      </div>
    </main>
  );
}
