// The wall's pages beside the overview, and what may be done with an alert. A page is a file of its own, loaded when it
// is opened: write web/src/wall/NAME.tsx with one component that takes PageProps, and add a line here. It stands in the
// row of pages above the wall, has the address /app/wall?page=KEY, and `item` in the address is its own (what is open
// in it). Pages of several hands rest on these types.
import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import type { Account } from '../api/types';
import type { Alerts, Indicator, View } from './api';

export interface PageProps {
  /** Area and time that the wall is looking at; a page that has no use for them leaves them. */
  view: View;
  /** What is open in the page: /app/wall?page=KEY&item=ITEM. */
  item: string | undefined;
  /** Opens something in the page, or closes it. */
  open: (item: string | undefined) => void;
  /** Leaves the page: for the overview of an area, a figure's provenance, a dossier's explanation. */
  show: (what: { agency?: string; figure?: string; dossier?: string }) => void;
  /** Agencies' names by id. */
  names: ReadonlyMap<string, string>;
  indicators: readonly Indicator[];
}
export interface WallPage {
  key: string;
  words: { vi: string; en: string };
  component: LazyExoticComponent<ComponentType<PageProps>>;
  /** Who is offered the page (the server decides); without it everybody who sees the wall. */
  may?: (account: Account) => boolean;
}
export const pages: readonly WallPage[] = [
  { key: 'forecast', words: { vi: 'Dự báo', en: 'Forecast' }, component: lazy(() => import('./forecast').then((m) => ({ default: m.Forecast }))) },
  { key: 'directives', words: { vi: 'Chỉ đạo', en: 'Directives' }, component: lazy(() => import('./directives').then((m) => ({ default: m.Directives }))) },
  { key: 'warnings', words: { vi: 'Cảnh báo', en: 'Warnings' }, component: lazy(() => import('./warnings').then((m) => ({ default: m.Warnings }))) },
  { key: 'children', words: { vi: 'IOC con', en: 'Child centres' }, component: lazy(() => import('./children').then((m) => ({ default: m.Children }))) },
  { key: 'intake', words: { vi: 'Nộp số liệu', en: 'Hand values in' }, component: lazy(() => import('./intake').then((m) => ({ default: m.IntakePage }))), may: (account) => account.grants.some((g) => g.role === 'head' || g.role === 'integrator') },
  { key: 'displays', words: { vi: 'Màn hình', en: 'Displays' }, component: lazy(() => import('./displays').then((m) => ({ default: m.Displays }))), may: (account) => account.grants.some((g) => g.role === 'head' || g.role === 'administrator') },
];

export type Alert = Alerts['items'][number];
export interface AlertActionProps {
  alert: Alert;
  /** Goes to a page, with what is open in it. */
  open: (page: string, item?: string) => void;
}
/** What stands beside each alert of the list: something small with a button of its own. */
export interface AlertAction { key: string; component: LazyExoticComponent<ComponentType<AlertActionProps>>; may?: (account: Account) => boolean }
export const alertActions: readonly AlertAction[] = [
  { key: 'directive', component: lazy(() => import('./directive_action').then((m) => ({ default: m.DirectiveAction }))), may: (account) => account.grants.some((g) => g.role === 'head') },
];
