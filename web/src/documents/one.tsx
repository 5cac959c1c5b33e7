// One document: what it says, what became of it, and what the person may do with it.
import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { newKey } from '../api/client';
import { useLanguage } from '../i18n';
import { Fact, Load, ProblemNotice } from '../kit/kit';
import { bytes, date, dateTime } from '../lib/format';
import { act, fileOf, messageOf, useCodes, useDocument, useOfficersHere, type Can, type Whole } from './api';
import { doubtful, numberOf, Standing } from './list';
import { useWords } from './words';

export function DocumentPage({ id, onBack, onOpen }: { id: string; onBack: () => void; onOpen: (key: string) => void }) {
  const w = useWords();
  const document = useDocument(id);
  const heading = useRef<HTMLHeadingElement>(null);
  const there = document.data !== undefined;
  useEffect(() => heading.current?.focus(), [id, there]);
  return (
    <div className="stack">
      <Button variant="default" onClick={onBack}>{w.back}</Button>
      <Load of={document} lines={10}>
        {(d) => (
          <>
            <h2 ref={heading} tabIndex={-1}>{numberOf(d, w.noNumber)}: <span lang="vi">{d.subject}</span></h2>
            <Standing of={d} />
            <Doubts of={d} />
            <Actions of={d} />
            <Facts of={d} />
            <Files of={d} />
            <History of={d} onOpen={onOpen} />
          </>
        )}
      </Load>
    </div>
  );
}

/** Why the signature is not sure, each reason with what to do. */
function Doubts({ of: d }: { of: Whole }) {
  const { language } = useLanguage();
  const reasons = d.signature_facts?.reasons ?? [];
  if (d.direction !== 'in' || reasons.length === 0) return null;
  return <div className={`notice ${doubtful.has(d.signature) ? 'bad' : 'warn'}`} role="note" data-signature={d.signature}><ul style={{ margin: 0 }}>{reasons.map((r) => <li key={r.code}>{r[language]}</li>)}</ul></div>;
}

function Facts({ of: d }: { of: Whole }) {
  const w = useWords();
  const english = useLanguage().language === 'en';
  const codes = useCodes();
  const kind = codes.data?.kinds.find((k) => k.id === d.kind);
  const priority = codes.data?.priorities.find((p) => p.code === d.priority);
  return (
    <section className="card">
      <dl className="facts">
        <Fact name={w.from}><span lang="vi">{d.from.name}</span> {d.from.organ_id && <span className="mono quiet">{d.from.organ_id}</span>}</Fact>
        <Fact name={w.promulgated}>{date(d.promulgated)}</Fact>
        {kind && <Fact name={w.kind}><span lang="vi">{kind.vi}</span></Fact>}
        {priority && <Fact name={w.priority}>{english ? priority.en : priority.vi}</Fact>}
        <Fact name={d.direction === 'in' ? w.arrived : w.issuedAt}>{dateTime(d.arrived_at)}</Fact>
        {d.register_by && (d.direction === 'in' ? !d.registered_at : !d.sent_at) && <Fact name={d.direction === 'in' ? w.registerBy : w.sendBy}>{dateTime(d.register_by)}</Fact>}
        {d.register_number && <Fact name={w.registerNumber}>{d.register_number}/{d.register_year}</Fact>}
        {d.due && <Fact name={w.due}>{date(d.due)}</Fact>}
        {d.officer && <Fact name={w.officer}><span lang="vi">{d.officer.name}</span></Fact>}
        {d.direction === 'in' && <Fact name={w.channel}>{w.channels[d.channel]}</Fact>}
        <Fact name={w.signature}>{w.signatures[d.signature]}{d.signer && <span className="quiet"> · {d.signer}</span>}</Fact>
        {d.signature_facts?.stamped_at && <Fact name={w.stampedAt}>{dateTime(d.signature_facts.stamped_at)}</Fact>}
        {d.signature_facts?.checked_against && <Fact name={w.checkedAgainst}>{dateTime(d.signature_facts.checked_against)}</Fact>}
        {d.signature_facts?.overruled_why && <Fact name={w.overruled}><span lang="vi">{d.signature_facts.overruled_why}</span> <span className="quiet">{dateTime(d.signature_facts.overruled_at)}</span></Fact>}
        {d.document_id && <Fact name={w.id}><span className="mono">{d.document_id}</span></Fact>}
        {d.reason && <Fact name={w.reason}><span lang="vi">{d.reason}</span></Fact>}
      </dl>
    </section>
  );
}

