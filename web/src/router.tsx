import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Link, Outlet, redirect } from '@tanstack/react-router';
import { views, type View } from './api/queries';
import { useT } from './i18n';
import { ProblemNotice, Skeleton } from './kit/kit';
import { Frame } from './frame';
import { isDay, isMonth } from './wall/logic';
import { isGrain } from './wall/periods';
import type { WallSearch } from './wall/wall';

export interface DeskSearch {
  view?: View;
  agency?: string;
  open?: string;
  find?: string;
  filter?: string;
}
const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined);

function NotFound() {
  const t = useT();
  return <main id="main" tabIndex={-1} className="page"><div className="empty"><h1>{t.errors.notFound}</h1><p>{t.errors.notFoundText}</p><Link to="/desk">{t.desk}</Link></div></main>;
}
function Crash({ error }: { error: unknown }) {
  const t = useT();
  return <main id="main" tabIndex={-1} className="page"><div className="inner"><h1>{t.errors.crash}</h1><p className="lead">{t.errors.crashText}</p><ProblemNotice error={error} retry={() => location.reload()} /></div></main>;
}

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });
const frame = createRoute({ getParentRoute: () => root, id: 'frame', component: Frame });
const home = createRoute({ getParentRoute: () => root, path: '/', beforeLoad: () => { throw redirect({ to: '/desk' }); } });
const desk = createRoute({
  getParentRoute: () => frame,
  path: '/desk',
  validateSearch: (s: Record<string, unknown>): DeskSearch => ({ view: views.find((v) => v === s['view']), agency: text(s['agency']), open: text(s['open']), find: text(s['find']), filter: text(s['filter']) }),
  component: lazyRouteComponent(() => import('./desk/desk'), 'Desk'),
});
const reception = createRoute({ getParentRoute: () => frame, path: '/desk/reception', component: lazyRouteComponent(() => import('./desk/reception'), 'Reception') });
const head = createRoute({ getParentRoute: () => frame, path: '/desk/head', validateSearch: (s: Record<string, unknown>): { agency?: string } => ({ agency: text(s['agency']) }), component: lazyRouteComponent(() => import('./desk/head'), 'Head') });
const directives = createRoute({ getParentRoute: () => frame, path: '/desk/directives', validateSearch: (s: Record<string, unknown>): { open?: string } => ({ open: text(s['open']) }), component: lazyRouteComponent(() => import('./desk/directives'), 'DeskDirectives') });
const questions = createRoute({ getParentRoute: () => frame, path: '/desk/questions', validateSearch: (s: Record<string, unknown>): { open?: string; agency?: string; show?: 'open' | 'waiting' | 'over' | 'find' } => ({ open: text(s['open']), agency: text(s['agency']), show: s['show'] === 'find' ? 'find' : s['show'] === 'waiting' ? 'waiting' : s['show'] === 'over' ? 'over' : s['show'] === 'open' ? 'open' : undefined }), component: lazyRouteComponent(() => import('./desk/questions'), 'DeskQuestions') });
const documents = createRoute({ getParentRoute: () => frame, path: '/desk/documents', validateSearch: (s: Record<string, unknown>): { open?: string; agency?: string; direction?: 'in' | 'out' } => ({ open: text(s['open']), agency: text(s['agency']), direction: s['direction'] === 'out' ? 'out' : s['direction'] === 'in' ? 'in' : undefined }), component: lazyRouteComponent(() => import('./desk/documents'), 'DeskDocuments') });
const admin = createRoute({
  getParentRoute: () => frame,
  path: '/console',
  validateSearch: (s: Record<string, unknown>): { section?: string; at?: string } => ({ section: text(s['section']), at: text(s['at']) }),
  component: lazyRouteComponent(() => import('./console/console'), 'Console'),
});
const wall = createRoute({
  getParentRoute: () => frame,
  path: '/wall',
  validateSearch: (s: Record<string, unknown>): WallSearch => ({
    month: isMonth(s['month']) ? s['month'] : undefined, known: isDay(s['known']) ? s['known'] : undefined, agency: text(s['agency']), component: text(s['component']), map: text(s['map']), look: s['look'] === 'hex' ? 'hex' : undefined, group: text(s['group']), criterion: text(s['criterion']), dossier: text(s['dossier']), figure: text(s['figure']), page: text(s['page']), item: text(s['item']),
    agencies: s['agencies'] ? true : undefined, grain: isGrain(s['grain']) ? s['grain'] : undefined, day: isDay(s['day']) ? s['day'] : undefined, kiosk: s['kiosk'] ? true : undefined, dwell: Number(s['dwell']) > 0 ? Number(s['dwell']) : undefined,
  }),
  component: lazyRouteComponent(() => import('./wall/wall'), 'Wall'),
});
const kit = createRoute({ getParentRoute: () => root, path: '/kit', component: lazyRouteComponent(() => import('./kit/page'), 'KitPage') });

export const router = createRouter({
  routeTree: root.addChildren([home, frame.addChildren([desk, reception, head, directives, questions, documents, wall, admin]), kit]),
  basepath: '/app',
  defaultPreload: 'intent',
  defaultPendingComponent: () => <Skeleton />,
  defaultErrorComponent: Crash,
  scrollRestoration: false,
});
declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
