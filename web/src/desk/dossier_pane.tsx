import { ActionIcon, Button } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconDownload, IconEye, IconFileTypePdf, IconPaperclip, IconUsers, IconX } from '@tabler/icons-react';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { useOthersAt } from '../api/people';
import { useAgencies, useClocks, useDossier, useFiles, useHistory, useNow, usePerson, useProcedure, useWorkingCalendar } from '../api/queries';
import { ApiProblem } from '../api/client';
import { api, useAccount } from '../api/session';
import type { DossierClocks, DossierWhole } from '../api/types';
import { useLanguage, useT } from '../i18n';
import { Due, Empty, Fact, Load, ProblemNotice, StateBadge } from '../kit/kit';
import { bytes, date, dateTime, money, phone } from '../lib/format';
import { remainingUntil } from '../lib/working_time';
import { holds } from '../lib/rights';
import { span } from '../lib/words';
import { Payments, Posts } from './outside';

const StoreOfDossier = lazy(() => import('./national_store').then((m) => ({ default: m.StoreOfDossier })));
type Tab = 'overview' | 'clocks' | 'history' | 'papers' | 'flow';
const tabs: Tab[] = ['overview', 'clocks', 'history', 'papers', 'flow'];

export function DossierPane({ code }: { code: string }) {
  const t = useT();
  const [tab, setTab] = useState<Tab>('overview');
  const dossier = useDossier(code);
  const list = useRef<HTMLDivElement>(null);
  return (
    <Load of={dossier} lines={10}>
      {(d) => (
        <>
          <Hero d={d} />
          <Others code={code} />
          <div className="hero" style={{ paddingTop: 0 }}>
            <div className="tablist" role="tablist" ref={list} onKeyDown={(e) => {
              const step = e.key === 'ArrowRight' ? 1 : e.key === 'ArrowLeft' ? -1 : 0;
              if (!step) return;
              e.preventDefault();
              const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length] ?? 'overview';
              setTab(next);
              list.current?.querySelector<HTMLElement>(`[data-tab=${next}]`)?.focus();
            }}>
              {tabs.map((one) => <button type="button" key={one} role="tab" id={`tab-${one}`} data-tab={one} aria-selected={tab === one} aria-controls="tabpanel" tabIndex={tab === one ? 0 : -1} onClick={() => setTab(one)}>{t.dossier.tabs[one]}</button>)}
            </div>
          </div>
          <div className="body" role="tabpanel" id="tabpanel" aria-labelledby={`tab-${tab}`}>
            {tab === 'overview' && <Overview d={d} />}
            {tab === 'clocks' && <Clocks code={code} />}
            {tab === 'history' && <History d={d} />}
            {tab === 'papers' && <Papers d={d} />}
            {tab === 'flow' && <Flow d={d} />}
          </div>
        </>
      )}
    </Load>
  );
}

/** A colleague who has it open too: said, not enforced; what decides is the dossier's version. */
function Others({ code }: { code: string }) {
  const t = useT();
  const others = useOthersAt(code);
  return <div role="status">{others.length > 0 && <div className="others" data-testid="others"><IconUsers size={17} aria-hidden />{t.dossier.alsoHere(others.map((o) => o.name).join(', '))}</div>}</div>;
}

function Hero({ d }: { d: DossierWhole }) {
  const t = useT();
  const calendar = useWorkingCalendar();
  const now = useNow();
  const open = !['finished', 'returned', 'refused', 'withdrawn', 'stopped'].includes(d.state);
  return (
    <div className="hero" style={{ borderBottom: 0 }}>
      <div className="row"><span className="mono" style={{ fontWeight: 620 }}>{d.code}</span><StateBadge state={d.state} />{open && d.due && <Due remaining={remainingUntil(calendar, now, d.due)} due={d.due} provisional={d.due_provisional} />}</div>
      <h1>{d.procedure_name ?? d.procedure}</h1>
      <div className="quiet">{d.applicant ? <><span style={{ color: 'var(--hl-ink)', fontWeight: 560 }}>{d.applicant.name}</span>{d.applicant.phone ? ` · ${phone(d.applicant.phone)}` : ''}</> : d.erased ? t.dossier.erased : '–'}</div>
    </div>
  );
}

