// Documents at the desk: in-box and out-box of the person's agency, one document, a new one.
import { Button, NativeSelect } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useAccount } from '../api/session';
import { NewDocument } from '../documents/form';
import { Boxes } from '../documents/list';
import { DocumentPage } from '../documents/one';
import { useWords } from '../documents/words';
import { Empty, useTitle } from '../kit/kit';
import { useKeys } from '../lib/keys';
import { useAgenciesAs } from './agencies_as';

const route = getRouteApi('/frame/desk/documents');
const workers = ['registrar', 'handler', 'approver', 'head'];

export function DeskDocuments() {
  const w = useWords();
  useTitle(w.title);
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const account = useAccount();
  const [fresh, setFresh] = useState(false);
  const { names, mine, agency } = useAgenciesAs(workers, search.agency);
  const direction = search.direction ?? 'in';
  const clerk = account.grants.some((g) => g.role === 'registrar' && g.agency === agency);
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
            <Boxes agency={agency} direction={direction} registers={clerk} onDirection={(d) => { setFresh(false); void navigate({ search: { agency: search.agency, direction: d } }); }} onOpen={go} />
          </>
        )}
      </div>
    </main>
  );
}
