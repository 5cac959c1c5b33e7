// The wall's page of directives: the list, one of them, or the form of a new one. `item` in the address is a code,
// "new", or "alert:RULE:AGENCY" for a form that is filled from a standing alert.
import { Button } from '@mantine/core';
import { useAccount } from '../api/session';
import { IssueForm } from '../directives/form';
import { DirectiveList } from '../directives/list';
import { DirectivePage } from '../directives/one';
import { useWords } from '../directives/words';
import { useLanguage } from '../i18n';
import { useReach } from './api';
import type { PageProps } from './pages';

export function Directives({ view, item, open, show, names, indicators }: PageProps) {
  const w = useWords();
  const { language } = useLanguage();
  const account = useAccount();
  const reach = useReach();
  const leads = account.grants.some((g) => g.role === 'head');
  const alert = item?.startsWith('alert:') ? item.split(':') : null;
  return (
    <section className="card" aria-labelledby="directives">
      <div className="row" style={{ justifyContent: 'space-between' }}>
        <h2 id="directives">{w.title}</h2>
        {leads && !item && <Button onClick={() => open('new')}>{w.fresh}</Button>}
      </div>
      {!item && <><p className="lead">{w.lead}</p><DirectiveList agency={view.agency} names={names} onOpen={open} /></>}
      {(item === 'new' || alert) && <IssueForm key={item} agencies={reach.agencies} rule={alert?.[1]} ruleAgency={alert?.[2] || undefined} onDone={open} onCancel={() => open(undefined)} />}
      {item && item !== 'new' && !alert && <DirectivePage code={item} names={names} onBack={() => open(undefined)} indicatorName={(code) => indicators.find((i) => i.code === code)?.name[language] ?? code} onDossier={(dossier) => show({ dossier })} />}
    </section>
  );
}