function useAgencyName() {
  const { data } = useAgencies();
  return (id: string) => data?.find((a) => a.id === id)?.name ?? id;
}

function Overview({ d }: { d: DossierWhole }) {
  const t = useT();
  const account = useAccount();
  const { language } = useLanguage();
  const agency = useAgencyName();
  const calendar = useWorkingCalendar();
  const now = useNow();
  const procedure = useProcedure(d.procedure, d.release);
  const person = usePerson();
  const clerk = [d.reception, d.agency].some((a) => holds(person, 'receive', a) || holds(person, 'handle', a));
  const open = d.tasks.filter((task) => task.state === 'open');
  const stepName = (id: string) => procedure.data?.flow.stages.flatMap((s) => s.lanes.flatMap((l) => l.steps)).find((s) => s.id === id)?.name;
  const componentName = (id: string) => procedure.data?.card.components.find((c) => c.id === id)?.name ?? id;
  const field = (id: string) => procedure.data?.form.fields.find((f) => f.id === id);
  const shown = (id: string, value: unknown): string => {
    const f = field(id);
    if (typeof value === 'boolean') return value ? t.common.yes : t.common.no;
    if (f?.type === 'enum') return f.values.find((v) => v.id === value)?.[language] ?? String(value);
    if (f?.type === 'date') return date(String(value));
    if (typeof value === 'number') return new Intl.NumberFormat('vi-VN').format(value);
    if (value && typeof value === 'object') return Object.values(value).filter((v) => typeof v === 'string' && v).join(', ');
    return String(value ?? '–');
  };
  return (
    <>
      <section className="card">
        <dl className="facts">
          <Fact name={t.dossier.receivedAt}>{dateTime(d.received_at) || '–'}</Fact>
          <Fact name={t.dossier.due}>{d.due ? <>{dateTime(d.due)}{d.due_provisional && <span className="quiet" title={t.time.provisionalText}> ({t.time.provisional})</span>}</> : t.time.unknown}</Fact>
          <Fact name={t.dossier.channel}>{t.channels[d.channel]}</Fact>
          <Fact name={t.dossier.agency}>{d.agency_name}</Fact>
          {d.reception !== d.agency && <Fact name={t.dossier.reception}>{agency(d.reception)}</Fact>}
          <Fact name={t.dossier.filedAt}>{dateTime(d.filed_at)}</Fact>
          {d.other_codes.length > 0 && <Fact name={t.dossier.otherCodes}>{d.other_codes.join(', ')}</Fact>}
        </dl>
      </section>
      <section className="card">
        <h2>{t.dossier.tasks}</h2>
        {open.length === 0 ? <p className="quiet" style={{ margin: 0 }}>{t.dossier.noTasks}</p> : open.map((task) => (
          <div key={task.number} className="row" style={{ justifyContent: 'space-between', padding: '4px 0' }}>
            <span><strong style={{ fontWeight: 600 }}>{task.step_name ?? stepName(task.step) ?? t.steps[task.kind]}</strong> <span className="quiet">· {task.agency_name} · {task.officer ? (task.officer === account.officer ? t.queue.mine : t.dossier.withOfficer(task.officer_name ?? task.officer)) : t.dossier.nobody}{task.planned_minutes ? ` · ${t.dossier.plan(span(t, task.planned_minutes))}` : ''}</span></span>
            <Due remaining={remainingUntil(calendar, now, task.due)} due={task.due} />
          </div>
        ))}
      </section>
      {d.applicant && (
        <section className="card">
          <h2>{t.dossier.applicant}</h2>
          <dl className="facts">
            <Fact name={t.reception.name}>{d.applicant.name}</Fact>
            <Fact name={t.dossier.idNumber}>{d.applicant.id_number ?? '–'}</Fact>
            <Fact name={t.dossier.phone}>{d.applicant.phone ? phone(d.applicant.phone) : '–'}</Fact>
            {d.applicant.email && <Fact name={t.dossier.email}>{d.applicant.email}</Fact>}
            <Fact name={t.dossier.address}>{d.applicant.address ?? '–'}</Fact>
            {d.applicant.representative && <Fact name={t.dossier.representative}>{d.applicant.representative.name}</Fact>}
          </dl>
          <p className="quiet" style={{ margin: '12px 0 0', fontSize: 13 }}>{t.dossier.readLogged}</p>
        </section>
      )}
      {d.answers && Object.keys(d.answers).length > 0 && (
        <section className="card">
          <h2>{t.dossier.answers}</h2>
          <dl className="facts">{Object.entries(d.answers).map(([id, value]) => <Fact key={id} name={field(id)?.label[language] ?? id}>{shown(id, value)}</Fact>)}</dl>
        </section>
      )}
      <section className="card">
        <h2>{t.dossier.components}</h2>
        {d.components.length === 0 ? <p className="quiet" style={{ margin: 0 }}>{t.dossier.noComponents}</p> : (
          <table className="plain" style={{ margin: '0 -14px', width: 'calc(100% + 28px)' }}>
            <thead><tr><th scope="col">{t.dossier.components}</th><th scope="col" className="num">{t.dossier.originals}</th><th scope="col" className="num">{t.dossier.copies}</th><th scope="col">{t.dossier.digitised}</th></tr></thead>
            <tbody>{d.components.map((c) => <tr key={c.id}><td>{componentName(c.id)}</td><td className="num">{c.originals}</td><td className="num">{c.copies}</td><td>{c.digitised ? t.common.yes : t.common.no}</td></tr>)}</tbody>
          </table>
        )}
      </section>
      {d.state === 'filed' && d.applicant?.id_kind === 'personal_id' && procedure.data && holds(person, 'receive', d.reception) && <Suspense><StoreOfDossier key={d.code} d={d} procedure={procedure.data} /></Suspense>}
      {d.charges.length > 0 && (
        <section className="card">
          <h2>{t.dossier.charges}</h2>
          {d.charges.map((c) => (
            <div key={c.id} className="row" style={{ justifyContent: 'space-between', padding: '3px 0' }}>
              <span>{c.name}</span>
              <span>{c.amount === null ? <span className="quiet">{t.dossier.amountUnknown}</span> : <strong style={{ fontWeight: 600 }}>{money(c.amount)}</strong>} <span className={`state ${c.paid_at ? 'good' : 'warn'}`}>{c.paid_at ? `${t.dossier.paidAt} ${date(c.paid_at)}` : t.dossier.unpaid}</span></span>
            </div>
          ))}
        </section>
      )}
      <Payments d={d} may={clerk} />
      <Posts d={d} may={clerk} />
      {d.notes.length > 0 && (
        <section className="card">
          <h2>{t.dossier.notes}</h2>
          {d.notes.map((n) => (
            <div key={n.number} style={{ padding: '6px 0' }}>
              <div><strong style={{ fontWeight: 600 }}>{t.dossier.noteKinds[n.kind]}</strong> <span className="quiet">{dateTime(n.at)}{n.officer ? ` · ${n.officer}` : ''}</span></div>
              <NoteText content={n.content} />
            </div>
          ))}
        </section>
      )}
    </>
  );
}

