// Reception at the counter on one page, by keyboard alone: procedure, number, person, papers, done. Enter goes to the
// next field, Ctrl+Enter takes the dossier in.
import { ActionIcon, Button, Checkbox, Select, TextInput } from '@mantine/core';
import { IconPaperclip, IconScan } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { FormFields } from '../../forms/render';
import { answersOf, leaves, quickStart, type Typed } from '../../forms/typed';
import { check, compile, type Form } from '../../forms/validate';
import { ApiProblem, newKey } from '../api/client';
import { useAgencies, useCatalogue, useOwnAgencies, useProcedure } from '../api/queries';
import { api } from '../api/session';
import type { AddressToday, Business, Dossier, Filing, KnownPerson, ProcedureDecision, ProcedureSummary, Suggestion, Unit } from '../api/types';
import { useLanguage, useT } from '../i18n';
import type { Dictionary } from '../i18n/vi';
import { Empty, Load, ProblemNotice, useTitle } from '../kit/kit';
import { search } from '../lib/fold';
import { date as shownDate, dateTime, money, number } from '../lib/format';
import { useKeys } from '../lib/keys';
import { isScanning, readCard, readPersonalId } from '../lib/personal_id';
import { timeWords } from '../lib/words';
import { slipAddress } from './dossier_pane';
import { NationalStore, tellTaken, useStoreWords, type StoredPaper } from './national_store';

const thisYear = () => new Date().getFullYear();

function offerName(t: Dictionary, field: Suggestion['field']): string {
  return { id_number: t.reception.id, name: t.reception.name, born: t.reception.born, address: t.reception.address }[field];
}
function idWords(t: Dictionary, text: string): { words: string; bad: boolean } | null {
  if (isScanning(text)) return null;
  const read = readPersonalId(text, thisYear());
  switch (read.kind) {
    case 'empty': return null;
    case 'incomplete': return { words: t.reception.idIncomplete(read.digits), bad: read.digits > 12 };
    case 'letters': return { words: t.reception.idLetters, bad: true };
    case 'future': return { words: t.reception.idFuture(read.year), bad: true };
    case 'read': return { words: t.reception.idRead(read.province ?? t.reception.idNoProvince(read.code), read.sex === 'male' ? t.reception.male : t.reception.female, read.year), bad: false };
  }
}
/** The procedure's own questions, as the citizen's pages ask them: one document for both (docs/forms.md). */
const useForm = (code: string | null) =>
  useQuery({
    queryKey: ['form', code],
    queryFn: async ({ signal }) => {
      const { form, errors } = compile(await api.get<unknown>(`/api/v1/procedures/${code}/form`, signal));
      if (!form) throw new Error(errors[0]?.en);
      return form;
    },
    enabled: code !== null,
    staleTime: 3600_000,
  });
const asked = (form: Form) => form.root.properties.some((p) => p.node.widget !== 'hidden');

export function Reception() {
  const t = useT();
  useTitle(t.reception.title);
  const [round, setRound] = useState(0);
  return (
    <main id="main" tabIndex={-1} className="page">
      <h1 className="sr">{t.reception.title}</h1>
      <Counter key={round} onNext={() => setRound(round + 1)} />
    </main>
  );
}

