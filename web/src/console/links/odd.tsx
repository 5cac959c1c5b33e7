// Payments that a person must look at: money that does not fit, or came twice. What was done about it outside is written
// down; nothing is refunded here.
import { Button, Modal, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/session';
import type { components, paths } from '../../api/schema';
import { useLanguage, useT } from '../../i18n';
import { Empty, Fact, Load } from '../../kit/kit';
import { dateTime, number } from '../../lib/format';
import { Ask } from '../parts';
import { usePartnerWords } from './partner_words';

type Payment = components['schemas']['OnlinePayment'];
type Whole = paths['/api/v1/payments/{reference}']['get']['responses']['200']['content']['application/json'];

const path = (reference: string) => `/api/v1/payments/${encodeURIComponent(reference)}`;

export function OddPayments() {
  const w = usePartnerWords();
  const { language } = useLanguage();
  const [open, setOpen] = useState<Payment | null>(null);
  const [clearing, setClearing] = useState<Payment | null>(null);
  const list = useInfiniteQuery({
    queryKey: ['payments', 'odd'],
    queryFn: ({ signal, pageParam }) => api.get<{ items: Payment[]; next: number | null }>(`/api/v1/payments${pageParam ? `?before=${pageParam}` : ''}`, signal),
    initialPageParam: 0, getNextPageParam: (last) => last.next ?? undefined, refetchInterval: 15_000,
  });
  return (
    <>
      <p className="quiet">{w.oddLead}</p>
      <Load of={list}>
        {(pages) => {
          const rows = pages.pages.flatMap((p) => p.items);
          return rows.length === 0 ? <div className="card"><Empty title={w.noOdd}>{w.noOddText}</Empty></div> : (
            <div className="tablebox inset" tabIndex={0} role="region" aria-label={w.tabs.odd}>
              <table className="plain">
                <thead><tr><th scope="col">{w.reference}</th><th scope="col">{w.dossier}</th><th scope="col" className="num">{w.amount}</th><th scope="col">{w.why}</th><th scope="col">{w.openedAt}</th><td /></tr></thead>
                <tbody>{rows.map((p) => (
                  <tr key={p.reference} data-payment={p.reference}>
                    <td><button type="button" className="linkish mono" onClick={() => setOpen(p)}>{p.reference}</button></td>
                    <td className="mono"><Link to="/desk" search={{ open: p.dossier }}>{p.dossier}</Link></td>
                    <td className="num">{w.dong(number(p.amount))}</td>
                    <td>{p.problem?.[language] ?? w.states[p.state]}</td>
                    <td>{dateTime(p.opened_at)}</td>
                    <td className="num"><Button size="xs" variant="default" aria-label={`${w.clear} ${p.reference}`} onClick={() => setClearing(p)}>{w.clear}</Button></td>
                  </tr>
                ))}</tbody>
              </table>
            </div>
          );
        }}
      </Load>
      {list.hasNextPage && <Button mt={14} variant="default" onClick={() => void list.fetchNextPage()}>{w.more}</Button>}
      {open && <One payment={open} onClose={() => setOpen(null)} onClear={() => { setClearing(open); setOpen(null); }} />}
      {clearing && <Clear payment={clearing} onClose={() => setClearing(null)} />}
    </>
  );
}

function One({ payment, onClose, onClear }: { payment: Payment; onClose: () => void; onClear: () => void }) {
  const t = useT();
  const w = usePartnerWords();
  const { language } = useLanguage();
  const whole = useQuery({ queryKey: ['payments', payment.reference], queryFn: ({ signal }) => api.get<Whole>(path(payment.reference), signal) });
  return (
    <Modal opened onClose={onClose} title={`${w.payment} ${payment.reference}`} size="xl" closeButtonProps={{ 'aria-label': t.common.close }}>
      <Load of={whole} lines={6}>
        {(p) => (
          <div className="stack">
            {p.problem && <p className="notice warn" style={{ margin: 0 }}>{p.problem[language]}</p>}
            <dl className="facts">
              <Fact name={w.dossier}><Link to="/desk" search={{ open: p.dossier }}>{p.dossier}</Link></Fact>
              <Fact name={w.amount}>{w.dong(number(p.amount))}</Fact>
              <Fact name={w.state}>{w.states[p.state]}</Fact>
              <Fact name={w.openedAt}>{dateTime(p.opened_at)}</Fact>
              {p.transaction && <Fact name={w.transaction}><span className="mono">{p.transaction}</span></Fact>}
              {p.paid_at && <Fact name={w.paidAt}>{dateTime(p.paid_at)}</Fact>}
            </dl>
            <h3 style={{ margin: 0 }}>{w.charges}</h3>
            <ul style={{ margin: 0 }}>{p.items.map((i) => <li key={i.id}><span lang="vi">{i.name}</span>: {w.dong(number(i.amount))}</li>)}</ul>
            <h3 style={{ margin: 0 }}>{w.notices}</h3>
            {p.notices.length === 0 ? <p className="quiet" style={{ margin: 0 }}>{w.noNotices}</p> : (
              <div className="tablebox inset" tabIndex={0} role="region" aria-label={w.notices}>
                <table className="plain">
                  <thead><tr><th scope="col">{w.at}</th><th scope="col">{w.how}</th><th scope="col">{w.code}</th><th scope="col" className="num">{w.amount}</th><th scope="col">{w.transaction}</th><th scope="col">{w.outcome}</th></tr></thead>
                  <tbody>{p.notices.map((n, i) => <tr key={i}><td>{dateTime(n.at)}</td><td>{w.sources[n.source]}</td><td className="mono">{n.code}</td><td className="num">{n.amount} {n.currency}</td><td className="mono">{n.transaction}</td><td className="mono">{n.outcome}</td></tr>)}</tbody>
                </table>
              </div>
            )}
            <div className="row"><Button onClick={onClear}>{w.clear}</Button></div>
          </div>
        )}
      </Load>
    </Modal>
  );
}

function Clear({ payment, onClose }: { payment: Payment; onClose: () => void }) {
  const w = usePartnerWords();
  const client = useQueryClient();
  const [note, setNote] = useState('');
  const [tried, setTried] = useState(false);
  const clear = useMutation({
    mutationFn: () => api.send({ path: `${path(payment.reference)}/explain`, method: 'POST', body: { note: note.trim() } }),
    onSuccess: () => { notifications.show({ message: w.cleared, withCloseButton: false }); void client.invalidateQueries({ queryKey: ['payments'] }); onClose(); },
  });
  return (
    <Ask open title={`${w.clear} ${payment.reference}`} act={w.clear} busy={clear.isPending} error={clear.error} onClose={onClose} onAct={() => { setTried(true); if (note.trim()) clear.mutate(); }}>
      <p style={{ margin: 0 }}>{w.clearText}</p>
      <Textarea label={w.note} value={note} onChange={(e) => setNote(e.currentTarget.value)} error={tried && !note.trim() ? w.noteNeeded : undefined} maxLength={1000} autosize minRows={2} />
    </Ask>
  );
}
