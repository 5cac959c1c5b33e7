// The head's view: what will be late this week, in which step; the apology in two clicks (open it, send it).
import { Button, Modal, Select, TextInput, Textarea } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { useNow, useOwnAgencies, useProcedureNames, useQueue, useWorkingCalendar, type Row } from '../api/queries';
import { useT } from '../i18n';
import { Due, Empty, ProblemNotice, Skeleton, useTitle } from '../kit/kit';
import { date, number, parseDate } from '../lib/format';
import { endOfWeek, remainingUntil, workedDaysAfter } from '../lib/working_time';
import { OfficerSelect } from './actions';
import { failures, send, useWaiting } from './sending';

const route = getRouteApi('/frame/desk/head');

export function Head() {
  const t = useT();
  useTitle(t.head.title);
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const agencies = useOwnAgencies();
  const agency = search.agency ?? agencies[0]?.id ?? '';
  const queue = useQueue({ view: 'agency', agency });
  const names = useProcedureNames();
  const calendar = useWorkingCalendar();
  const now = useNow();
  const waiting = useWaiting();
  const [open, setOpen] = useState<{ row: Row; what: 'extend' | 'reassign' } | null>(null);
  const { fetchNextPage, hasNextPage, isFetchingNextPage, rows } = queue;
  const { end, next } = endOfWeek(now, calendar);
  // Due times ascend: pages are read until the week is over.
  const lastDue = rows.at(-1)?.due;
  useEffect(() => { if (hasNextPage && !isFetchingNextPage && lastDue && Date.parse(lastDue) < end) void fetchNextPage(); }, [hasNextPage, isFetchingNextPage, lastDue, end, fetchNextPage]);
  const soon = useMemo(() => rows.filter((r) => r.due && Date.parse(r.due) < end && r.state !== 'finished'), [rows, end]);
  const late = soon.filter((r) => r.due && Date.parse(r.due) < now);
  const steps = useMemo(() => {
    const by = new Map<string, Row[]>();
    for (const row of soon) { const kind = row.task?.kind ?? 'work'; by.set(kind, [...(by.get(kind) ?? []), row]); }
    return [...by.entries()].sort((a, b) => b[1].length - a[1].length);
  }, [soon]);
  const sending = new Set(waiting.map((w) => w.subject));

  return (
    <main id="main" tabIndex={-1} className="page">
      <div className="inner">
        <h1>{t.head.title}</h1>
        <p className="lead">{t.head.lead}</p>
        {agencies.length > 1 && <Select mb={16} maw={420} label={t.head.agency} data={agencies.map((a) => ({ value: a.id, label: a.name }))} value={agency} onChange={(v) => void navigate({ search: { agency: v ?? undefined } })} allowDeselect={false} />}
        {queue.error && !queue.data ? <ProblemNotice error={queue.error} retry={() => void queue.refetch()} /> : queue.isPending && agency ? <Skeleton lines={8} /> : (
          <>
            <div className="tiles">
              <div className="card tile"><div className={`value${late.length ? ' bad' : ''}`}>{number(late.length)}</div><div className="quiet">{t.head.overdue}</div></div>
              <div className="card tile"><div className={`value${soon.length - late.length ? ' warn' : ''}`}>{number(soon.length - late.length)}</div><div className="quiet">{next ? t.head.nextWeek : t.head.week}</div></div>
              <div className="card tile"><div className="value">{number(rows.length)}{hasNextPage ? '+' : ''}</div><div className="quiet">{t.head.total}</div></div>
              <div className="card tile"><div className="value">{number(rows.filter((r) => !r.due).length)}</div><div className="quiet">{t.head.later}</div></div>
            </div>
            {soon.length === 0 ? <div className="card"><Empty title={t.head.empty} /></div> : steps.map(([kind, list]) => (
              <section className="section" key={kind}>
                <h2>{t.steps[kind as keyof typeof t.steps]} <span className="quiet" style={{ fontWeight: 500 }}>{number(list.length)}</span></h2>
                <div className="tablebox inset" tabIndex={0} role="region" aria-label={t.steps[kind as keyof typeof t.steps]}>
                  <table className="plain">
                    <thead><tr><th scope="col">{t.queue.code}</th><th scope="col">{t.queue.procedure}</th><th scope="col">{t.queue.holder}</th><th scope="col">{t.queue.due}</th><th scope="col"><span className="sr">{t.actions.title}</span></th></tr></thead>
                    <tbody>
                      {list.map((row) => (
                        <tr key={row.id}>
                          <td className="mono"><Link to="/desk" search={{ view: 'agency', agency, open: row.code }}>{row.code}</Link></td>
                          <td>{row.procedureName ?? names(row.procedure)}</td>
                          <td>{row.task?.officer_name ?? row.task?.officer ?? <span className="quiet">{t.queue.free}</span>}</td>
                          <td><Due remaining={remainingUntil(calendar, now, row.due)} due={row.due} /></td>
                          <td><div className="row" style={{ flexWrap: 'nowrap', justifyContent: 'flex-end' }}>{sending.has(row.code) ? <span className="quiet">{t.queue.sending}</span> : <>{['processing', 'consulting', 'signing'].includes(row.state) && <Button size="xs" variant="default" onClick={() => setOpen({ row, what: 'extend' })}>{t.head.apology}</Button>}<Button size="xs" variant="default" onClick={() => setOpen({ row, what: 'reassign' })}>{t.head.reassign}</Button></>}</div></td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </div>
              </section>
            ))}
          </>
        )}
      </div>
      <Modal opened={open !== null} onClose={() => setOpen(null)} title={open ? (open.what === 'extend' ? t.head.apology : t.head.reassign) : ''} closeButtonProps={{ 'aria-label': t.common.close }}>
        {open && <Act key={open.row.id} {...open} suggestion={workedDaysAfter(calendar, Math.max(now, Date.parse(open.row.due ?? '') || now), 3)[2] ?? ''} onClose={() => setOpen(null)} />}
      </Modal>
    </main>
  );
}

function Act({ row, what, suggestion, onClose }: { row: Row; what: 'extend' | 'reassign'; suggestion: string; onClose: () => void }) {
  const t = useT();
  const [day, setDay] = useState(date(suggestion));
  const [reason, setReason] = useState(what === 'extend' ? t.head.apologyReason : '');
  const [officer, setOfficer] = useState('');
  const [error, setError] = useState<unknown>(null);
  const parsed = parseDate(day);
  useEffect(() => {
    const listen = (event: Event) => setError((event as CustomEvent<{ error: unknown }>).detail.error);
    failures.addEventListener('refused', listen);
    return () => failures.removeEventListener('refused', listen);
  }, []);
  return (
    <form className="stack" onSubmit={(e) => {
      e.preventDefault();
      if (what === 'extend' ? !parsed : !officer) return;
      void send(t, { code: row.code, command: what, body: what === 'extend' ? { date: parsed, reason } : { officer: officer.trim(), ...(row.task ? { task: row.task.number } : {}), ...(reason.trim() ? { reason: reason.trim() } : {}) }, etag: null, delayed: true });
      onClose();
    }}>
      <p className="mono" style={{ margin: 0 }}>{row.code}</p>
      {error !== null && <ProblemNotice error={error} />}
      {what === 'extend' ? <TextInput label={t.head.suggested} description={t.actions.newDateHint} value={day} onChange={(e) => setDay(e.currentTarget.value)} error={parsed ? undefined : t.actions.badDate} /> : <OfficerSelect id="head-officer" label={t.actions.officer} description={t.actions.officerHint} agency={row.task?.agency ?? ''} value={officer} onChange={setOfficer} />}
      <Textarea label={t.actions.reason} autosize minRows={2} value={reason} onChange={(e) => setReason(e.currentTarget.value)} required={what === 'extend'} withAsterisk={false} />
      {what === 'extend' && <p className="quiet" style={{ fontSize: 13 }}>{t.head.onlyOnce}</p>}
      <Button type="submit" data-autofocus={what === 'extend' || undefined}>{what === 'extend' ? t.head.sendApology : t.head.reassign}</Button>
    </form>
  );
}