function Counter({ onNext }: { onNext: () => void }) {
  const t = useT();
  const { language } = useLanguage();
  const catalogue = useCatalogue();
  const own = useOwnAgencies();
  const agencies = useAgencies().data ?? [];
  const units = useQuery({ queryKey: ['units'], queryFn: async ({ signal }) => (await api.get<{ items: Unit[] }>('/api/v1/units', signal)).items, staleTime: 3600_000 });
  const reader = useQuery({ queryKey: ['recognition'], queryFn: ({ signal }) => api.get<{ available: boolean; pdf: boolean; most_bytes: number }>('/api/v1/recognitions', signal), staleTime: 3600_000 }).data;
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const [chosen, setChosen] = useState<ProcedureSummary | null>(null);
  const [id, setId] = useState('');
  const [person, setPerson] = useState({ name: '', phone: '', address: '' });
  const [from, setFrom] = useState<string | null>(null);
  const [card, setCard] = useState(false);
  const [today, setToday] = useState<AddressToday | null>(null);
  const [offers, setOffers] = useState<Suggestion[] | null>(null);
  const [reading, setReading] = useState(false);
  const [copies, setCopies] = useState<ReadonlyMap<string, File[]>>(new Map());
  const [attached, setAttached] = useState<{ done: boolean; failed: string[] } | null>(null);
  const askedFor = useRef('');
  const [business, setBusiness] = useState<{ found: Business } | { problem: unknown } | null>(null);
  const picker = useRef<HTMLInputElement>(null);
  const paper = useRef<HTMLInputElement>(null);
  const paperOf = useRef('');
  const [place, setPlace] = useState<string | null>(null);
  const [typed, setTyped] = useState<Typed>({});
  const [mended, setMended] = useState<ReadonlySet<string>>(new Set());
  const [tried, setTried] = useState(false);
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const [stored, setStored] = useState<ReadonlyMap<string, StoredPaper>>(new Map());
  const store = useStoreWords();
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [filed, setFiled] = useState<Dossier | null>(null);
  const [done, setDone] = useState<Dossier | null>(null);
  const [moved, setMoved] = useState(false);
  const keys = useRef({ file: newKey(), receive: newKey(), transfer: newKey() });
  const form = useRef<HTMLFormElement>(null);
  const listId = useId();

  const reception = own[0];
  const area = agencies.find((a) => a.id === reception?.id)?.area;
  const where = place ?? area ?? '';
  const found = useMemo(() => search(catalogue.data ?? [], query, (p) => `${p.code} ${p.name}`).slice(0, 8), [catalogue.data, query]);
  const procedure = useProcedure(chosen?.code ?? null).data;
  const eform = useForm(chosen?.code ?? null);
  const questions = eform.data;
  useEffect(() => { if (questions) setTyped(quickStart(questions)); }, [questions]);
  const given = questions ? answersOf(questions, typed) : {};
  const givenText = JSON.stringify(given);
  const [settled, setSettled] = useState(givenText);
  useEffect(() => { const timer = setTimeout(() => setSettled(givenText), 250); return () => clearTimeout(timer); }, [givenText]);
  const decision = useQuery({
    queryKey: ['decide', chosen?.code, settled, where],
    queryFn: async ({ signal }) => (await api.send<ProcedureDecision>({ path: `/api/v1/procedures/${chosen?.code}/decide`, method: 'POST', body: { fields: JSON.parse(settled) as Record<string, unknown>, channel: 'desk', ...(where ? { place: where } : {}) }, signal })).data,
    enabled: chosen !== null && procedure !== undefined && questions !== undefined,
    placeholderData: (before) => before,
  }).data;
  // Until the answers decide, the card's own list.
  const components = decision && decision.components.length > 0 ? decision.components : (procedure?.card.components.filter((c) => !c.when) ?? []);

  const next = (from: Element | null) => {
    const all = [...(form.current?.querySelectorAll<HTMLElement>('[data-field]') ?? [])].filter((e) => !e.hasAttribute('disabled') && e.offsetParent !== null);
    const index = from ? all.indexOf(from as HTMLElement) : -1;
    // After a number that is known, what was filled from before is passed over.
    const target = all.slice(index + 1).find((e) => !(from?.id === 'r-id' && ['name', 'phone', 'address'].includes(e.dataset['field'] ?? '') && (e as HTMLInputElement).value)) ?? undefined;
    if (target) target.focus();
    else form.current?.querySelector<HTMLElement>('button[type=submit]')?.focus();
  };
  const choose = (p: ProcedureSummary | undefined) => {
    if (!p) return;
    setChosen(p);
    setQuery(p.name);
    setTyped(questions && p.code === chosen?.code ? quickStart(questions) : {});
    setTried(false);
    setTicked(new Set());
    setTimeout(() => form.current?.querySelector<HTMLElement>('[data-field=id]')?.focus(), 0);
  };
  useEffect(() => form.current?.querySelector<HTMLElement>('[data-field=procedure]')?.focus(), []);

  const typeId = (text: string) => {
    const read = readCard(text);
    if (read) {
      setId(read.number);
      setCard(true);
      setPerson((p) => ({ ...p, name: read.name ?? p.name, address: read.address ?? p.address }));
      if (read.address) void translate(read.address);
      void known(read.number);
      return;
    }
    // A scanner types the whole code of the card, letter by letter: it is read when its end has come.
    const number = isScanning(text) ? text : text.replace(/\s+/g, '');
    setId(number);
    if (/^\d{12}$/.test(number)) void known(number);
  };
  /** A business's number, where the procedure is for businesses too: the register is asked through the gateway, once the
   *  clerk has stopped typing (a personal number begins the same way). */
  const takesBusinesses = procedure?.card.subjects.includes('business') === true;
  const businessNumber = takesBusinesses && /^\d{10}(-?\d{3})?$/.test(id) ? id : '';
  useEffect(() => {
    setBusiness(null);
    if (!businessNumber) return;
    const left = new AbortController();
    const timer = setTimeout(() => {
      api.get<Business>(`/api/v1/businesses/${encodeURIComponent(businessNumber)}`, left.signal).then((found) => {
        if (left.signal.aborted) return;
        setBusiness({ found });
        setPerson((p) => ({ ...p, name: p.name || found.name, address: p.address || (found.address ?? '') }));
      }).catch((reason: unknown) => { if (!left.signal.aborted) setBusiness({ problem: reason }); });
    }, 600);
    return () => { clearTimeout(timer); left.abort(); };
  }, [businessNumber]);
  /** A person who was here before: the newest dossier fills what is still empty, and says where it came from. */
  const known = async (number: string) => {
    if (askedFor.current === number) return;
    askedFor.current = number;
    try {
      const { person: found } = (await api.send<{ person: KnownPerson | null }>({ path: '/api/v1/people/known', method: 'POST', body: { id_number: number } })).data;
      if (!found || askedFor.current !== number) return;
      setPerson((p) => ({ name: p.name || found.name, phone: p.phone || (found.phone ?? '').replace(/^\+84/, '0'), address: p.address || found.address || '' }));
      setToday((t) => t ?? found.address_today);
      setFrom(found.code);
    } catch {
      // not found or not allowed to see it: the clerk types as for a new person
    }
  };
  /** What the card says may be an address of before 01/7/2025: today's is offered, never put in silently. */
  const translate = async (address: string) => {
    try {
      setToday((await api.send<{ today: AddressToday | null }>({ path: '/api/v1/addresses/today', method: 'POST', body: { address } })).data.today);
    } catch {
      // the address stays as it was typed
    }
  };
  const readScan = async (file: File) => {
    setReading(true);
    setOffers(null);
    setError(null);
    try {
      setOffers((await api.upload<{ items: Suggestion[] }>('/api/v1/recognitions', file)).items);
    } catch (reason) {
      setError(reason);
    } finally {
      setReading(false);
    }
  };
  const accept = (offer: Suggestion) => {
    if (offer.field === 'id_number') typeId(offer.text);
    else if (offer.field === 'name') setPerson((p) => ({ ...p, name: offer.text }));
    else if (offer.field === 'address') { setPerson((p) => ({ ...p, address: offer.text })); void translate(offer.text); }
    else {
      const born = questions && leaves(questions, typed, given).find((l) => l.asked && l.node.format === 'date' && /birth|born|ngay_sinh/.test(l.path.at(-1) ?? ''));
      if (born) setTyped((all) => ({ ...all, [born.path.join('.')]: shownDate(offer.text) }));
    }
    setOffers((all) => all?.filter((o) => o !== offer) ?? null);
  };
  /** Copies go up after the dossier has its code; the clerk prints meanwhile. */
  const attach = async (code: string) => {
    if (copies.size === 0) return;
    const failed: string[] = [];
    setAttached({ done: false, failed });
    for (const [component, list] of copies)
      for (const file of list) {
        try {
          await api.upload(`/api/v1/dossiers/${code}/files?role=paper&component=${encodeURIComponent(component)}`, file);
        } catch {
          failed.push(file.name);
        }
      }
    setAttached({ done: true, failed: [...failed] });
  };

  const submit = async () => {
    if (busy || done) return;
    setError(null);
    if (!chosen) { form.current?.querySelector<HTMLElement>('[data-field=procedure]')?.focus(); return; }
    setTried(true);
    setMended(new Set());
    // Judged here first, by the same rules: every question that is wrong is named at once.
    const wrong = questions ? check(questions, given) : [];
    if (!filed && wrong.length > 0) {
      setError(new ApiProblem({ status: 422, code: 'form.check', title: t.reception.mend(wrong.length), errors: wrong.map((e) => ({ pointer: `/answers${e.pointer}`, code: e.code, detail: e[language] })) }));
      return;
    }
    setBusy(true);
    try {
      let dossier = filed;
      if (!dossier) {
        const body: Filing = {
          procedure: chosen.code, channel: 'desk', place: where,
          applicant: { kind: businessNumber ? 'business' : ((procedure?.card.subjects[0] as 'citizen' | undefined) ?? 'citizen'), name: person.name.trim(), ...(id ? { id_kind: /^\d{12}$/.test(id) ? 'personal_id' : businessNumber ? 'tax_code' : 'other', id_number: id } : {}), ...(person.phone.trim() ? { phone: person.phone.trim() } : {}), ...(person.address.trim() ? { address: person.address.trim() } : {}) },
          ...(reception ? { reception: reception.id } : {}), answers: given,
          components: components.filter((c) => ticked.has(c.id)).map((c) => ({ id: c.id, originals: c.originals, copies: c.copies, ...(copies.has(c.id) ? { digitised: true } : {}), ...(stored.has(c.id) ? { national: true, reused: true } : {}) })),
        };
        dossier = (await api.send<Dossier>({ path: '/api/v1/dossiers', method: 'POST', body, key: keys.current.file })).data;
        setFiled(dossier);
      }
      // Before it is received: the portal hears of both at once.
      if (stored.size > 0) await tellTaken(dossier.code, stored);
      setDone((await api.send<Dossier>({ path: `/api/v1/dossiers/${dossier.code}/receive`, method: 'POST', body: {}, key: keys.current.receive })).data);
      void attach(dossier.code);
    } catch (reason) {
      setError(reason);
      // Refused before anything was kept: what is corrected is a new intent.
      if (reason instanceof ApiProblem && reason.status >= 400 && reason.status < 500) keys.current = { ...keys.current, file: newKey(), receive: newKey() };
    } finally {
      setBusy(false);
    }
  };
  const transfer = async () => {
    if (!done || moved) return;
    try {
      await api.send({ path: `/api/v1/dossiers/${done.code}/transfer`, method: 'POST', body: {}, key: keys.current.transfer });
      setMoved(true);
    } catch (reason) {
      setError(reason);
    }
  };
  const print = () => done && window.open(slipAddress(done.code, '01'), '_blank', 'noopener');
  useKeys({ p: () => print(), t: () => void transfer(), n: () => onNext() }, done !== null);

  const onKey = (event: KeyboardEvent<HTMLFormElement>) => {
    const target = event.target as HTMLElement;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); void submit(); return; }
    if (event.altKey && event.key.toLowerCase() === 'a') { event.preventDefault(); setTicked(ticked.size === components.length ? new Set() : new Set(components.map((c) => c.id))); return; }
    if (event.key !== 'Enter' || event.shiftKey || target.tagName === 'BUTTON' || target.getAttribute('role') === 'combobox' || target.getAttribute('aria-haspopup') === 'listbox') return;
    event.preventDefault();
    next(target.closest('[data-field]'));
  };
  const looks = businessNumber ? null : idWords(t, id);
  const pointers: Record<string, string> = { '/applicant/name': 'r-name', '/applicant/phone': 'r-phone', '/applicant/address': 'r-address', '/applicant/id_number': 'r-id', '/procedure': 'r-procedure', '/place': 'r-place' };
  const problem = error instanceof ApiProblem ? error : null;
  const linkOf = (pointer: string) => pointers[pointer] ?? (pointer.startsWith('/answers/') ? `r-a-${pointer.slice(9).replaceAll('/', '-')}` : undefined);
  /** The server's refusals at their questions, until the field is changed. */
  const refused = (problem?.problem.errors ?? []).flatMap((e) => (e.pointer?.startsWith('/answers/') && !mended.has(e.pointer.slice(8)) ? [{ pointer: e.pointer.slice(8), code: e.code, vi: e.detail, en: e.detail }] : []));
  const type = (next: Typed) => {
    const changed = [...new Set([...Object.keys(next), ...Object.keys(typed)])].filter((k) => next[k] !== typed[k]);
    setMended((before) => new Set([...before, ...changed.map((k) => `/${k.replaceAll('.', '/')}`)]));
    setTyped(next);
  };

  if (done)
    return (
      <div className="page"><div className="inner" style={{ maxWidth: 760 }}>
        <section className="card" role="status" aria-live="polite">
          <span className="state good">{t.reception.done}</span>
          <div style={{ fontSize: '1.75rem', fontWeight: 690, letterSpacing: '-0.01em', margin: '10px 0 2px' }} className="mono" data-testid="code">{done.code}</div>
          <p style={{ fontSize: '1.0625rem', margin: 0 }}>{done.due ? t.reception.doneLead(dateTime(done.due)) : t.reception.dueUnknown}</p>
          {attached?.done && attached.failed.length === 0 && <p className="quiet" style={{ margin: '6px 0 0' }} data-testid="attached">{t.reception.attachedDone}</p>}
          {attached?.failed.map((name) => <p key={name} style={{ margin: '6px 0 0', color: 'var(--hl-bad)' }}>{t.reception.attachFailed(name)}</p>)}
          <p className="quiet">{chosen?.name} · {person.name}</p>
          {error !== null && <ProblemNotice error={error} />}
          <div className="row" style={{ marginTop: 16 }}>
            <Button autoFocus onClick={print} rightSection={<kbd aria-hidden>P</kbd>}>{t.reception.printSlip}</Button>
            <Button variant="default" disabled={moved} onClick={() => void transfer()} rightSection={<kbd aria-hidden>T</kbd>}>{moved ? t.reception.transferred : t.reception.transfer}</Button>
            <Button variant="default" onClick={onNext} rightSection={<kbd aria-hidden>N</kbd>}>{t.reception.nextOne}</Button>
          </div>
        </section>
      </div></div>
    );

  return (
    <form ref={form} className="reception" onSubmit={(e) => { e.preventDefault(); void submit(); }} onKeyDown={onKey} noValidate aria-label={t.reception.title}>
      <div className="stack">
        {error !== null && <ProblemNotice error={error} focus links={linkOf} />}
        {filed && error !== null && <div className="notice warn"><strong>{t.reception.filedOnly}</strong><span className="mono">{filed.code}</span></div>}
        <section className="card">
          <TextInput id="r-procedure" data-field="procedure" label={t.reception.procedure} placeholder={t.reception.procedureHint} value={query} autoComplete="off"
            role="combobox" aria-expanded={!chosen && query.trim() !== ''} aria-controls={listId} aria-autocomplete="list" aria-activedescendant={!chosen && query.trim() && found[at] ? `${listId}-${at}` : undefined}
            error={problem?.at('/procedure')}
            onChange={(e) => { setQuery(e.currentTarget.value); setChosen(null); setAt(0); }}
            onKeyDown={(e) => {
              if (e.key === 'ArrowDown') { e.preventDefault(); setAt(Math.min(at + 1, found.length - 1)); }
              else if (e.key === 'ArrowUp') { e.preventDefault(); setAt(Math.max(at - 1, 0)); }
              else if (e.key === 'Enter' && !e.ctrlKey) { e.preventDefault(); if (chosen) next(e.currentTarget); else choose(found[at]); }
            }} />
          {!chosen && query.trim() !== '' && (
            <div className="results" role="listbox" id={listId} aria-label={t.reception.procedure}>
              {found.map((p, i) => <div key={p.code} id={`${listId}-${i}`} role="option" aria-selected={i === at} onMouseDown={(e) => { e.preventDefault(); choose(p); }}><span className="mono">{p.code}</span><span>{p.name}</span></div>)}
            </div>
          )}
          <span className="sr" role="status">{query.trim() && !chosen ? t.reception.found(number(found.length)) : ''}</span>
        </section>
        <section className="card">
          <div className="fields">
            <TextInput id="r-id" data-field="id" label={takesBusinesses ? t.reception.idOrBusiness : t.reception.id} description={takesBusinesses ? t.reception.idOrBusinessHint : t.reception.idHint} value={id} inputMode="numeric" autoComplete="off" onChange={(e) => typeId(e.currentTarget.value)} error={problem?.at('/applicant/id_number') ?? (looks?.bad ? looks.words : undefined)} className="wide" />
            {looks && !looks.bad && <div className="wide quiet" role="status" data-testid="id-reading" style={{ marginTop: -4 }}>{looks.words}</div>}
            {business && 'found' in business && (
              <div className="wide notice" role="status" data-testid="business">
                <strong>{business.found.name}</strong>
                <span>{t.reception.businessFound(business.found.status ?? t.common.unknown, business.found.address ?? t.common.unknown)}</span>
                {business.found.message_id && <div className="quiet" style={{ fontSize: 13, overflowWrap: 'anywhere' }}>{t.reception.businessProof(business.found.message_id)}</div>}
              </div>
            )}
            {business && 'problem' in business && <div className="wide notice warn" role="status" data-testid="business">{business.problem instanceof ApiProblem ? (business.problem.problem.detail ?? business.problem.message) : t.reception.businessAway}</div>}
            {(from || card) && <div className="wide notice" role="status">{[card && t.reception.fromCard, from && t.reception.known(from)].filter(Boolean).join(' ')}</div>}
            <TextInput id="r-name" data-field="name" label={businessNumber ? t.reception.businessName : t.reception.name} value={person.name} autoComplete="off" onChange={(e) => setPerson({ ...person, name: e.currentTarget.value })} error={problem?.at('/applicant/name')} />
            <TextInput id="r-phone" data-field="phone" label={t.reception.phone} value={person.phone} inputMode="tel" autoComplete="off" onChange={(e) => setPerson({ ...person, phone: e.currentTarget.value })} error={problem?.at('/applicant/phone')} />
            <TextInput id="r-address" data-field="address" label={t.reception.address} value={person.address} autoComplete="off" onChange={(e) => setPerson({ ...person, address: e.currentTarget.value })} className="wide" error={problem?.at('/applicant/address')} />
            {today && person.address !== today.text && <div className="wide notice" role="status"><div>{t.reception.oldAddress(today.was)}</div><Button mt={6} size="xs" variant="default" style={{ height: 'auto', minHeight: 30, padding: '4px 12px', whiteSpace: 'normal' }} styles={{ label: { whiteSpace: 'normal' } }} onClick={() => setPerson((p) => ({ ...p, address: today.text }))}>{t.reception.useToday(today.text)}</Button></div>}
          </div>
          {reader?.available && (
            <div style={{ marginTop: 14 }}>
              <input ref={picker} type="file" hidden accept={reader.pdf ? 'image/png,image/jpeg,image/webp,application/pdf' : 'image/png,image/jpeg,image/webp'} data-testid="scan" onChange={(e) => { const file = e.currentTarget.files?.[0]; if (file) void readScan(file); e.currentTarget.value = ''; }} />
              <Button size="xs" variant="default" leftSection={<IconScan size={16} aria-hidden />} loading={reading} onClick={() => picker.current?.click()}>{t.reception.scan}</Button> <span className="quiet" style={{ fontSize: 13 }}>{t.reception.scanHint}</span>
              <div role="status">
                {reading && <p className="quiet">{t.reception.reading}</p>}
                {offers && (offers.length === 0 ? <p className="quiet">{t.reception.noOffers}</p> : (
                  <div className="offer" style={{ marginTop: 10 }}>
                    <strong style={{ fontWeight: 600 }}>{t.reception.offers}</strong><span className="quiet" style={{ fontSize: 13 }}>{t.reception.offersHint}</span>
                    {offers.map((o) => <div key={o.field} className="row" style={{ flexWrap: 'nowrap' }}><span style={{ minWidth: 0 }}><span className="quiet">{offerName(t, o.field)}: </span>{o.field === 'born' ? shownDate(o.text) : o.text} <span className="quiet" style={{ fontSize: 13 }}>({t.reception.sure(o.confidence)})</span></span><Button size="xs" variant="default" aria-label={`${t.reception.accept}: ${offerName(t, o.field)}`} onClick={() => accept(o)}>{t.reception.accept}</Button></div>)}
                  </div>
                ))}
              </div>
            </div>
          )}
        </section>
      </div>
      <div className="stack">
        {!chosen ? <section className="card"><Empty title={t.reception.formTitle}>{t.reception.chooseFirst}</Empty></section> : (
          <>
            {!(questions && !asked(questions)) && (
              <section className="card">
                <h2>{t.reception.formTitle}</h2>
                <Load of={eform} lines={4}>{(form) => <div className="fields"><FormFields form={form} typed={typed} onTyped={type} language={language} errors={refused} judgeAll={tried} prefix="r-a" quick /></div>}</Load>
              </section>
            )}
            <section className="card">
              <h2>{t.reception.components}</h2>
              <p className="quiet" style={{ margin: '-6px 0 6px', fontSize: 13 }}>{t.reception.componentsHint}</p>
              {components.length === 0 && <p className="quiet" style={{ margin: 0 }}>{t.reception.noComponents}</p>}
              <input ref={paper} type="file" hidden multiple accept="image/png,image/jpeg,image/webp,application/pdf" data-testid="paper" onChange={(e) => { const list = [...(e.currentTarget.files ?? [])]; const of = paperOf.current || components[0]?.id; if (list.length && of) { setCopies((all) => new Map(all).set(of, [...(all.get(of) ?? []), ...list])); setTicked((now) => new Set(now).add(of)); } e.currentTarget.value = ''; }} />
              {components.map((c) => (
                <div className="tick" key={c.id}>
                  <Checkbox id={`r-c-${c.id}`} data-field={`c-${c.id}`} checked={ticked.has(c.id)} onChange={(e) => { const next = new Set(ticked); if (e.currentTarget.checked) next.add(c.id); else next.delete(c.id); setTicked(next); }} />
                  <label htmlFor={`r-c-${c.id}`}>{c.name} <span className="quiet">{[c.originals > 0 && t.reception.original(c.originals), c.copies > 0 && t.reception.copy(c.copies), c.show_only && t.reception.show, !c.required && t.common.optional, stored.has(c.id) && store.taken].filter(Boolean).join(', ')}{copies.has(c.id) ? ` · ${t.reception.attached(copies.get(c.id)?.length ?? 0)}` : ''}</span></label>
                  <ActionIcon variant="subtle" color="gray" size={28} tabIndex={-1} aria-label={`${t.reception.attachTo}: ${c.name}`} onClick={() => { paperOf.current = c.id; paper.current?.click(); }}><IconPaperclip size={17} aria-hidden /></ActionIcon>
                </div>
              ))}
            </section>
            {!businessNumber && <NationalStore question={/^\d{12}$/.test(id) && person.name.trim() ? { owner: id, name: person.name.trim(), procedure: chosen.code } : null} about={`${id} ${chosen.code}`} components={components} taken={stored} onTake={(taken) => { setStored(taken); if (taken.size) setTicked((now) => new Set([...now, ...taken.keys()])); }} />}
          </>
        )}
      </div>
      <aside className="stack">
        <section className="card">
          <dl className="facts" style={{ gridTemplateColumns: '1fr' }}>
            <div><dt>{t.reception.procedure}</dt><dd style={{ fontWeight: 600 }}>{chosen ? chosen.name : '–'}</dd></div>
            <div><dt>{t.reception.time}</dt><dd>{chosen ? timeWords(t, decision?.time ?? procedure?.card.channels.find((c) => c.channel === 'desk')?.time) : '–'}</dd></div>
            <div><dt>{t.reception.fee}</dt><dd>{!chosen ? '–' : decision?.charges?.length === 0 ? t.reception.free : decision?.total !== null && decision?.total !== undefined ? money(decision.total) : t.reception.feeUnknown}</dd></div>
            <div><dt>{t.dossier.reception}</dt><dd>{reception?.name ?? '–'}</dd></div>
          </dl>
          <Select mt={12} id="r-place" label={t.reception.place} searchable data={(units.data ?? []).filter((u) => u.level === 'commune' && u.live).map((u) => ({ value: u.id, label: u.name }))} value={where || null} onChange={setPlace} allowDeselect={false} nothingFoundMessage={t.common.nothing} error={problem?.at('/place')} filter={({ options, search: typed }) => search(options as { value: string; label: string }[], typed, (o) => o.label)} />
          <Button type="submit" fullWidth size="md" mt={16} loading={busy}>{filed ? t.reception.receiveAgain : t.reception.submit}</Button>
          <p className="quiet" style={{ fontSize: 13, margin: '8px 0 0' }}>{t.reception.lead}</p>
        </section>
      </aside>
    </form>
  );
}
