// A province as data: check a pack, read what would change thing by thing, apply what was read.
import { Button, Modal, Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { api } from '../api/session';
import type { PackReport } from '../api/types';
import { useLanguage, useT } from '../i18n';
import { Empty, ProblemNotice, Skeleton } from '../kit/kit';
import { date } from '../lib/format';
import { ProcedureChanges } from './changes';
import { useWords, type Words } from './words';

interface PackFile { path: string; text: string }
type Difference = PackReport['organisation'][number];
const page = 60;

/** The files of the folder that was chosen, without the folder's own name; what is no text of a pack stays behind. */
async function read(chosen: FileList): Promise<PackFile[]> {
  const out: PackFile[] = [];
  for (const file of chosen) {
    const path = (file.webkitRelativePath || file.name).split('/').slice(file.webkitRelativePath ? 1 : 0).join('/');
    if (/\.(ya?ml|csv|xsd)$/.test(path) && !path.startsWith('.')) out.push({ path, text: await file.text() });
  }
  return out;
}

export function Pack() {
  const t = useT();
  const w = useWords();
  const client = useQueryClient();
  const picker = useRef<HTMLInputElement>(null);
  const [files, setFiles] = useState<PackFile[]>([]);
  const [source, setSource] = useState<'server' | 'sent'>('server');
  const [asking, setAsking] = useState(false);
  const body = (from: 'server' | 'sent') => (from === 'sent' ? { files } : {});
  const apply = useMutation({
    mutationFn: async (digest: string) => (await api.send<PackReport>({ path: '/api/v1/packs/apply', method: 'POST', body: { digest, ...body(source) } })).data,
    onSuccess: () => { setAsking(false); void client.invalidateQueries(); },
    onError: () => setAsking(false),
  });
  const check = useMutation({
    mutationFn: async (from: 'server' | 'sent') => (await api.send<PackReport>({ path: '/api/v1/packs/check', method: 'POST', body: body(from) })).data,
    onMutate: (from) => { setSource(from); apply.reset(); },
  });
  const turn = useRef(0);
  /** Until the folder is read there is nothing to check: not the one chosen before. */
  const choose = async (chosen: FileList) => {
    const mine = ++turn.current;
    setFiles([]);
    check.reset();
    apply.reset();
    const found = await read(chosen);
    if (mine === turn.current) setFiles(found);
  };
  const report = apply.data ?? check.data;
  const count = report ? report.organisation.filter((d) => d.change !== 'kept').length + report.procedures.length : 0;
  const busy = check.isPending || apply.isPending;
  return (
    <>
      <h1>{w.pack.title}</h1>
      <p className="lead">{w.pack.lead}</p>
      <div className="packsources">
        <section className="card"><h2>{w.pack.fromServer}</h2><p className="quiet">{w.pack.fromServerText}</p><Button loading={busy && source === 'server'} disabled={busy} onClick={() => check.mutate('server')}>{w.pack.check}</Button></section>
        <section className="card">
          <h2>{w.pack.onThis}</h2>
          <p className="quiet" aria-live="polite">{files.length > 0 ? w.pack.chosen(files.length) : 'pack.yaml, *.csv, calendar/, flows/, procedures/…'}</p>
          <input ref={(e) => { picker.current = e; e?.setAttribute('webkitdirectory', ''); }} type="file" multiple hidden aria-hidden tabIndex={-1} onChange={(e) => { const chosen = e.currentTarget.files; if (chosen) void choose(chosen); }} />
          <div className="row"><Button variant="default" onClick={() => picker.current?.click()}>{w.pack.choose}</Button><Button disabled={files.length === 0 || busy} loading={busy && source === 'sent'} onClick={() => check.mutate('sent')}>{w.pack.checkSent}</Button></div>
        </section>
      </div>
      <div className="section" aria-live="polite" aria-busy={busy}>
        {(check.error ?? apply.error) && !busy && <ProblemNotice error={apply.error ?? check.error} focus />}
        {busy && <><p className="quiet">{w.pack.working}</p><Skeleton lines={6} /></>}
        {!busy && report && (
          <>
            {apply.data && apply.data.errors.length === 0 && <div className="notice good" role="status"><strong>{w.pack.applied}</strong></div>}
            {report.errors.length > 0 && <Errors report={report} />}
            {report.warnings.length > 0 && <details className="card quietcard"><summary>{w.pack.warnings(report.warnings.length)}</summary><ul>{report.warnings.map((x, i) => <li key={i}>{x}</li>)}</ul></details>}
            {report.errors.length === 0 && !apply.data && (
              <div className="row spread"><h2>{count === 0 ? w.pack.none : w.pack.changes(count)}</h2>{count > 0 && <Button onClick={() => setAsking(true)}>{w.pack.apply}</Button>}</div>
            )}
            {report.errors.length === 0 && <Differences report={report} />}
          </>
        )}
      </div>
      <Modal opened={asking} onClose={() => setAsking(false)} title={w.pack.confirmTitle} closeButtonProps={{ 'aria-label': t.common.close }}>
        <Confirm word={w.pack.word} text={w.pack.confirmText} label={w.pack.apply} busy={apply.isPending} onConfirm={() => { if (report?.digest) apply.mutate(report.digest); }} onCancel={() => setAsking(false)} />
      </Modal>
    </>
  );
}

/** What cannot be taken back is typed, not clicked. */
export function Confirm({ word, text, label, busy, onConfirm, onCancel }: { word: string; text: string; label: string; busy: boolean; onConfirm: () => void; onCancel: () => void }) {
  const w = useWords();
  const [typed, setTyped] = useState('');
  const right = typed.trim().normalize('NFC').toLowerCase() === word.toLowerCase();
  return (
    <form className="stack" onSubmit={(e) => { e.preventDefault(); if (right) onConfirm(); }}>
      <p style={{ margin: 0 }}>{text}</p>
      <TextInput label={w.pack.confirmType(word)} value={typed} onChange={(e) => setTyped(e.currentTarget.value)} data-autofocus autoComplete="off" />
      <div className="row"><Button type="submit" disabled={!right} loading={busy}>{label}</Button><Button variant="default" onClick={onCancel}>{w.pack.cancel}</Button></div>
    </form>
  );
}

function Errors({ report }: { report: PackReport }) {
  const w = useWords();
  const { language } = useLanguage();
  return (
    <section>
      <div className="notice bad" role="alert"><strong>{w.pack.errors(report.errors.length)}</strong></div>
      <div className="tablebox inset" tabIndex={0} role="region" aria-label={w.pack.errors(report.errors.length)}>
        <table className="plain">
          <thead><tr><th scope="col">{w.pack.file}</th><th scope="col" className="num">{w.pack.line}</th><th scope="col">{w.pack.fault}</th></tr></thead>
          <tbody>{report.errors.map((e, i) => <tr key={i}><td className="mono">{e.file}</td><td className="num">{e.line ?? '–'}</td><td>{e[language]}</td></tr>)}</tbody>
        </table>
      </div>
    </section>
  );
}

function Differences({ report }: { report: PackReport }) {
  const w = useWords();
  const [only, setOnly] = useState<string | null>(null);
  const [shown, setShown] = useState(page);
  const kinds = [...new Set(report.organisation.map((d) => d.kind))];
  if (report.organisation.length + report.procedures.length === 0) return null;
  const organisation = report.organisation.filter((d) => !only || d.kind === only);
  const procedures = !only || only === 'procedure' ? report.procedures : [];
  return (
    <>
      <Select my={12} maw={320} label={w.pack.onlyKind} clearable clearButtonProps={{ 'aria-label': w.pack.all }} placeholder={w.pack.all} value={only} onChange={(v) => { setOnly(v); setShown(page); }} data={[...kinds.map((k) => ({ value: k as string, label: `${w.pack.kinds[k]} (${report.organisation.filter((d) => d.kind === k).length})` })), ...(report.procedures.length > 0 ? [{ value: 'procedure', label: `${w.pack.kinds.procedure} (${report.procedures.length})` }] : [])]} />
      <ul className="difflist">
        {procedures.map((p) => (
          <li key={p.code} className="card">
            <Head change={p.change} kind={w.pack.kinds.procedure} name={p.name} id={p.code} />
            {p.change === 'changed' && <ProcedureChanges changes={p.changes} />}
            {p.valid_from && <p className="quiet">{w.sheet.validFrom} {date(p.valid_from)}</p>}
          </li>
        ))}
        {organisation.slice(0, shown).map((d, i) => <li key={i} className="card"><Head change={d.change} kind={w.pack.kinds[d.kind]} name={d.name} id={d.id} />{d.change === 'kept' ? <p className="quiet">{w.pack.keptText}</p> : <Fields of={d} />}{d.change === 'held' && <p className="quiet">{w.pack.heldText}</p>}</li>)}
      </ul>
      {organisation.length > shown && <Button variant="default" onClick={() => setShown(shown + page)}>{w.pack.showMore(organisation.length - shown)}</Button>}
      {organisation.length + procedures.length === 0 && <Empty title={w.pack.none} />}
    </>
  );
}

const tone = { added: 'good', changed: 'accent', ended: 'bad', kept: '', held: 'warn' } as const;
function Head({ change, kind, name, id }: { change: keyof typeof tone; kind: string; name: string; id: string }) {
  const w = useWords();
  return <div className="row diffhead"><span className={`state ${tone[change]}`}>{w.pack.change[change]}</span><strong>{name}</strong><span className="quiet">{kind} · <span className="mono">{id}</span></span></div>;
}

function fieldName(w: Words, field: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(field)) return date(field);
  if (field.startsWith('notice.')) return w.pack.notice(field.slice(7));
  return w.pack.fields[field] ?? field;
}
const shownValue = (v: string | null): string => (v !== null && /^\d{4}-\d{2}-\d{2}$/.test(v) ? date(v) : (v ?? ''));
function Fields({ of }: { of: Difference }) {
  const w = useWords();
  const fields = of.fields.filter((f) => of.change !== 'added' || f.after);
  return (
    <dl className="diff">
      {fields.map((f, i) => (
        <div key={i}>
          <dt>{fieldName(w, f.field)}{f.version && <span className="quiet"> ({w.pack.since(date(f.version))})</span>}</dt>
          <dd>{of.change !== 'added' && <><del>{shownValue(f.before) || w.pack.empty}</del> <span aria-hidden>→</span> </>}<ins>{shownValue(f.after) || w.pack.empty}</ins></dd>
        </div>
      ))}
    </dl>
  );
}