/** The texts of a note; figures and codes in it are shown elsewhere. */
function NoteText({ content }: { content: Record<string, unknown> }) {
  const texts: string[] = [];
  const collect = (value: unknown) => {
    if (typeof value === 'string' && /\s/.test(value.trim())) texts.push(value);
    else if (Array.isArray(value)) value.forEach(collect);
    else if (value && typeof value === 'object') Object.values(value).forEach(collect);
  };
  collect(content);
  return texts.length ? <div>{texts.map((text, i) => <div key={i}>{text}</div>)}</div> : null;
}

function Clock({ title, lead, reading, verdict }: { title: string; lead: string; reading: DossierClocks['promise']; verdict: DossierClocks['promise_verdict'] }) {
  const t = useT();
  const total = reading.remaining_minutes === null ? null : reading.elapsed_minutes + reading.remaining_minutes;
  const used = total && total > 0 ? Math.min(100, (100 * reading.elapsed_minutes) / total) : reading.remaining_minutes !== null && reading.remaining_minutes <= 0 ? 100 : 0;
  const late = reading.remaining_minutes !== null && reading.remaining_minutes < 0;
  return (
    <section className="card">
      <h2 style={{ marginBottom: 2 }}>{title}</h2>
      <p className="quiet" style={{ margin: '0 0 10px', fontSize: 13 }}>{lead}</p>
      <div className="big">{reading.due ? dateTime(reading.due) : t.time.unknown}</div>
      <div className="row" style={{ marginTop: 6 }}>
        <span className="state">{t.dossier.clockStates[reading.state]}</span>
        <span className={`state ${verdict.verdict === 'on_time' ? 'good' : verdict.verdict === 'late' ? 'bad' : ''}`}>{t.dossier.verdicts[verdict.verdict]}</span>
        {reading.provisional && <span className="state warn">{t.time.provisional}</span>}
      </div>
      <div className={`bar ${late ? 'bad' : ''}`} aria-hidden><span style={{ width: `${used}%` }} /></div>
      <div className="row" style={{ justifyContent: 'space-between', fontSize: 13 }}>
        <span>{t.dossier.elapsed}: {span(t, reading.elapsed_minutes)}</span>
        <span>{reading.remaining_minutes === null ? '' : late ? t.time.overdue(span(t, reading.remaining_minutes)) : t.time.left(span(t, reading.remaining_minutes))}</span>
      </div>
      {reading.arithmetic.length > 0 && <><h3 style={{ fontSize: 13, marginTop: 14 }}>{t.dossier.arithmetic}</h3><ol className="sum">{reading.arithmetic.map((line, i) => <li key={i}>{line}</li>)}</ol></>}
    </section>
  );
}
function Clocks({ code }: { code: string }) {
  const t = useT();
  const clocks = useClocks(code, true);
  return (
    <Load of={clocks}>
      {(c) => (
        <>
          <div className="clock">
            <Clock title={t.dossier.promise} lead={t.dossier.promiseLead} reading={c.promise} verdict={c.promise_verdict} />
            <Clock title={t.dossier.index} lead={t.dossier.indexLead} reading={c.index} verdict={c.index_verdict} />
          </div>
          {c.lanes.length > 0 && (
            <section className="card" style={{ marginTop: 14 }}>
              <h2>{t.dossier.lanesTitle}</h2>
              {c.lanes.map((lane) => <div key={lane.task} className="row" style={{ justifyContent: 'space-between' }}><span>{lane.agency}</span><span>{lane.clock.due ? dateTime(lane.clock.due) : t.time.unknown}</span></div>)}
            </section>
          )}
        </>
      )}
    </Load>
  );
}

