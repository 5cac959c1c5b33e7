// The console: what an administrator and an auditor look at. The section stands in the address.
import './console.css';
import { Link, getRouteApi } from '@tanstack/react-router';
import { useAccount } from '../api/session';
import { useT } from '../i18n';
import { useTitle } from '../kit/kit';
import { Accounts } from './accounts';
import { Agencies } from './agencies';
import { Health, Ledger, Reads } from './ledger';
import { Pack } from './pack';
import { Procedures } from './procedures';
import { Proposals } from './proposals';
import { Reorganisation } from './reorganisation';
import { useWords } from './words';

const route = getRouteApi('/frame/console');
const sections = ['health', 'accounts', 'agencies', 'reorganisation', 'procedures', 'proposals', 'pack', 'ledger', 'reads'] as const;
type Section = (typeof sections)[number];

export function Console() {
  const t = useT();
  const w = useWords();
  const account = useAccount();
  const { section: asked, at } = route.useSearch();
  const roles = new Set(account.grants.map((g) => g.role));
  const may: Record<Section, boolean> = { health: true, accounts: roles.has('administrator'), agencies: true, reorganisation: roles.has('administrator'), procedures: true, proposals: roles.has('administrator'), pack: roles.has('administrator'), ledger: true, reads: roles.has('auditor') };
  const section = sections.find((s) => s === asked) ?? 'health';
  const nameOf = (s: Section) => (s === 'pack' ? w.pack.nav : t.consoleNav[s]);
  useTitle(nameOf(section));
  return (
    <div className="consoleframe">
      <nav className="rail" aria-label={t.console}>
        {sections.filter((s) => may[s]).map((s) => <Link key={s} to="/console" search={{ section: s }} className="view" aria-current={s === section ? 'page' : undefined}>{nameOf(s)}</Link>)}
      </nav>
      <main id="main" tabIndex={-1} className="page">
        <div className="inner">
          {section === 'health' && <Health />}
          {section === 'accounts' && <Accounts />}
          {section === 'agencies' && <Agencies at={at} />}
          {section === 'reorganisation' && <Reorganisation />}
          {section === 'procedures' && <Procedures at={at} mayEdit={roles.has('administrator')} />}
          {section === 'proposals' && <Proposals />}
          {section === 'pack' && <Pack />}
          {section === 'ledger' && <Ledger mayRead={roles.has('auditor')} />}
          {section === 'reads' && <Reads />}
        </div>
      </main>
    </div>
  );
}
