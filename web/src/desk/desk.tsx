// The desk: which queue | which dossier | what is in it | what to do. Everything by keyboard; the address holds the view.
import { ActionIcon, Button, Checkbox, Modal, Select, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconBuilding, IconCalendarPlus, IconCoin, IconFileAlert, IconFileCheck, IconHandGrab, IconInbox, IconPackage, IconRefresh, IconSearch, IconUser, IconX } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { getRouteApi, Navigate } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useApplicants } from '../api/people';
import { useNow, useOwnAgencies, useProcedureNames, useQueue, useWorkingCalendar, views, type QueueRef, type Row, type View } from '../api/queries';
import { useAccount } from '../api/session';
import type { BulkReport } from '../api/types';
import { useT } from '../i18n';
import { Due, Empty, ProblemNotice, Skeleton, StateBadge, useTitle } from '../kit/kit';
import { search as pick } from '../lib/fold';
import { number } from '../lib/format';
import { useKeys } from '../lib/keys';
import { remainingUntil } from '../lib/working_time';
import type { DeskSearch } from '../router';
import { Actions, type ActionsHandle } from './actions';
import { DossierPane } from './dossier_pane';
import { ReassignTogether } from './reassign_together';
import { RiskBadge, useRisks } from './risk';
import { sendBulk, useWaiting, type BulkCommand } from './sending';
import { SignTogether } from './sign_together';

const route = getRouteApi('/frame/desk');
const icons: Record<View, typeof IconInbox> = { mine: IconUser, agency: IconBuilding, unclaimed: IconHandGrab, filed: IconInbox, awaiting_supplement: IconFileAlert, awaiting_payment: IconCoin, finished: IconPackage };

function Count({ of }: { of: QueueRef }) {
  const { rows, hasNextPage } = useQueue(of);
  return rows.length > 0 ? <span className="count">{number(rows.length)}{hasNextPage ? '+' : ''}</span> : null;
}

/** Signs beside a name, each with its word for those who do not see it. */
function Flags({ row, mine, hideFree }: { row: Row; mine: boolean; hideFree: boolean }) {
  const t = useT();
  const signs = [
    mine && ([IconUser, t.queue.mine] as const), row.task && !row.task.officer && !hideFree && ([IconHandGrab, t.queue.free] as const),
    row.flags.supplement === 'answered' && ([IconFileCheck, t.queue.answered] as const), row.flags.supplement === 'asked' && ([IconFileAlert, t.queue.asked] as const),
    row.flags.unpaid && ([IconCoin, t.queue.unpaid] as const), row.flags.extended && ([IconCalendarPlus, t.queue.extended] as const),
  ].filter((x) => x !== false && x !== null);
  return <span className="flags">{row.task && <span className="step">{t.steps[row.task.kind]}</span>}{signs.map(([Icon, word]) => <span key={word} title={word}><Icon size={15} aria-hidden /><span className="sr">{word}</span></span>)}</span>;
}