function History({ d }: { d: DossierWhole }) {
  const t = useT();
  const history = useHistory(d.code, true);
  const procedure = useProcedure(d.procedure, d.release);
  const stepName = (id: string) => procedure.data?.flow.stages.flatMap((s) => s.lanes.flatMap((l) => l.steps)).find((s) => s.id === id)?.name;
  return (
    <Load of={history}>
      {(h) => h.items.length === 0 ? <Empty title={t.common.nothing} /> : (
        <section className="card">
          <ol className="timeline">
            {h.items.map((e) => (
              <li key={e.event}>
                <div><strong style={{ fontWeight: 600 }}>{t.events[e.type] ?? t.otherEvent}</strong>{e.step && stepName(e.step) ? <span className="quiet"> · {stepName(e.step)}</span> : null}</div>
                <div className="quiet" style={{ fontSize: 13 }}>{dateTime(e.at)} · {e.agency_name}{e.to !== e.from ? ` · ${t.states[e.to]}` : ''}</div>
              </li>
            ))}
          </ol>
        </section>
      )}
    </Load>
  );
}

const slips = ['01', '02', '03', '04', '05', '06'] as const;
export function slipsOf(d: Pick<DossierWhole, 'state' | 'received_at' | 'requests' | 'extensions' | 'notes'>): (typeof slips)[number][] {
  return slips.filter((form) =>
    form === '01' ? d.received_at !== null
      : form === '02' ? d.requests > 0
      : form === '03' ? d.state === 'refused'
      : form === '04' ? d.extensions > 0
      : form === '05' ? d.state === 'withdrawn' || d.state === 'stopped'
      : d.received_at !== null);
}
export const slipAddress = (code: string, form: string) => `/api/v1/dossiers/${code}/slips/${form}?format=pdf`;

