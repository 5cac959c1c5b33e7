// The console: what an administrator and an auditor look at. The section stands in the address.
import './console.css';
import { Link, getRouteApi } from '@tanstack/react-router';
import { Suspense, lazy, useDeferredValue, useEffect, useRef } from 'react';
import { useAccount } from '../api/session';
import { useLanguage, useT } from '../i18n';
import { Skeleton, useTitle } from '../kit/kit';
import { standing } from '../lib/rights';
import { localDate } from '../lib/working_time';
import { Accounts } from './accounts';
import { Agencies } from './agencies';
import { Health } from './health';
import { Keys } from './keys';
import { Ledger } from './ledger';
import { linksNav } from './links/nav';
import { noticesNav } from './notices/nav';
import { signersNav } from './signers/nav';
import { Proposals } from './proposals';
import { Reads } from './reads';
import { Reorganisation } from './reorganisation';
import { useWords } from './words';

// The largest, and not opened every day: loaded when they are.
const Pack = lazy(() => import('./pack').then((m) => ({ default: m.Pack })));
const Exchange = lazy(() => import('./exchange/exchange').then((m) => ({ default: m.Exchange })));
const Links = lazy(() => import('./links/links').then((m) => ({ default: m.Links })));
const Signers = lazy(() => import('./signers/signers').then((m) => ({ default: m.Signers })));
const Notices = lazy(() => import('./notices/notices').then((m) => ({ default: m.Notices })));
const Procedures = lazy(() => import('./procedures').then((m) => ({ default: m.Procedures })));

const route = getRouteApi('/frame/console');
const sections = ['health', 'accounts', 'keys', 'agencies', 'reorganisation', 'procedures', 'proposals', 'pack', 'links', 'signers', 'notices', 'ledger', 'reads'] as const;
// The data-sharing platform's, under a heading of their own.
const exchange = ['exchange', 'exchange-registry', 'exchange-requests', 'exchange-rights', 'exchange-join', 'exchange-catalogue', 'exchange-log', 'exchange-topics'] as const;
type Section = (typeof sections)[number] | (typeof exchange)[number];

export function Console() {
  const t = useT();
  const w = useWords();
  const { language } = useLanguage();
  const account = useAccount();
  const search = route.useSearch();
  // The page one comes from stays until the next one is loaded.
  const { section: asked, at } = useDeferredValue(search);
  const roles = new Set(account.grants.filter((g) => standing(g, localDate(Date.now())) === 'now').map((g) => g.role));
  const administers = roles.has('administrator');
  const shares = administers || roles.has('auditor') || roles.has('integrator');
  const watches = administers || roles.has('auditor');
  const may: Record<Section, boolean> = {
    health: watches, accounts: administers, keys: administers, agencies: true, reorganisation: administers, procedures: true, proposals: administers, pack: administers, links: administers, signers: administers, notices: administers, ledger: watches, reads: roles.has('auditor'),
    'exchange': shares, 'exchange-registry': shares, 'exchange-requests': administers || roles.has('integrator'), 'exchange-rights': shares, 'exchange-join': administers, 'exchange-catalogue': shares, 'exchange-log': shares, 'exchange-topics': shares,
  };
  const section = [...sections, ...exchange].find((s) => s === asked) ?? (watches || !shares ? 'health' : 'exchange');
  const nameOf = (s: Section) => (s === 'links' ? linksNav[language] : s === 'signers' ? signersNav[language] : s === 'notices' ? noticesNav[language] : s === 'pack' ? w.pack.nav : s === 'keys' ? w.keys.nav : s in w.exchange.nav ? w.exchange.nav[s as keyof typeof w.exchange.nav] : t.consoleNav[s as keyof typeof t.consoleNav]);
  useTitle(nameOf(section));
  // On a narrow screen the sections are a row that scrolls: the one we are in is in sight.
  const rail = useRef<HTMLElement>(null);
  useEffect(() => { rail.current?.querySelector('[aria-current=page]')?.scrollIntoView({ block: 'nearest', inline: 'center' }); }, [section]);
  const entry = (s: Section) => <Link key={s} to="/console" search={{ section: s }} className="view" aria-current={s === section ? 'page' : undefined}>{nameOf(s)}</Link>;
  return (
    <div className="consoleframe">
      <nav ref={rail} className="rail" aria-label={t.console}>
        {sections.filter((s) => may[s]).map(entry)}
        {shares && <h2 className="railhead">{w.exchange.group}</h2>}
        {exchange.filter((s) => may[s]).map(entry)}
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
            {section === 'links' && <Links at={at} />}
            {section === 'signers' && <Signers />}
            {section === 'notices' && <Notices />}
            {section === 'ledger' && <Ledger mayRead={roles.has('auditor')} />}
            {section === 'reads' && <Reads at={at} />}
            {section.startsWith('exchange') && <Exchange key={section} section={section} at={at} />}
          </Suspense>
        </div>
      </main>
    </div>
  );
}
