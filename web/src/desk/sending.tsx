// Commands of the desk: sent after five seconds during which they can be taken back, or at once where the paper is
// needed now. A refusal gives the form back as it was typed.
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconArrowBackUp } from '@tabler/icons-react';
import { useSyncExternalStore } from 'react';
import { ApiProblem, newKey } from '../api/client';
import { api, queries } from '../api/session';
import type { BulkReport, Dossier } from '../api/types';
import { useT } from '../i18n';
import type { Dictionary } from '../i18n/vi';
import { useKeys } from '../lib/keys';
import type { Command } from '../lib/rights';
import { DelayedSends } from '../lib/undo';

export const sends = new DelayedSends(5000);
export const useWaiting = () => useSyncExternalStore(sends.subscribe, sends.waiting);

/** What was typed for a command of a dossier, until the server took it. */
const typed = new Map<string, Record<string, string>>();
export const typedFor = (code: string, command: Command) => typed.get(`${code} ${command}`);
export const keepTyped = (code: string, command: Command, values: Record<string, string>) => typed.set(`${code} ${command}`, values);
const forgetTyped = (code: string, command: Command) => typed.delete(`${code} ${command}`);

export interface Order {
  code: string;
  command: Command;
  body: unknown;
  etag: string | null;
  delayed: boolean;
}
export const failures = new EventTarget();

/** Resolves when the dossier is here as it is now. */
export async function refresh(code?: string): Promise<void> {
  void queries.invalidateQueries({ queryKey: ['queue'] });
  if (!code) return;
  for (const kind of ['clock', 'history', 'files']) void queries.invalidateQueries({ queryKey: [kind, code] });
  await queries.invalidateQueries({ queryKey: ['dossier', code] });
}

export function send(t: Dictionary, order: Order): Promise<Dossier | null> {
  const key = newKey();
  const path = `/api/v1/dossiers/${order.code}/${order.command}`;
  const go = async (leaving: boolean): Promise<Dossier | null> => {
    try {
      const { data } = await api.send<Dossier>({ path, method: 'POST', body: order.body, key, ifMatch: order.etag ?? undefined, leaving });
      forgetTyped(order.code, order.command);
      notifications.show({ message: t.actions.sent(t.done[order.command], order.code), color: 'river', autoClose: 3000, withCloseButton: false });
      // The next command carries the version that this one made: until it is here, nothing else is offered.
      await refresh(order.code);
      return data;
    } catch (reason) {
      const problem = reason instanceof ApiProblem ? reason.problem : null;
      if (order.delayed)
        notifications.show({ title: t.actions.refused(t.commands[order.command], order.code), message: problem?.title ?? t.errors.title, color: 'red', autoClose: false, closeButtonProps: { 'aria-label': t.common.close } });
      failures.dispatchEvent(new CustomEvent('refused', { detail: { code: order.code, command: order.command, error: reason } }));
      void refresh(order.code);
      if (!order.delayed) throw reason;
      return null;
    }
  };
  if (!order.delayed) return go(false);
  return new Promise((done) => {
    sends.add(t.actions.waiting(t.commands[order.command], order.code), order.code, (leaving) => void go(leaving).then(done), () => {
      notifications.show({ message: t.actions.undone, autoClose: 3000, withCloseButton: false });
      done(null);
    });
  });
}

export type BulkCommand = 'receive' | 'refuse' | 'transfer' | 'complete' | 'result' | 'reassign';
export function sendBulk(t: Dictionary, command: BulkCommand, codes: string[], more: object, onReport: (report: BulkReport) => void, onError: (error: unknown) => void) {
  const key = newKey();
  sends.add(t.actions.waiting(command === 'complete' || command === 'result' || command === 'reassign' ? t.commands[command] : t.bulk[command], t.queue.count(String(codes.length))), codes.join(' '), (leaving) => {
    api
      .send<BulkReport>({ path: `/api/v1/dossiers/bulk/${command}`, method: 'POST', body: { codes, ...more }, key, leaving })
      .then(({ data }) => onReport(data), onError)
      .finally(() => void refresh());
  });
}

export function UndoBar() {
  const t = useT();
  const waiting = useWaiting();
  useKeys({ z: () => sends.undo() }, waiting.length > 0);
  return (
    <div role="status" aria-live="polite" style={{ position: 'fixed', left: '50%', bottom: 18, transform: 'translateX(-50%)', zIndex: 400, display: 'grid', gap: 8, maxWidth: 'calc(100vw - 24px)' }}>
      {waiting.map((w) => (
        <div key={w.id} style={{ display: 'flex', gap: 14, alignItems: 'center', background: '#16202c', color: '#fff', padding: '8px 8px 8px 16px', borderRadius: 10, boxShadow: 'var(--hl-shadow)' }}>
          <span>{w.label}</span>
          <Button size="xs" variant="white" color="dark" leftSection={<IconArrowBackUp size={16} aria-hidden />} onClick={() => sends.undo(w.id)}>{t.common.undo} <kbd style={{ marginLeft: 6 }}>Z</kbd></Button>
        </div>
      ))}
    </div>
  );
}
