// What partners do for a dossier, as the clerk sees it: payments through the payment platform, orders of the post.
import { Button, Checkbox, Radio, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { ApiProblem, newKey } from '../api/client';
import { api } from '../api/session';
import type { DossierPayments, DossierPost, DossierWhole, OnlinePayment, PostalOrder } from '../api/types';
import { useLanguage } from '../i18n';
import { ProblemNotice } from '../kit/kit';
import { dateTime, money } from '../lib/format';

const vi = {
  payments: 'Nộp phí trực tuyến', none: 'Chưa mở lần nào.', begin: 'Mở trang nộp cho người dân', ask: 'Hỏi lại nền tảng', asked: 'Đã yêu cầu hỏi lại.', open: 'Trang nộp tiền', waiting: 'đang chờ nền tảng cho trang nộp tiền', receipt: 'Biên lai', transaction: 'giao dịch', opens: 'mở trong trang mới',
  states: { opened: 'Đang mở', offered: 'Chờ nộp', held: 'Giữ lại, phải đối chiếu', paid: 'Đã nộp', failed: 'Không thành công', expired: 'Hết hạn, chưa nộp', explained: 'Đã xử lý' },
  post: 'Bưu chính', noOrders: 'Chưa có đơn nào.', add: 'Đặt đơn', send: 'Gửi đơn', close: 'Thôi', cancel: 'Hủy đơn', cancelling: 'đang hủy', way: 'Việc', ways: { return: 'Trả kết quả tại nhà', collect: 'Thu gom giấy tờ' }, name: 'Người giao nhận với bưu tá', phone: 'Điện thoại', address: 'Địa chỉ', addressHint: 'Có tên xã, phường hiện nay, cách nhau bằng dấu phẩy', onDelivery: (amount: string) => `Thu ${amount} khi phát`, collects: 'thu khi phát', item: 'bưu gửi', by: { citizen: 'người dân đặt', desk: 'một cửa đặt', channel: 'nộp qua bưu chính' },
  orderStates: { none: 'Chưa sang bưu chính', registered: 'Bưu chính đã nhận đơn', collecting: 'Đang đi', delivered: 'Đã phát', cancelled: 'Đã hủy' },
  problems: { cod_differs: 'Bưu chính báo số tiền thu hộ khác số phải nộp: hãy đối chiếu rồi trả kết quả bằng tay.', status_unknown: 'Bưu chính báo trạng thái chưa có trong bảng ánh xạ.', ended_twice: 'Bưu chính báo hai kết cục khác nhau.' } as Record<string, string>, problem: 'Cần người xem',
};
const en: typeof vi = {
  payments: 'Paid online', none: 'None begun yet.', begin: 'Open a page to pay on', ask: 'Ask the platform again', asked: 'It will be asked.', open: 'Page to pay on', waiting: 'waiting for the platform’s page', receipt: 'Receipt', transaction: 'transaction', opens: 'opens in a new page',
  states: { opened: 'Being opened', offered: 'Waiting for payment', held: 'Held, to be cleared', paid: 'Paid', failed: 'Not successful', expired: 'Expired, not paid', explained: 'Dealt with' },
  post: 'Post', noOrders: 'No orders yet.', add: 'Order', send: 'Send the order', close: 'Never mind', cancel: 'Cancel the order', cancelling: 'being cancelled', way: 'What', ways: { return: 'Bring the result', collect: 'Collect papers' }, name: 'Who meets the postman', phone: 'Phone', address: 'Address', addressHint: 'Names today’s commune or ward, parts separated by commas', onDelivery: (amount: string) => `Collect ${amount} on delivery`, collects: 'collected on delivery', item: 'item', by: { citizen: 'asked by the citizen', desk: 'asked at the desk', channel: 'filed by post' },
  orderStates: { none: 'Not with the post yet', registered: 'With the post', collecting: 'On its way', delivered: 'Delivered', cancelled: 'Cancelled' },
  problems: { cod_differs: 'The post tells of another amount collected than was owed: clear it, then return the result by hand.', status_unknown: 'The post tells of a state that the mapping does not have.', ended_twice: 'The post tells of two different endings.' }, problem: 'Somebody must look',
};
const useWords = () => (useLanguage().language === 'en' ? en : vi);

/** Sends one command and reads the section again. */
function useSending(key: readonly unknown[]) {
  const client = useQueryClient();
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const send = async (path: string, body: unknown): Promise<boolean> => {
    setBusy(true);
    setError(null);
    try {
      await api.send({ path, method: 'POST', body, key: newKey() });
      await client.invalidateQueries({ queryKey: key });
      return true;
    } catch (reason) {
      setError(reason);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { send, busy, error };
}

function PaymentLine({ p, ask, busy }: { p: OnlinePayment; ask: (reference: string) => void; busy: boolean }) {
  const w = useWords();
  const { language } = useLanguage();
  const tone = p.state === 'paid' ? 'good' : p.state === 'held' ? 'bad' : p.state === 'opened' || p.state === 'offered' ? 'warn' : '';
  return (
    <div style={{ padding: '6px 0' }} data-testid="payment">
      <div className="row" style={{ justifyContent: 'space-between' }}>
        <span><strong style={{ fontWeight: 600 }}>{money(p.amount)}</strong> <span className="mono quiet">{p.reference}</span></span>
        <span className={`state ${tone}`}>{w.states[p.state]}</span>
      </div>
      <div className="row quiet" style={{ fontSize: 13 }}>
        <span>{dateTime(p.paid_at ?? p.opened_at)}{p.transaction ? ` · ${w.transaction} ${p.transaction}` : ''}</span>
        {p.url && <a href={p.url} target="_blank" rel="noreferrer">{w.open}<span className="sr"> ({w.opens})</span></a>}
        {p.state === 'opened' && <span>{w.waiting}</span>}
        {p.receipt && <a href={`/api/v1/payments/${p.reference}/receipt`} target="_blank" rel="noreferrer">{w.receipt}<span className="sr"> ({w.opens})</span></a>}
        {['offered', 'failed', 'expired', 'held'].includes(p.state) && <Button size="compact-xs" variant="default" disabled={busy} onClick={() => ask(p.reference)}>{w.ask}</Button>}
      </div>
      {p.problem && <p style={{ margin: '4px 0 0' }}>{p.problem[language]}</p>}
      {p.note && <p className="quiet" style={{ margin: '4px 0 0' }}>{p.note}</p>}
    </div>
  );
}

/** Payments through the platform; nothing where no platform is connected and none was ever begun. */
export function Payments({ d, may }: { d: DossierWhole; may: boolean }) {
  const w = useWords();
  const key = ['dossier', d.code, 'payments'] as const;
  const found = useQuery({
    queryKey: [...key, d.version],
    queryFn: ({ signal }) => api.get<DossierPayments>(`/api/v1/dossiers/${encodeURIComponent(d.code)}/payments`, signal),
    // The platform's page comes in a moment; somebody may be paying just now.
    refetchInterval: (q) => (q.state.data?.items.some((p) => p.state === 'opened' || p.state === 'offered') ? 4000 : false),
  });
  const { send, busy, error } = useSending(key);
  const [asked, setAsked] = useState(false);
  if (!found.data || (!found.data.connected && found.data.items.length === 0)) return null;
  const open = found.data.items.some((p) => p.state === 'opened' || p.state === 'offered');
  if (found.data.items.length === 0 && !(may && d.charges.length > 0)) return null;
  return (
    <section className="card" data-testid="payments">
      <h2>{w.payments}</h2>
      {found.data.items.length === 0 && <p className="quiet" style={{ margin: 0 }}>{w.none}</p>}
      {found.data.items.map((p) => <PaymentLine key={p.reference} p={p} busy={busy || !may} ask={(reference) => void send(`/api/v1/payments/${reference}/ask`, {}).then(setAsked)} />)}
      {may && found.data.connected && found.data.unpaid > 0 && !open && <Button mt="sm" variant="default" loading={busy} onClick={() => void send(`/api/v1/dossiers/${encodeURIComponent(d.code)}/payments`, {})}>{w.begin}</Button>}
      <div role="status">{asked && <p className="quiet" style={{ margin: '6px 0 0' }}>{w.asked}</p>}</div>
      {error !== null && <ProblemNotice error={error} />}
    </section>
  );
}

function OrderLine({ o, cancel, busy }: { o: PostalOrder; cancel: () => void; busy: boolean }) {
  const w = useWords();
  const { language } = useLanguage();
  const open = o.state !== 'delivered' && o.state !== 'cancelled';
  return (
    <div style={{ padding: '6px 0' }} data-testid="postal-order">
      <div className="row" style={{ justifyContent: 'space-between' }}>
        <span><strong style={{ fontWeight: 600 }}>{w.ways[o.way]}</strong> <span className="quiet">· {w.by[o.asked_by]}{o.on_delivery > 0 ? ` · ${money(o.on_delivery)} ${w.collects}` : ''}</span></span>
        <span className={`state ${o.state === 'delivered' ? 'good' : o.held || o.problem ? 'bad' : ''}`}>{o.cancel_wanted && open ? w.cancelling : w.orderStates[o.state]}</span>
      </div>
      <div className="row quiet" style={{ fontSize: 13 }}>
        <span>{o.item ? `${w.item} ${o.item} · ` : ''}{o.status_words ? `${o.status_words} · ` : ''}{dateTime(o.status_at ?? o.asked_at)}</span>
        {!o.cancel_wanted && (o.state === 'none' || o.state === 'registered') && <Button size="compact-xs" variant="default" disabled={busy} onClick={cancel}>{w.cancel}</Button>}
      </div>
      {o.held && <p style={{ margin: '4px 0 0' }}>{o.held[language]}</p>}
      {o.problem && <p style={{ margin: '4px 0 0' }}>{w.problems[o.problem] ?? `${w.problem}: ${o.problem}`}</p>}
    </div>
  );
}

/** Orders of the post, and a form for a new one. */
export function Posts({ d, may }: { d: DossierWhole; may: boolean }) {
  const w = useWords();
  const key = ['dossier', d.code, 'post'] as const;
  const found = useQuery({
    queryKey: [...key, d.version],
    queryFn: ({ signal }) => api.get<DossierPost>(`/api/v1/dossiers/${encodeURIComponent(d.code)}/post`, signal),
    refetchInterval: (q) => (q.state.data?.items.some((o) => o.state === 'none') ? 5000 : false),
  });
  const { send, busy, error } = useSending(key);
  const [form, setForm] = useState<{ way: 'return' | 'collect'; name: string; phone: string; address: string; on_delivery: boolean } | null>(null);
  if (!found.data || (!found.data.connected && found.data.items.length === 0)) return null;
  const openOf = (way: string) => found.data.items.some((o) => o.way === way && o.state !== 'delivered' && o.state !== 'cancelled');
  const over = ['refused', 'withdrawn', 'stopped', 'returned'].includes(d.state);
  const unpaid = d.charges.reduce((sum, c) => sum + (c.paid_at ? 0 : (c.amount ?? 0)), 0);
  const submit = (e: FormEvent) => {
    e.preventDefault();
    if (form) void send(`/api/v1/dossiers/${encodeURIComponent(d.code)}/post`, form).then((sent) => sent && setForm(null));
  };
  const at = (pointer: string) => (error instanceof ApiProblem ? error.at(pointer) : undefined);
  return (
    <section className="card" data-testid="post">
      <h2>{w.post}</h2>
      {found.data.items.length === 0 && <p className="quiet" style={{ margin: 0 }}>{w.noOrders}</p>}
      {found.data.items.map((o) => <OrderLine key={o.order} o={o} busy={busy || !may} cancel={() => void send(`/api/v1/postal-orders/${encodeURIComponent(o.order)}/cancel`, {})} />)}
      {may && found.data.connected && !over && !form && !(openOf('return') && openOf('collect')) && (
        <Button mt="sm" variant="default" onClick={() => setForm({ way: openOf('return') ? 'collect' : 'return', name: d.applicant?.name ?? '', phone: d.applicant?.phone ?? '', address: d.applicant?.address ?? '', on_delivery: false })}>{w.add}</Button>
      )}
      {form && (
        <form onSubmit={submit} style={{ display: 'grid', gap: 10, marginTop: 10 }}>
          <Radio.Group label={w.way} value={form.way} onChange={(way) => setForm({ ...form, way: way === 'collect' ? 'collect' : 'return' })}>
            <div className="row" style={{ marginTop: 4 }}>
              {!openOf('return') && <Radio value="return" label={w.ways.return} />}
              {!openOf('collect') && <Radio value="collect" label={w.ways.collect} />}
            </div>
          </Radio.Group>
          <TextInput label={w.name} value={form.name} error={at('/name')} onChange={(e) => setForm({ ...form, name: e.currentTarget.value })} required />
          <TextInput label={w.phone} type="tel" value={form.phone} error={at('/phone')} onChange={(e) => setForm({ ...form, phone: e.currentTarget.value })} required />
          <TextInput label={w.address} description={w.addressHint} value={form.address} error={at('/address')} onChange={(e) => setForm({ ...form, address: e.currentTarget.value })} required />
          {form.way === 'return' && unpaid > 0 && <Checkbox label={w.onDelivery(money(unpaid))} checked={form.on_delivery} onChange={(e) => setForm({ ...form, on_delivery: e.currentTarget.checked })} />}
          <div className="row"><Button type="submit" loading={busy}>{w.send}</Button><Button variant="default" onClick={() => setForm(null)}>{w.close}</Button></div>
        </form>
      )}
      {error !== null && <ProblemNotice error={error} />}
    </section>
  );
}
