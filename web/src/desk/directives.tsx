// The agency's side of directives, for everybody at the desk who may answer them.
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useAgencies } from '../api/queries';
import { DirectiveList } from '../directives/list';
import { DirectivePage } from '../directives/one';
import { useWords } from '../directives/words';
import { useTitle } from '../kit/kit';

const route = getRouteApi('/frame/desk/directives');

export function DeskDirectives() {
  const w = useWords();
  useTitle(w.mine);
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { data } = useAgencies();
  const names = useMemo(() => new Map((data ?? []).map((a) => [a.id, a.name])), [data]);
  const open = (code: string | undefined) => void navigate({ search: { open: code } });
  return (
    <main id="main" tabIndex={-1} className="page">
      <div className="inner">
        <h1>{w.mine}</h1>
        {search.open ? <DirectivePage code={search.open} names={names} onBack={() => open(undefined)} /> : <><p className="lead">{w.mineLead}</p><DirectiveList names={names} onOpen={open} empty={w.emptyDesk} /></>}
      </div>
    </main>
  );
}