function Papers({ d }: { d: DossierWhole }) {
  const t = useT();
  const files = useFiles(d.code, true);
  const client = useQueryClient();
  const [viewed, setViewed] = useState<Viewed | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const procedure = useProcedure(d.procedure, d.release);
  const role = d.state === 'filed' || d.state === 'received' ? 'paper' : d.state === 'awaiting_supplement' ? 'supplement' : 'working';
  const upload = async (file: File) => {
    setError(null);
    setBusy(true);
    try {
      await api.upload(`/api/v1/dossiers/${d.code}/files?role=${role}`, file);
      await client.invalidateQueries({ queryKey: ['files', d.code] });
      await client.invalidateQueries({ queryKey: ['dossier', d.code] });
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <section className="card">
        <h2>{t.dossier.slips}</h2>
        <div className="row">
          {slipsOf(d).map((form) => <Button key={form} component="a" href={slipAddress(d.code, form)} target="_blank" rel="noopener" variant="default" size="xs" leftSection={<IconFileTypePdf size={16} aria-hidden />}>{form} · {t.dossier.slipNames[form]}<span className="sr"> ({t.dossier.opens})</span></Button>)}
          {slipsOf(d).length === 0 && <span className="quiet">{t.common.none}</span>}
        </div>
      </section>
      {d.papers.length > 0 && (
        <section className="card">
          <h2>{t.dossier.papers}</h2>
          {d.papers.map((p, i) => <div key={i} className="row"><strong style={{ fontWeight: 600 }}>{procedure.data?.card.results.find((r) => r.id === p.kind)?.name ?? p.kind ?? '–'}</strong><span>{p.number}</span><span className={`state ${p.outcome === 'granted' ? 'good' : 'bad'}`}>{t.dossier.outcome[p.outcome]}</span><span className="quiet">{dateTime(p.at)}</span></div>)}
        </section>
      )}
      <section className="card">
        <h2>{t.dossier.files}</h2>
        {error !== null && <ProblemNotice error={error} />}
        <Load of={files}>
          {(f) => (
            <>
              {f.items.length === 0 && <p className="quiet" style={{ margin: 0 }}>{t.dossier.noFiles}</p>}
              {f.items.map((one) => (
                <div key={one.id} className="row" style={{ padding: '4px 0' }}>
                  <IconPaperclip size={16} aria-hidden /><span style={{ minWidth: 0, overflowWrap: 'anywhere' }}>{one.name ?? one.id}</span><span className="quiet">{t.dossier.fileRoles[one.role]} · {bytes(one.bytes)}</span><span className="grow" />
                  {one.withdrawn ? <span className="state">{t.dossier.fileWithdrawn}</span> : (
                    <>
                      {/^(image\/(png|jpeg|webp)|application\/pdf|text\/plain)$/.test(one.type) && <ActionIcon variant="subtle" size={30} aria-label={`${t.dossier.viewer}: ${one.name ?? ''}`} aria-pressed={viewed?.id === one.id} onClick={() => setViewed({ id: one.id, type: one.type, name: one.name ?? one.id })}><IconEye size={18} aria-hidden /></ActionIcon>}
                      <ActionIcon component="a" variant="subtle" size={30} href={`/api/v1/dossiers/${d.code}/files/${one.id}`} aria-label={`${t.dossier.download}: ${one.name ?? ''}`}><IconDownload size={18} aria-hidden /></ActionIcon>
                    </>
                  )}
                </div>
              ))}
              <input ref={input} type="file" hidden accept={f.limits.types.flatMap((x) => x.endings.map((e) => `.${e.replace(/^\./, '')}`)).join(',')} onChange={(e) => { const file = e.currentTarget.files?.[0]; if (file) void upload(file); e.currentTarget.value = ''; }} />
              {!['refused', 'withdrawn', 'stopped', 'returned'].includes(d.state) && <Button mt={10} size="xs" variant="default" loading={busy} leftSection={<IconPaperclip size={16} aria-hidden />} onClick={() => input.current?.click()}>{t.dossier.attach}</Button>}
            </>
          )}
        </Load>
        {viewed && <Viewer key={viewed.id} code={d.code} file={viewed} onClose={() => setViewed(null)} />}
      </section>
    </>
  );
}

interface Viewed {
  id: string;
  type: string;
  name: string;
}
/** A file in place. A PDF comes page by page as pictures made by the server: what a stranger sent runs nothing here. */
function Viewer({ code, file, onClose }: { code: string; file: Viewed; onClose: () => void }) {
  const t = useT();
  const [page, setPage] = useState(1);
  const [shown, setShown] = useState<{ url: string; text?: string } | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [last, setLast] = useState<number | null>(null);
  const pdf = file.type === 'application/pdf';
  const box = useRef<HTMLElement>(null);
  useEffect(() => box.current?.focus(), []);
  useEffect(() => {
    let current = true;
    let url = '';
    api.blob(`/api/v1/dossiers/${code}/files/${file.id}${pdf ? `/pages/${page}` : ''}`).then(
      async (blob) => {
        const text = file.type === 'text/plain' ? await blob.text() : undefined;
        if (!current) return;
        url = URL.createObjectURL(blob);
        setError(null);
        setShown(text === undefined ? { url } : { url, text });
      },
      (reason: unknown) => {
        if (!current) return;
        if (pdf && page > 1 && reason instanceof ApiProblem && reason.status === 404) { setLast(page - 1); setPage(page - 1); } else setError(reason);
      },
    );
    return () => { current = false; if (url) URL.revokeObjectURL(url); };
  }, [code, file.id, file.type, page, pdf]);
  return (
    <section className="page-view" ref={box} tabIndex={-1} aria-label={t.dossier.showing(file.name)} onKeyDown={(e) => {
      if (e.key === 'Escape') { e.stopPropagation(); onClose(); }
      if (pdf && e.key === 'ArrowRight' && page !== last) setPage(page + 1);
      if (pdf && e.key === 'ArrowLeft' && page > 1) setPage(page - 1);
    }}>
      <div className="pager">
        <strong style={{ fontWeight: 600, overflowWrap: 'anywhere' }}>{file.name}</strong><span className="grow" style={{ flex: 1 }} />
        {pdf && <><ActionIcon variant="default" size={30} aria-label={t.dossier.previousPage} disabled={page === 1} onClick={() => setPage(page - 1)}><IconChevronLeft size={18} aria-hidden /></ActionIcon><span role="status" style={{ whiteSpace: 'nowrap' }}>{t.dossier.page(page)}{page === last ? <span className="sr"> {t.dossier.lastPage}</span> : null}</span><ActionIcon variant="default" size={30} aria-label={t.dossier.nextPage} disabled={page === last} onClick={() => setPage(page + 1)}><IconChevronRight size={18} aria-hidden /></ActionIcon></>}
        <ActionIcon variant="subtle" color="gray" size={30} aria-label={t.dossier.closeViewer} onClick={onClose}><IconX size={18} aria-hidden /></ActionIcon>
      </div>
      {error !== null ? <ProblemNotice error={error} /> : shown === null ? <p className="quiet">{t.common.loading}…</p> : shown.text !== undefined ? <pre className="inset" style={{ whiteSpace: 'pre-wrap', padding: 12, margin: 0 }}>{shown.text}</pre> : <img src={shown.url} alt={pdf ? `${file.name}, ${t.dossier.page(page)}` : file.name} />}
    </section>
  );
}

function Flow({ d }: { d: DossierWhole }) {
  const t = useT();
  return (
    <section className="card">
      <div className="flow inset" tabIndex={0} role="region" aria-label={t.dossier.tabs.flow}><img src={`/api/v1/procedures/${d.procedure}/flow.svg?release=${encodeURIComponent(d.release)}`} alt={t.dossier.flowAlt(d.procedure_name ?? d.procedure)} /></div>
    </section>
  );
}
