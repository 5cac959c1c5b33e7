// One directive: what is wanted, until when and how that was computed, what one may do now, evidence, timeline.
import { Button, FileInput, NativeSelect, NumberInput, Textarea, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { newKey } from '../api/client';
import { Fact, Load, ProblemNotice } from '../kit/kit';
import { bytes, dateTime, number } from '../lib/format';
import { act, attach, fileOf, useDirective, type Command, type WholeDirective } from './api';
import { Arithmetic } from './form';
import { Left, Standing } from './list';
import { useWords } from './words';

export function DirectivePage({ code, names, onBack, indicatorName, onDossier }: { code: string; names: ReadonlyMap<string, string>; onBack: () => void; indicatorName?: (code: string) => string; onDossier?: (code: string) => void }) {
  const w = useWords();
  const directive = useDirective(code);
  const heading = useRef<HTMLHeadingElement>(null);
  const there = directive.data !== undefined;
  useEffect(() => heading.current?.focus(), [code, there]);
  return (
    <div className="stack">
      <button type="button" className="linkish" onClick={onBack}>‹ {w.back}</button>
      <Load of={directive} lines={12}>
        {(d) => (
          <>
            <h2 ref={heading} tabIndex={-1} lang="vi"><span className="mono">{d.code}</span> · {d.title}</h2>
            <div className="card stack">
              <Standing of={d} />
              <p lang="vi" style={{ whiteSpace: 'pre-wrap' }}>{d.text ?? <span className="quiet">{w.erased}</span>}</p>
              <dl className="facts">
                <Fact name={w.agency}><span lang="vi">{names.get(d.agency) ?? d.agency}</span></Fact>
                {d.officer && <Fact name={w.toOfficer}>{d.officer.name}</Fact>}
                <Fact name={w.issuer}><span lang="vi">{names.get(d.issuer) ?? d.issuer}</span></Fact>
                <Fact name={w.issuedAt}>{dateTime(d.issued_at)}</Fact>
                <Fact name={w.due}><Left of={d} /></Fact>
                <Fact name={w.progress}>{w.percent(d.percent)}</Fact>
                {d.origin && <Fact name={w.origin}><span lang="vi">{indicatorName?.(d.origin.indicator) ?? d.origin.indicator}</span> · {d.origin.period}</Fact>}
              </dl>
              {d.internal && <p className="quiet">{w.internal}</p>}
              <Arithmetic of={d.deadline} />
              {d.extension && <p className="notice warn"><strong>{w.extensionTitle}</strong> <span lang="vi">{w.extension(d.extension.words, dateTime(d.extension.due))}</span></p>}
            </div>
            <Actions key={d.version} of={d} etag={d.etag} />
            <Evidence of={d} {...(onDossier ? { onDossier } : {})} />
            <section className="card" aria-labelledby="dtimeline">
              <h2 id="dtimeline">{w.timeline}</h2>
              <ol className="timeline">
                {d.lines.map((l) => (
                  <li key={l.number} data-line={l.kind}>
                    <b>{w.lines[l.kind] ?? l.kind}</b>{l.percent !== null && ` · ${w.percent(l.percent)}`}{l.due && ` · ${w.newDue(dateTime(l.due))}`}
                    <div className="quiet">{dateTime(l.at)} · {l.officer?.name ?? (l.by === 'system' ? w.system : l.by === 'machine' ? w.machine : '')}</div>
                    {l.text && <p lang="vi" style={{ whiteSpace: 'pre-wrap' }}>{l.text}</p>}
                  </li>
                ))}
              </ol>
            </section>
          </>
        )}
      </Load>
    </div>
  );
}

function Evidence({ of: d, onDossier }: { of: WholeDirective; onDossier?: (code: string) => void }) {
  const w = useWords();
  const [error, setError] = useState<unknown>(null);
  const open = async (id: string, name: string | null) => {
    try {
      const url = URL.createObjectURL(await fileOf(d.code, id));
      const link = document.createElement('a');
      link.href = url;
      link.download = name ?? id;
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    } catch (e) {
      setError(e);
    }
  };
  return (
    <section className="card" aria-labelledby="devidence">
      <h2 id="devidence">{w.evidence}</h2>
      {error !== null && <ProblemNotice error={error} />}
      {d.evidence.length === 0 ? <p className="quiet">{w.noEvidence}</p> : (
        <ul>
          {d.evidence.map((e) => (
            <li key={e.id} data-evidence={e.kind}>
              {e.file && <><button type="button" className="linkish" onClick={() => void open(e.id, e.file!.name)}>{e.file.name ?? w.open}</button> <span className="quiet">{bytes(e.file.bytes)}{e.file.scan === 'none' && ` · ${w.scanNone}`}</span></>}
              {e.kind === 'figure' && e.reference && w.figure(e.reference.indicator ?? '', e.reference.period ?? '', number(e.reference.value ?? 0))}
              {e.kind === 'dossier' && e.reference && (onDossier ? <button type="button" className="linkish" onClick={() => onDossier(e.reference!.code!)}>{w.dossier(e.reference.code ?? '')}</button> : w.dossier(e.reference.code ?? ''))}
              <span className="quiet"> · {dateTime(e.at)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

const paths: Record<Command, string> = { acknowledge: 'acknowledge', report: 'report', add_evidence: 'evidence', ask_extension: 'ask-extension', grant_extension: 'grant-extension', refuse_extension: 'refuse-extension', hand_in: 'hand-in', accept: 'accept', send_back: 'send-back', reopen: 'reopen', withdraw: 'withdraw' };
const wordsNeeded: readonly Command[] = ['report', 'ask_extension', 'refuse_extension', 'hand_in', 'send_back', 'reopen', 'withdraw'];
/** Done with one click; the others ask for something first. */
const atOnce: readonly Command[] = ['acknowledge'];
const main: readonly Command[] = ['acknowledge', 'hand_in', 'accept', 'grant_extension'];

function Actions({ of: d, etag }: { of: WholeDirective; etag: string | null }) {
  const w = useWords();
  const [open, setOpen] = useState<Command | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const send = async (command: Command, body: Record<string, unknown>, key: string) => {
    setBusy(true);
    setError(null);
    try {
      await act(d.code, paths[command], body, etag, key);
    } catch (e) {
      setError(e);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="card" aria-labelledby="dact">
      <h2 id="dact">{w.act}</h2>
      {error !== null && <ProblemNotice error={error} focus />}
      {d.may.length === 0 && <p className="quiet">{w.nothing}</p>}
      <div className="row">
        {d.may.map((c) => <Button key={c} variant={main.includes(c) ? 'filled' : 'default'} aria-expanded={atOnce.includes(c) ? undefined : open === c} loading={busy && atOnce.includes(c)} onClick={() => (atOnce.includes(c) ? void send(c, {}, newKey()) : setOpen(open === c ? null : c))}>{w.commands[c]}</Button>)}
      </div>
      {open === 'add_evidence' && <EvidenceForm code={d.code} etag={etag} onClose={() => setOpen(null)} />}
      {open !== null && open !== 'add_evidence' && <CommandForm key={open} command={open} percent={d.percent} busy={busy} onSend={(body, key) => void send(open, body, key)} onClose={() => setOpen(null)} />}
    </section>
  );
}

function CommandForm({ command, percent, busy, onSend, onClose }: { command: Command; percent: number; busy: boolean; onSend: (body: Record<string, unknown>, key: string) => void; onClose: () => void }) {
  const w = useWords();
  const [text, setText] = useState('');
  const [done, setDone] = useState<number>(percent);
  const [hours, setHours] = useState<number | string>(command === 'grant_extension' ? '' : 8);
  const key = useRef(newKey());
  const needed = wordsNeeded.includes(command);
  const timed = command === 'ask_extension' || command === 'grant_extension' || command === 'reopen';
  return (
    <form className="stack" aria-label={w.commands[command]} onKeyDown={(e) => { if (e.key === 'Escape') onClose(); }} onSubmit={(e) => {
      e.preventDefault();
      onSend({ ...(text.trim() ? { text: text.trim() } : {}), ...(command === 'report' ? { percent: done } : {}), ...(timed && Number(hours) > 0 ? { work_hours: Number(hours) } : {}) }, key.current);
    }}>
      {command === 'report' && <NumberInput label={w.percentOf} min={0} max={100} allowDecimal={false} hideControls maw={160} value={done} onChange={(v) => setDone(Number(v) || 0)} data-autofocus />}
      {timed && <NumberInput label={command === 'ask_extension' ? w.more : command === 'reopen' ? w.again : w.granted} description={command === 'grant_extension' ? w.grantedHint : undefined} min={1} max={4000} allowDecimal={false} hideControls maw={260} value={hours} onChange={setHours} required={command !== 'grant_extension'} withAsterisk={false} />}
      <Textarea label={needed ? w.words : w.optional} lang="vi" autosize minRows={2} maxLength={4000} value={text} onChange={(e) => setText(e.currentTarget.value)} required={needed} withAsterisk={false} />
      <div className="row"><Button type="submit" loading={busy}>{w.send}</Button><Button variant="default" onClick={onClose}>{w.cancel}</Button></div>
    </form>
  );
}

function EvidenceForm({ code, etag, onClose }: { code: string; etag: string | null; onClose: () => void }) {
  const w = useWords();
  const [kind, setKind] = useState<'file' | 'figure' | 'dossier'>('file');
  const [file, setFile] = useState<File | null>(null);
  const [indicator, setIndicator] = useState('');
  const [period, setPeriod] = useState('');
  const [dossier, setDossier] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [missing, setMissing] = useState(false);
  const key = useRef(newKey());
  const send = async () => {
    if (kind === 'file' && !file) return setMissing(true);
    setBusy(true);
    setError(null);
    try {
      if (kind === 'file') await attach(code, file!);
      else await act(code, 'evidence', kind === 'figure' ? { kind, indicator: indicator.trim(), period: period.trim() } : { kind, code: dossier.trim() }, etag, key.current);
    } catch (e) {
      key.current = newKey();
      setError(e);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="stack" aria-label={w.commands.add_evidence} onKeyDown={(e) => { if (e.key === 'Escape') onClose(); }} onSubmit={(e) => { e.preventDefault(); void send(); }}>
      {error !== null && <ProblemNotice error={error} focus />}
      <NativeSelect label={w.kind} maw={300} value={kind} onChange={(e) => setKind(e.currentTarget.value as typeof kind)} data={(['file', 'figure', 'dossier'] as const).map((k) => ({ value: k, label: w.kinds[k] }))} />
      {kind === 'file' && <FileInput label={w.file} maw={420} value={file} onChange={(f) => { setFile(f); setMissing(false); }} error={missing ? w.fileNeeded : undefined} />}
      {kind === 'figure' && <><TextInput label={w.indicator} maw={300} value={indicator} onChange={(e) => setIndicator(e.currentTarget.value)} required withAsterisk={false} /><TextInput label={w.period} maw={200} value={period} onChange={(e) => setPeriod(e.currentTarget.value)} required withAsterisk={false} /></>}
      {kind === 'dossier' && <TextInput label={w.dossierCode} maw={360} value={dossier} onChange={(e) => setDossier(e.currentTarget.value)} required withAsterisk={false} />}
      <div className="row"><Button type="submit" loading={busy}>{w.send}</Button><Button variant="default" onClick={onClose}>{w.cancel}</Button></div>
    </form>
  );
}
