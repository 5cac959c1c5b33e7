// A procedure changed without code: forms on the left, what the server says on the right, the flow drawn as it is
// edited. What is typed is kept on this computer until it is sent or discarded.
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { newKey } from '../api/client';
import { api } from '../api/session';
import type { EditableSheet, ProcedureCheck, ProcedureProposal } from '../api/types';
import { useLanguage, useT } from '../i18n';
import { Load, ProblemNotice } from '../kit/kit';
import { date, parseDate } from '../lib/format';
import { ProcedureChanges } from './changes';
import { EditingProvider, fieldId, type Editing } from './editor_parts';
import { BasisTab, CardTab, ChannelsTab, ComponentsTab, FeesTab, FlowTab, FormTab, RulesTab } from './editor_tabs';
import { at, partOf, pathOf, pathText, put, text, write, type Json, type Path, type Sheet, type Written } from './sheet';
import { TrialPanel } from './trial';
import { useWords } from './words';

const parts = ['card', 'channels', 'fees', 'components', 'form', 'flow', 'rules', 'basis'] as const;
type Part = (typeof parts)[number];
const keptKey = (code: string) => `hl.sheet.${code}`;

export function Editor({ code }: { code: string }) {
  const w = useWords();
  const source = useQuery({ queryKey: ['sheet', code], queryFn: ({ signal }) => api.get<EditableSheet>(`/api/v1/procedures/${code}/sheet`, signal), staleTime: Infinity, refetchOnWindowFocus: false });
  return (
    <>
      <p style={{ marginTop: 0 }}><Link to="/console" search={{ section: 'procedures', at: code }}>← {w.sheet.back}</Link></p>
      <Load of={source} lines={12}>{(s) => <Edit key={s.release} code={code} source={s} />}</Load>
    </>
  );
}

interface Kept { release: string; sheet: Sheet }
function keptOf(code: string, release: string): Sheet | null {
  try {
    const kept = JSON.parse(localStorage.getItem(keptKey(code)) ?? 'null') as Kept | null;
    return kept && kept.release === release ? kept.sheet : null;
  } catch {
    return null;
  }
}

interface Judged { check: ProcedureCheck; written: Written }
function useCheck(sheet: Sheet, code: string) {
  const [judged, setJudged] = useState<Judged | null>(null);
  const [settled, setSettled] = useState<Sheet | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => {
      const written = write(sheet);
      api.send<ProcedureCheck>({ path: '/api/v1/procedures/check', method: 'POST', body: { text: written.text, file: `${code}.yaml` }, signal: stop.signal }).then(
        ({ data }) => { setJudged({ check: data, written }); setError(null); setSettled(sheet); },
        (reason: unknown) => { if (!stop.signal.aborted) { setError(reason); setSettled(sheet); } },
      );
    }, 450);
    return () => { clearTimeout(timer); stop.abort(); };
  }, [sheet, code]);
  // From the first letter on: what was said of the text before must not let this one be proposed.
  return { judged, busy: settled !== sheet, error };
}

interface Said { severity: 'error' | 'warning' | 'note'; path: Path | null; words: string }