function Actions({ of: d }: { of: Whole }) {
  const w = useWords();
  const officers = useOfficersHere(d.agency);
  const [doing, setDoing] = useState<Can | null>(null);
  const [reason, setReason] = useState('');
  const [officer, setOfficer] = useState('');
  const [due, setDue] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState('');
  const key = useRef(newKey());
  const run = async (what: Can, body?: Record<string, unknown>) => {
    setBusy(true);
    setError(null);
    try {
      await act(d.key, what, body, key.current);
      setSaid(w.done(w.can[what]));
      setDoing(null);
      setReason('');
    } catch (e) {
      setError(e);
    } finally {
      key.current = newKey();
      setBusy(false);
    }
  };
  const begin = (what: Can) => {
    setSaid('');
    setError(null);
    const asks = what === 'register' && doubtful.has(d.signature) && d.signature_facts?.sure === false;
    if ((what === 'register' && !asks) || what === 'start' || what === 'finish' || what === 'send') void run(what);
    else setDoing(what);
  };
  return (
    <section className="card" aria-labelledby="doc-act">
      <h2 id="doc-act">{w.act}</h2>
      {d.can.length === 0 && <p className="quiet">{w.nothing}</p>}
      <div className="row">{d.can.map((c, i) => <Button key={c} variant={i === 0 ? 'filled' : 'default'} disabled={busy} onClick={() => begin(c)}>{w.can[c]}</Button>)}</div>
      <p role="status">{said}</p>
      {error !== null && <ProblemNotice error={error} focus />}
      {doing === 'assign' && (
        <form className="stack" onSubmit={(e) => { e.preventDefault(); void run('assign', { officer, ...(due ? { due } : {}) }); }}>
          {officers.data?.items.length === 0 && <p className="notice warn">{w.noOfficers}</p>}
          <NativeSelect label={w.officer} required value={officer} onChange={(e) => setOfficer(e.currentTarget.value)} data={[{ value: '', label: w.chooseOfficer }, ...(officers.data?.items ?? []).map((o) => ({ value: o.id, label: o.name }))]} />
          <TextInput label={`${w.due} ${w.optional}`} type="date" value={due} onChange={(e) => setDue(e.currentTarget.value)} />
          <div className="row"><Button type="submit" disabled={busy || !officer}>{w.can.assign}</Button><Button variant="default" onClick={() => setDoing(null)}>{w.cancel}</Button></div>
        </form>
      )}
      {doing === 'register' && (
        <form className="stack" onSubmit={(e) => { e.preventDefault(); void run('register', { reason }); }}>
          <p className="notice warn" style={{ margin: 0 }}>{w.unsureText}</p>
          <Textarea label={w.whyRegister} required autoFocus value={reason} onChange={(e) => setReason(e.currentTarget.value)} maxLength={1000} autosize />
          <div className="row"><Button type="submit" disabled={busy || !reason.trim()}>{w.can.register}</Button><Button variant="default" onClick={() => setDoing(null)}>{w.cancel}</Button></div>
        </form>
      )}
      {(doing === 'refuse' || doing === 'take_back') && (
        <form className="stack" onSubmit={(e) => { e.preventDefault(); void run(doing, { reason }); }}>
          <Textarea label={w.reason} required autoFocus value={reason} onChange={(e) => setReason(e.currentTarget.value)} />
          <div className="row"><Button type="submit" color="red" disabled={busy}>{w.can[doing]}</Button><Button variant="default" onClick={() => setDoing(null)}>{w.cancel}</Button></div>
        </form>
      )}
      {doing === 'answer' && d.asked && (
        <form className="stack" onSubmit={(e) => { e.preventDefault(); void run('answer', { accept: true, reason }); }}>
          <p>{w.asked[d.asked]}</p>
          <Textarea label={w.reason} value={reason} onChange={(e) => setReason(e.currentTarget.value)} />
          <div className="row"><Button type="submit" disabled={busy}>{w.accept}</Button><Button color="red" variant="light" disabled={busy} onClick={() => void run('answer', { accept: false, reason })}>{w.decline}</Button><Button variant="default" onClick={() => setDoing(null)}>{w.cancel}</Button></div>
        </form>
      )}
    </section>
  );
}

