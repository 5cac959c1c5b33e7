// The console: what an administrator and an auditor look at. The section stands in the address.
import './console.css';
import { Link, getRouteApi } from '@tanstack/react-router';
import { Suspense, lazy, useDeferredValue, useEffect, useRef } from 'react';
import { useAccount } from '../api/session';
import { useT } from '../i18n';
import { Skeleton, useTitle } from '../kit/kit';
import { standing } from '../lib/rights';
import { localDate } from '../lib/working_time';
import { Accounts } from './accounts';
import { Agencies } from './agencies';
import { Health } from './health';
import { Keys } from './keys';
import { Ledger } from './ledger';
import { Proposals } from './proposals';
import { Reads } from './reads';
import { Reorganisation } from './reorganisation';
import { useWords } from './words';

// The largest, and not opened every day: loaded when they are.
const Pack = lazy(() => import('./pack').then((m) => ({ default: m.Pack })));
const Procedures = lazy(() => import('./procedures').then((m) => ({ default: m.Procedures })));

const route = getRouteApi('/frame/console');
const sections = ['health', 'accounts', 'keys', 'agencies', 'reorganisation', 'procedures', 'proposals', 'pack', 'ledger', 'reads'] as const;
type Section = (typeof sections)[number];

export function Console() {
  const t = useT();
  const w = useWords();
  const account = useAccount();
  const search = route.useSearch();
  // The page one comes from stays until the next one is loaded.
  const { section: asked, at } = useDeferredValue(search);
  const roles = new Set(account.grants.filter((g) => standing(g, localDate(Date.now())) === 'now').map((g) => g.role));
  const may: Record<Section, boolean> = { health: true, accounts: roles.has('administrator'), keys: roles.has('administrator'), agencies: true, reorganisation: roles.has('administrator'), procedures: true, proposals: roles.has('administrator'), pack: roles.has('administrator'), ledger: true, reads: roles.has('auditor') };
  const section = sections.find((s) => s === asked) ?? 'health';
  const nameOf = (s: Section) => (s === 'pack' ? w.pack.nav : s === 'keys' ? w.keys.nav : t.consoleNav[s]);
  useTitle(nameOf(section));
  // On a narrow screen the sections are a row that scrolls: the one we are in is in sight.
  const rail = useRef<HTMLElement>(null);
  useEffect(() => { rail.current?.querySelector('[aria-current=page]')?.scrollIntoView({ block: 'nearest', inline: 'center' }); }, [section]);
  return (
    <div className="consoleframe">
      <nav ref={rail} className="rail" aria-label={t.console}>
        {sections.filter((s) => may[s]).map((s) => <Link key={s} to="/console" search={{ section: s }} className="view" aria-current={s === section ? 'page' : undefined}>{nameOf(s)}</Link>)}
      </nav>
      <main id="main" tabIndex={-1} className="page">
        <div className="inner">
          <Suspense fallback={<Skeleton lines={8} />}>
            {section === 'health' && <Health mayRebuild={roles.has('administrator')} />}
            {section === 'accounts' && <Accounts />}
            {section === 'keys' && <Keys login={at} />}
            {section === 'agencies' && <Agencies at={at} />}
            {section === 'reorganisation' && <Reorganisation />}
            {section === 'procedures' && <Procedures at={at} mayEdit={roles.has('administrator')} />}
            {section === 'proposals' && <Proposals />}
            {section === 'pack' && <Pack />}
            {section === 'ledger' && <Ledger mayRead={roles.has('auditor')} />}
            {section === 'reads' && <Reads at={at} />}
          </Suspense>
        </div>
      </main>
    </div>
  );
}