function Edit({ code, source }: { code: string; source: EditableSheet }) {
  const t = useT();
  const w = useWords();
  const { language } = useLanguage();
  const client = useQueryClient();
  const [kept] = useState(() => keptOf(code, source.release));
  const [sheet, setSheet] = useState<Sheet>(kept ?? (source.sheet as Sheet));
  const [touched, setTouched] = useState(kept !== null);
  const [part, setPart] = useState<Part>('card');
  const [from, setFrom] = useState('');
  const [trial, setTrial] = useState(false);
  const key = useRef(newKey());
  const { judged, busy, error } = useCheck(sheet, code);

  const said: Said[] = useMemo(() => {
    if (!judged) return [];
    return [
      ...judged.check.errors.map((e): Said => ({ severity: 'error', path: pathOf(e.place, judged.written), words: e[language] })),
      ...judged.check.findings.map((f): Said => ({ severity: f.severity, path: pathOf(f.place, judged.written), words: f[language] })),
    ];
  }, [judged, language]);
  const editing: Editing = useMemo(() => {
    const faults = new Map<string, string[]>();
    for (const s of said) if (s.path && s.severity !== 'note') faults.set(pathText(s.path), [...(faults.get(pathText(s.path)) ?? []), s.words]);
    return {
      sheet,
      faults,
      set: (path: Path, value: Json | undefined) => {
        setTouched(true);
        setSheet((old) => {
          const next = put(old, path, value) as Sheet;
          localStorage.setItem(keptKey(code), JSON.stringify({ release: source.release, sheet: next } satisfies Kept));
          return next;
        });
      },
    };
  }, [sheet, said, code, source.release]);

  const picture = useMemo(() => (judged?.check.flow_svg ? URL.createObjectURL(new Blob([judged.check.flow_svg], { type: 'image/svg+xml' })) : null), [judged]);
  useEffect(() => () => { if (picture) URL.revokeObjectURL(picture); }, [picture]);

  const day = from ? parseDate(from) : null;
  const late = day !== null && day <= source.valid_from.slice(0, 10);
  const propose = useMutation({
    mutationFn: async () => {
      const dated = put(sheet, ['valid'], { from: day, to: (at(sheet, ['valid', 'to']) as Json) ?? null });
      return (await api.send<ProcedureProposal>({ path: '/api/v1/procedures/proposals', method: 'POST', body: { text: write(dated).text, valid_from: `${day}T00:00:00+07:00` }, key: key.current })).data;
    },
    onSuccess: () => { localStorage.removeItem(keptKey(code)); key.current = newKey(); setTouched(false); void client.invalidateQueries({ queryKey: ['proposals'] }); },
  });
  const discard = () => { localStorage.removeItem(keptKey(code)); setSheet(source.sheet as Sheet); setTouched(false); setFrom(''); propose.reset(); };
  const faults = said.filter((s) => s.severity === 'error');
  const others = said.filter((s) => s.severity !== 'error');
  const count = (p: Part) => faults.filter((s) => s.path && partOf(s.path) === p).length;
  const go = (path: Path | null) => {
    if (!path) return;
    setPart(partOf(path) as Part);
    // The nearest thing on the screen: a message may stand at a group whose fields are what one changes.
    setTimeout(() => {
      for (let p = path; p.length > 0; p = p.slice(0, -1)) {
        const found = document.getElementById(fieldId(p));
        if (found) return found.focus();
      }
    }, 60);
  };

  return (
    <EditingProvider value={editing}>
      <h1>{w.sheet.title}</h1>
      <p className="lead">{text(at(sheet, ['name', 'vi']))} <span className="mono quiet">{code}</span></p>
      <p className="quiet">{w.sheet.lead} {w.sheet.basedOn(source.release)} ({date(source.valid_from)}). {!source.as_published && w.sheet.noSamples}</p>
      {kept && touched && <div className="notice" role="status">{w.sheet.restored}</div>}
      <div className="editor">
        <div className="editmain">
          <div className="tablist parts" role="tablist" aria-label={w.sheet.title}>
            {parts.map((p) => <button key={p} type="button" role="tab" id={`tab-${p}`} aria-selected={p === part} aria-controls="sheetpart" tabIndex={p === part ? 0 : -1} onClick={() => setPart(p)} onKeyDown={(e) => { const step = e.key === 'ArrowRight' ? 1 : e.key === 'ArrowLeft' ? -1 : 0; if (!step) return; const next = parts[(parts.indexOf(part) + step + parts.length) % parts.length] as Part; setPart(next); document.getElementById(`tab-${next}`)?.focus(); }}>{w.sheet.parts[p]}{count(p) > 0 && <span className="faultcount" aria-label={w.sheet.faults(count(p))}>{count(p)}</span>}</button>)}
          </div>
          <div className="card" id="sheetpart" role="tabpanel" aria-labelledby={`tab-${part}`}>
            {part === 'card' && <CardTab />}
            {part === 'channels' && <ChannelsTab />}
            {part === 'fees' && <FeesTab />}
            {part === 'components' && <ComponentsTab />}
            {part === 'form' && <FormTab />}
            {part === 'flow' && <FlowTab of={source} picture={picture} />}
            {part === 'rules' && <RulesTab />}
            {part === 'basis' && <BasisTab />}
          </div>
        </div>
        <aside className="editside" aria-label={t.admin.findings}>
          <section className="card" aria-live="polite" aria-busy={busy}>
            <h2>{t.admin.findings}</h2>
            {error ? <ProblemNotice error={error} /> : busy && !judged ? <p className="quiet">{w.sheet.checking}</p> : (
              <div data-testid="judged" data-busy={busy}>
                {faults.length === 0 ? <p className="state good">{w.sheet.clean}</p> : <><p className="state bad">{w.sheet.faults(faults.length)}</p><Sayings said={faults} go={go} /></>}
                {others.length > 0 && <details><summary>{w.sheet.others(others.length)}</summary><Sayings said={others} go={go} /></details>}
              </div>
            )}
          </section>
          <section className="card">
            <h2>{w.sheet.differs}</h2>
            {judged?.check.difference ? <ProcedureChanges changes={judged.check.difference.changes} /> : <p className="quiet">{w.sheet.same}</p>}
          </section>
          <section className="card">
            <form className="stack" onSubmit={(e) => { e.preventDefault(); propose.mutate(); }}>
              {propose.error && <ProblemNotice error={propose.error} focus />}
              {propose.data && <div className="notice good" role="status">{w.sheet.proposed(propose.data.id)}</div>}
              <TextInput label={w.sheet.validFrom} description={w.sheet.validHint} placeholder="dd/MM/yyyy" value={from} onChange={(e) => setFrom(e.currentTarget.value)} error={from && (!day || late) ? (late ? w.sheet.needDate : t.actions.badDate) : undefined} />
              <Button type="submit" loading={propose.isPending} disabled={!day || late || busy || !judged?.check.publishable || !judged.check.difference}>{w.sheet.propose}</Button>
              <Button variant="default" onClick={() => setTrial((x) => !x)} aria-expanded={trial}>{w.sheet.tried}</Button>
              {touched && <Button variant="subtle" color="gray" onClick={discard}>{w.sheet.discard}</Button>}
            </form>
          </section>
        </aside>
      </div>
      {trial && <section className="section card"><TrialPanel text={write(sheet).text} sheet={sheet} /></section>}
    </EditingProvider>
  );
}

function Sayings({ said, go }: { said: Said[]; go: (path: Path | null) => void }) {
  return <ul className="sayings">{said.map((s, i) => <li key={i}>{s.path ? <button type="button" className="linkish" onClick={() => go(s.path)}>{s.words}</button> : s.words}</li>)}</ul>;
}