function Files({ of: d }: { of: Whole }) {
  const w = useWords();
  const [error, setError] = useState<unknown>(null);
  const save = async (get: () => Promise<Blob>, name: string) => {
    try {
      const url = URL.createObjectURL(await get());
      const link = window.document.createElement('a');
      link.href = url;
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    } catch (e) {
      setError(e);
    }
  };
  return (
    <section className="card" aria-labelledby="doc-files">
      <h2 id="doc-files">{w.files}</h2>
      {d.files.length === 0 && <p className="quiet">{w.noFiles}</p>}
      <ul>{d.files.map((f) => <li key={f.position}><button type="button" className="linkish" onClick={() => void save(() => fileOf(d.key, f.position), f.name)}><span lang="vi">{f.name}</span></button> <span className="quiet">{bytes(f.size)}</span></li>)}</ul>
      {d.has_message && <Button variant="default" onClick={() => void save(() => messageOf(d.key), `${d.key}.edxml`)}>{w.message}</Button>}
      {error !== null && <ProblemNotice error={error} />}
    </section>
  );
}

function History({ of: d, onOpen }: { of: Whole; onOpen: (key: string) => void }) {
  const w = useWords();
  const english = useLanguage().language === 'en';
  const codes = useCodes();
  const name = (code: string | null) => { const s = codes.data?.statuses.find((x) => x.code === code); return s ? (english ? s.en : s.vi) : code; };
  return (
    <>
      {d.receivers.length > 0 && (
        <section className="card" aria-labelledby="doc-to">
          <h2 id="doc-to">{w.receivers}</h2>
          <ul>{d.receivers.map((r) => <li key={r.organ_id}><span lang="vi">{r.name}</span> <span className="mono quiet">{r.organ_id}</span> · {r.sent_at ? (r.status ? `${name(r.status)} ${dateTime(r.status_at)}` : w.notTold) : w.notSent}</li>)}</ul>
        </section>
      )}
      {d.relations.length > 0 && (
        <section className="card" aria-labelledby="doc-rel">
          <h2 id="doc-rel">{w.relations}</h2>
          <ul>{d.relations.map((r) => <li key={r.relation + r.document_id}>{w.relation[r.relation]} {r.key ? <button type="button" className="linkish mono" onClick={() => onOpen(r.key!)}>{r.document_id}</button> : <span className="mono">{r.document_id}</span>}</li>)}</ul>
        </section>
      )}
      {d.statuses.length > 0 && (
        <section className="card" aria-labelledby="doc-history">
          <h2 id="doc-history">{w.history}</h2>
          <ol>{d.statuses.map((s) => <li key={s.number}>{dateTime(s.at)} · {english ? s.en : s.vi} <span className="quiet">({s.code}) {s.given ? w.given : w.received}{s.organ_id && ` · ${s.organ_id}`}</span>{s.description && <span lang="vi"> · {s.description}</span>}</li>)}</ol>
        </section>
      )}
    </>
  );
}