export function Desk() {
  const t = useT();
  useTitle(t.desk);
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const account = useAccount();
  const agencies = useOwnAgencies();
  const clerk = account.grants.some((g) => g.role === 'clerk');
  const works = account.grants.some((g) => g.role === 'handler' || g.role === 'head');
  const signs = account.grants.some((g) => g.role === 'approver' || g.role === 'head');
  const leads = account.grants.some((g) => g.role === 'head');
  const agency = search.agency ?? agencies[0]?.id ?? account.grants.find((g) => g.agency && g.role !== 'registrar')?.agency ?? '';
  const view: View = search.view ?? (clerk ? 'filed' : 'agency');
  const ref: QueueRef = search.find ? { view, agency: '', search: search.find } : { view, agency: view === 'mine' ? '' : agency };
  const queue = useQueue(ref, Boolean(search.find) || view === 'mine' || Boolean(agency));
  const names = useProcedureNames();
  const calendar = useWorkingCalendar();
  const now = useNow();
  const risk = useRisks(useMemo(() => queue.rows.map((row) => row.code), [queue.rows]));
  const waiting = useWaiting();
  const [cursor, setCursor] = useState(0);
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const anchor = useRef<number | null>(null);
  const [pane, setPane] = useState<'queue' | 'dossier' | 'actions'>(search.open ? 'dossier' : 'queue');
  const [find, setFind] = useState(search.find ?? '');
  const [bulk, setBulk] = useState<'refuse' | 'sign' | 'reassign' | null>(null);
  const [reasons, setReasons] = useState('');
  const [report, setReport] = useState<BulkReport | null>(null);
  const searchBox = useRef<HTMLInputElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const actions = useRef<ActionsHandle>(null);
  const dossierPane = useRef<HTMLElement>(null);

  const go = useCallback((change: Partial<DeskSearch>) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true }), [navigate]);
  const rows = useMemo(() => (search.filter ? pick(queue.rows, search.filter, (row) => `${row.code} ${names(row.procedure)}`) : queue.rows), [queue.rows, search.filter, names]);
  useEffect(() => { setCursor(0); setMarked(new Set()); anchor.current = null; }, [view, agency, search.find]);
  useEffect(() => setFind(search.find ?? ''), [search.find]);
  useEffect(() => { if (cursor >= rows.length && rows.length > 0) setCursor(rows.length - 1); }, [rows.length, cursor]);
  useEffect(() => { if (search.open) setPane('dossier'); }, [search.open]);
  // A dossier opened by its address is where the cursor stands.
  const loaded = rows.length > 0;
  useEffect(() => {
    const at = rows.findIndex((row) => row.code === search.open);
    if (at >= 0 && rows[cursor]?.code !== search.open) setCursor(at);
    // Only when the list or the opened dossier changes, not when the cursor moves
  }, [loaded, search.open]);

  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => grid.current, estimateSize: () => 84, overscan: 8 });
  const items = virtual.getVirtualItems();
  const applicant = useApplicants(items.map((i) => rows[i.index]?.code).filter((c): c is string => c !== undefined));
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = queue;
  const lastShown = items.at(-1)?.index ?? -1;
  useEffect(() => { if (lastShown >= rows.length - 20 && hasNextPage && !isFetchingNextPage) void fetchNextPage(); }, [lastShown, rows.length, hasNextPage, isFetchingNextPage, fetchNextPage]);

  const move = (to: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, to));
    setCursor(next);
    virtual.scrollToIndex(next, { align: 'auto' });
    // With a dossier open, moving in the queue shows the next one, as in a mail program.
    const row = rows[next];
    if (search.open && row) go({ open: row.code });
  };
  const open = (row: Row | undefined) => row && go({ open: row.code });
  const mark = (index: number, range: boolean) => {
    const row = rows[index];
    if (!row) return;
    const next = new Set(marked);
    if (range && anchor.current !== null) {
      const [a, b] = [Math.min(anchor.current, index), Math.max(anchor.current, index)];
      for (const one of rows.slice(a, b + 1)) next.add(one.code);
    } else if (next.has(row.code)) next.delete(row.code);
    else next.add(row.code);
    anchor.current = index;
    setMarked(next);
  };
  /** After an action the queue's next row is where the eye and the focus go. */
  const afterAction = useCallback((code: string) => {
    const at = rows.findIndex((row) => row.code === code);
    const next = rows[at + 1] ?? rows[at - 1];
    grid.current?.focus();
    if (at >= 0 && next) {
      setCursor(rows[at + 1] ? at + 1 : Math.max(0, at - 1));
      go({ open: next.code });
    }
  }, [rows, go]);

  useKeys({
    j: () => move(cursor + 1), k: () => move(cursor - 1),
    enter: (e) => { if (document.activeElement === grid.current || document.activeElement === document.body) { e.preventDefault(); open(rows[cursor]); } },
    arrowdown: (e) => { if (document.activeElement === grid.current) { e.preventDefault(); move(cursor + 1); } },
    arrowup: (e) => { if (document.activeElement === grid.current) { e.preventDefault(); move(cursor - 1); } },
    x: () => mark(cursor, false), 'shift+x': () => mark(cursor, true),
    e: () => actions.current?.start('next'), r: () => actions.current?.start('supplement'), a: () => actions.current?.start('assign'), p: () => actions.current?.print(),
    '/': (e) => { e.preventDefault(); searchBox.current?.focus(); },
    f6: (e) => {
      e.preventDefault();
      const panes = [grid.current, dossierPane.current, document.getElementById('actions')];
      const at = panes.findIndex((p) => p?.contains(document.activeElement));
      panes[(at + 1) % panes.length]?.focus();
    },
    escape: () => {
      if (actions.current?.close()) return;
      if (marked.size) setMarked(new Set());
      else if (document.activeElement !== grid.current) grid.current?.focus();
      else if (search.open) { go({ open: undefined }); setPane('queue'); }
    },
  });

  const runBulk = (command: BulkCommand, more: object = {}) => {
    const codes = [...marked];
    setMarked(new Set());
    grid.current?.focus();
    sendBulk(t, command, codes, more, (done) => {
      if (done.refused > 0) setReport(done);
      notifications.show({ message: t.bulk.done(done.accepted, done.refused), color: done.refused ? 'red' : 'river', closeButtonProps: { 'aria-label': t.common.close } });
    }, () => notifications.show({ message: t.errors.title, color: 'red', closeButtonProps: { 'aria-label': t.common.close } }));
  };
  const markedProcedures = new Set(rows.filter((row) => marked.has(row.code)).map((row) => row.procedure));
  const oneProcedure = markedProcedures.size === 1 ? ([...markedProcedures][0] ?? null) : null;
  const sending = new Set(waiting.flatMap((w) => w.subject.split(' ')));
  const overdue = (row: Row) => remainingUntil(calendar, now, row.due);

  if (!agencies.length && account.grants.every((g) => g.agency === null || !['clerk', 'handler', 'approver', 'head'].includes(g.role)))
    // Who administers and does not work on dossiers belongs in the console.
    return account.grants.some((g) => g.role === 'administrator' || g.role === 'auditor') ? <Navigate to="/console" replace /> : account.grants.some((g) => g.role === 'registrar') ? <Navigate to="/desk/documents" replace /> : <main id="main" tabIndex={-1} className="page"><div className="empty"><h1>{t.views.title}</h1>{t.queue.noAgency}</div></main>;

  return (
    <main className="desk" id="main" tabIndex={-1}>
      <h1 className="sr">{t.desk}</h1>
      <div className="paneswitch" role="group" aria-label={t.common.menu}>
        {(['queue', 'dossier', 'actions'] as const).map((p) => <button type="button" key={p} aria-pressed={pane === p} disabled={p !== 'queue' && !search.open} onClick={() => setPane(p)}>{p === 'queue' ? t.views.title : p === 'dossier' ? t.dossier.tabs.overview : t.actions.title}</button>)}
      </div>
      <nav className="rail" aria-label={t.views.saved} data-hidden={pane !== 'queue'}>
        {agencies.length > 1 && <Select mb={12} size="xs" aria-label={t.queue.agencyLabel} data={agencies.map((a) => ({ value: a.id, label: a.name }))} value={agency} onChange={(v) => go({ agency: v ?? undefined })} allowDeselect={false} />}
        <h2>{t.views.title}</h2>
        {views.map((v) => {
          const Icon = icons[v];
          return (
            <button type="button" key={v} className="view" aria-current={!search.find && v === view ? 'true' : undefined} onClick={() => { go({ view: v, find: undefined, open: undefined, filter: undefined }); setPane('queue'); }}>
              <Icon size={17} aria-hidden />{t.views[v]}<Count of={{ view: v, agency: v === 'mine' ? '' : agency }} />
            </button>
          );
        })}
      </nav>
      <section className="queue" aria-label={search.find ? t.views.found : t.views[view]} data-hidden={pane !== 'queue'}>
        <form className="tools" role="search" onSubmit={(e) => { e.preventDefault(); go({ find: find.trim() || undefined, open: undefined }); grid.current?.focus(); }}>
          <TextInput ref={searchBox} aria-label={t.queue.searchLabel} placeholder={t.queue.searchHint} value={find} onChange={(e) => setFind(e.currentTarget.value)} leftSection={<IconSearch size={17} aria-hidden />}
            rightSection={search.find ? <ActionIcon variant="subtle" color="gray" aria-label={t.queue.clear} onClick={() => { setFind(''); go({ find: undefined }); }}><IconX size={16} aria-hidden /></ActionIcon> : undefined}
            onKeyDown={(e) => { if (e.key === 'Escape') { e.preventDefault(); grid.current?.focus(); } }} />
          <TextInput aria-label={t.queue.filter} placeholder={t.queue.filter} w={104} style={{ flex: 'none' }} value={search.filter ?? ''} onChange={(e) => go({ filter: e.currentTarget.value || undefined })} />
          <ActionIcon variant="subtle" color="gray" size={34} aria-label={t.queue.refresh} onClick={() => void queue.refetch()}><IconRefresh size={18} aria-hidden /></ActionIcon>
        </form>
        {marked.size > 0 ? (
          <div className="bulkbar" role="group" aria-label={t.queue.selected(marked.size)}>
            <strong>{t.queue.selected(marked.size)}</strong><span className="grow" />
            {clerk && <><Button size="xs" onClick={() => runBulk('receive')}>{t.bulk.receive}</Button><Button size="xs" variant="default" onClick={() => runBulk('transfer')}>{t.bulk.transfer}</Button><Button size="xs" variant="default" onClick={() => setBulk('refuse')}>{t.bulk.refuse}…</Button></>}
            {works && <Button size="xs" variant={clerk || signs ? 'default' : 'filled'} onClick={() => runBulk('complete')}>{t.commands.complete}</Button>}
            {leads && <Button size="xs" variant="default" onClick={() => setBulk('reassign')}>{t.commands.reassign}…</Button>}
            {signs && <Button size="xs" onClick={() => setBulk('sign')}>{t.bulk.sign}…</Button>}
            <Button size="xs" variant="subtle" onClick={() => setMarked(new Set())}>{t.queue.clear}</Button>
          </div>
        ) : <span />}
        <div ref={grid} id="grid" className="grid" role="grid" tabIndex={0} aria-label={t.queue.rows} aria-rowcount={hasNextPage ? -1 : rows.length} aria-multiselectable="true" aria-activedescendant={rows[cursor] && items.some((i) => i.index === cursor) ? `row-${cursor}` : undefined}>
          {queue.error && !queue.data ? <div role="row"><div role="gridcell" style={{ padding: 14 }}><ProblemNotice error={queue.error} retry={() => void queue.refetch()} /></div></div>
            : queue.isPending && queue.fetchStatus !== 'idle' ? <div role="row"><div role="gridcell"><Skeleton lines={8} /></div></div>
            : rows.length === 0 ? <div role="row"><div role="gridcell"><Empty title={t.queue.empty}>{t.queue.emptyLead}</Empty></div></div>
            : (
              <div style={{ height: virtual.getTotalSize(), position: 'relative' }} role="rowgroup">
                {items.map((item) => {
                  const row = rows[item.index];
                  if (!row) return null;
                  const here = item.index === cursor;
                  return (
                    <div key={row.id} id={`row-${item.index}`} role="row" aria-rowindex={item.index + 1} aria-selected={marked.has(row.code)} data-code={row.code}
                      className={`line${here ? ' on' : ''}${sending.has(row.code) ? ' wait' : ''}`} style={{ position: 'absolute', top: 0, left: 0, right: 0, transform: `translateY(${item.start}px)`, height: item.size }}
                      onClick={(e) => { setCursor(item.index); if (e.shiftKey) mark(item.index, true); else open(row); }}>
                      <div role="gridcell" onClick={(e) => e.stopPropagation()}><Checkbox size="xs" vars={() => ({ root: { '--checkbox-size': '24px' } })} styles={{ input: { cursor: 'pointer' } }} tabIndex={-1} aria-label={t.queue.select(row.code)} checked={marked.has(row.code)} onChange={() => mark(item.index, false)} /></div>
                      <div role="gridcell" style={{ minWidth: 0 }}>
                        <div className="one"><span className="name applicant">{applicant(row.code) ?? (applicant(row.code) === null ? '–' : '\u00a0')}</span><Flags row={row} mine={Boolean(row.task?.officer && row.task.officer === account.officer)} hideFree={view === 'unclaimed'} /></div>
                        <div className="about" title={row.procedureName ?? names(row.procedure)}>{row.procedureName ?? names(row.procedure)}</div>
                        <div className="two">
                          <span className="quiet mono">{row.code}</span>
                          <RiskBadge of={risk(row.code)} />
                          {sending.has(row.code) ? <span className="quiet">{t.queue.sending}</span> : row.state === 'finished' || (!row.task && ['returned', 'refused', 'withdrawn', 'stopped', 'filed'].includes(row.state)) ? <StateBadge state={row.state} /> : <Due remaining={overdue(row)} due={row.due} provisional={row.flags.provisional} />}
                        </div>
                      </div>
                    </div>
                  );
                })}
              </div>
            )}
        </div>
      </section>
      <section className="dossier inset" aria-label={t.dossier.tabs.overview} ref={dossierPane} tabIndex={-1} data-hidden={pane !== 'dossier'}>
        {search.open ? <DossierPane key={search.open} code={search.open} /> : <Empty title={t.dossier.choose}><p>{t.dossier.chooseLead}</p></Empty>}
      </section>
      <aside className="actions inset" id="actions" tabIndex={-1} aria-label={t.actions.title} data-hidden={pane !== 'actions'}>
        <h2>{t.actions.title}</h2>
        {search.open ? <Actions key={search.open} ref={actions} code={search.open} onDone={afterAction} onStart={() => setPane('actions')} /> : <p className="quiet">{t.dossier.choose}.</p>}
      </aside>
      {bulk === 'sign' && <SignTogether procedure={oneProcedure} count={marked.size} onClose={() => setBulk(null)} onSign={(signing) => { setBulk(null); runBulk('result', signing); }} />}
      {bulk === 'reassign' && <ReassignTogether agency={agency} count={marked.size} onClose={() => setBulk(null)} onGive={(order) => { setBulk(null); runBulk('reassign', order); }} />}
      <Modal opened={bulk === 'refuse'} onClose={() => setBulk(null)} title={`${t.bulk.refuse} · ${t.queue.selected(marked.size)}`} closeButtonProps={{ 'aria-label': t.common.close }}>
        <form onSubmit={(e) => { e.preventDefault(); runBulk('refuse', { reasons: reasons.split('\n').map((r) => r.trim()).filter(Boolean) }); setBulk(null); setReasons(''); }}>
          <Textarea label={t.bulk.reason} description={t.bulk.reasonHint} autosize minRows={3} value={reasons} onChange={(e) => setReasons(e.currentTarget.value)} required withAsterisk={false} data-autofocus />
          <Button mt={14} type="submit" color="red">{t.bulk.refuse}</Button>
        </form>
      </Modal>
      <Modal opened={report !== null} onClose={() => setReport(null)} title={t.bulk.title} size="lg" closeButtonProps={{ 'aria-label': t.common.close }}>
        {report && <table className="plain"><tbody>{report.items.filter((i) => !i.accepted).map((i) => <tr key={i.code}><td className="mono">{i.code}</td><td>{document.documentElement.lang === 'en' ? i.problem?.en : i.problem?.vi}</td></tr>)}</tbody></table>}
      </Modal>
    </main>
  );
}
