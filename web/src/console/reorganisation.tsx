// A reorganisation: successions typed in, rehearsed (what moves where, what nobody would take over), and only then done,
// after the word is typed. The server does the same thing both times.
import { Button, Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { newKey } from '../api/client';
import { useAgencies } from '../api/queries';
import { api } from '../api/session';
import type { HandOver, Rehearsal, SuccessionInput } from '../api/types';
import { useLanguage, useT } from '../i18n';
import { Empty, ProblemNotice } from '../kit/kit';
import { number, parseDate } from '../lib/format';

type Kind = SuccessionInput['kind'];
const kinds: Kind[] = ['merge', 'split', 'rename', 'transfer', 'abolish'];
interface Line { id: number; from: string | null; to: string | null; kind: Kind; date: string; basis: string }
const empty = (id: number): Line => ({ id, from: null, to: null, kind: 'merge', date: '', basis: '' });

export function Reorganisation() {
  const t = useT();
  const w = t.reorganisation;
  const { language } = useLanguage();
  const client = useQueryClient();
  const agencies = useAgencies().data ?? [];
  const options = agencies.map((a) => ({ value: a.id, label: `${a.name} · ${a.code}` }));
  const name = (id: string) => agencies.find((a) => a.id === id)?.name ?? id;
  const next = useRef(1);
  const [lines, setLines] = useState<Line[]>([empty(0)]);
  const [judged, setJudged] = useState(false);
  const [word, setWord] = useState('');
  const key = useRef(newKey());
  const result = useRef<HTMLHeadingElement>(null);

  const set = (id: number, change: Partial<Line>) => { setLines((all) => all.map((l) => (l.id === id ? { ...l, ...change } : l))); rehearse.reset(); setWord(''); };
  const day = (l: Line) => parseDate(l.date);
  const wrong = (l: Line) => ({
    from: !l.from ? w.needFrom : undefined,
    to: !l.to ? w.needTo : l.to === l.from ? w.sameAgency : undefined,
    date: !day(l) ? t.actions.badDate : undefined,
    basis: !l.basis.trim() ? w.needBasis : undefined,
  });
  const complete = lines.every((l) => Object.values(wrong(l)).every((x) => !x));
  const body = () => ({ successions: lines.map((l) => ({ from: l.from, to: l.to, kind: l.kind, date: day(l), basis: l.basis.trim() })) });
  const rehearse = useMutation({ mutationFn: async () => (await api.send<Rehearsal>({ path: '/api/v1/reorganisations/rehearsal', method: 'POST', body: body() })).data });
  const act = useMutation({
    mutationFn: async () => (await api.send<HandOver>({ path: '/api/v1/reorganisations', method: 'POST', body: body(), key: key.current })).data,
    onSuccess: () => { key.current = newKey(); void client.invalidateQueries(); },
  });
  useEffect(() => { if (rehearse.data) result.current?.focus(); }, [rehearse.data]);

  if (act.data)
    return (
      <>
        <h1>{w.title}</h1>
        <div className="notice good" role="status" style={{ marginTop: 16 }}><strong>{w.done(number(act.data.dossiers))}</strong>{act.data.more && <p>{w.moreLater}</p>}</div>
        <Button mt={14} variant="default" onClick={() => { act.reset(); rehearse.reset(); setLines([empty(next.current++)]); setJudged(false); setWord(''); }}>{w.another}</Button>
      </>
    );
  const seen = rehearse.data;
  return (
    <>
      <h1>{w.title}</h1>
      <p className="lead">{w.lead}</p>
      <form noValidate onSubmit={(e) => { e.preventDefault(); setJudged(true); if (complete) rehearse.mutate(); }}>
        <div className="stack">
          {lines.map((l, i) => {
            const errors = judged ? wrong(l) : {} as ReturnType<typeof wrong>;
            return (
              <fieldset className="card" key={l.id} style={{ minWidth: 0 }}>
                <legend className="quiet">{w.succession(i + 1)}</legend>
                <div className="row" style={{ alignItems: 'flex-start' }}>
                  <Select label={w.from} data={options} value={l.from} onChange={(v) => set(l.id, { from: v })} searchable error={errors.from} style={{ flex: 1, minWidth: 260 }} />
                  <Select label={w.to} data={options} value={l.to} onChange={(v) => set(l.id, { to: v })} searchable error={errors.to} style={{ flex: 1, minWidth: 260 }} />
                </div>
                <div className="row" style={{ alignItems: 'flex-start', marginTop: 10 }}>
                  <Select label={w.kind} data={kinds.map((k) => ({ value: k, label: w.kinds[k] }))} value={l.kind} onChange={(v) => set(l.id, { kind: (v ?? 'merge') as Kind })} allowDeselect={false} w={190} />
                  <TextInput label={w.date} placeholder="dd/MM/yyyy" inputMode="numeric" value={l.date} onChange={(e) => set(l.id, { date: e.currentTarget.value })} error={errors.date} w={170} />
                  <TextInput label={w.basis} description={w.basisHint} value={l.basis} onChange={(e) => set(l.id, { basis: e.currentTarget.value })} error={errors.basis} style={{ flex: 1, minWidth: 240 }} />
                  {lines.length > 1 && <Button variant="default" mt={24} onClick={() => { setLines((all) => all.filter((x) => x.id !== l.id)); rehearse.reset(); }}>{t.common.remove}</Button>}
                </div>
              </fieldset>
            );
          })}
        </div>
        <div className="row" style={{ marginTop: 14 }}>
          <Button variant="default" onClick={() => { setLines((all) => [...all, empty(next.current++)]); rehearse.reset(); }}>{w.add}</Button>
          <Button type="submit" loading={rehearse.isPending}>{w.rehearse}</Button>
        </div>
      </form>
      {rehearse.error && <div style={{ marginTop: 14 }}><ProblemNotice error={rehearse.error} focus /></div>}
      {seen && (
        <section className="section">
          <h2 ref={result} tabIndex={-1}>{w.wouldMove(number(seen.dossiers))}</h2>
          {seen.more && <p className="notice warn">{w.notAll}</p>}
          {seen.moves.length === 0 && seen.stuck_dossiers === 0 ? <div className="card"><Empty title={w.nothingMoves}>{w.nothingMovesText}</Empty></div> : seen.moves.length > 0 && (
            <div className="tablebox inset" tabIndex={0} role="region" aria-label={w.moves}>
              <table className="plain">
                <thead><tr><th scope="col">{w.from}</th><th scope="col">{w.to}</th><th scope="col">{t.reception.procedure}</th><th scope="col" className="num">{w.dossiers}</th></tr></thead>
                <tbody>{seen.moves.map((m) => <tr key={`${m.from}/${m.to}/${m.procedure}`}><td>{name(m.from)}</td><td>{name(m.to)}</td><td className="mono">{m.procedure}</td><td className="num">{number(m.dossiers)}</td></tr>)}</tbody>
              </table>
            </div>
          )}
          {seen.stuck_dossiers > 0 && (
            <div className="notice bad" style={{ marginTop: 14 }}>
              <strong>{w.stuck(number(seen.stuck_dossiers))}</strong>
              <ul>{seen.stuck.map((s) => <li key={s.code}><span className="mono">{s.code}</span> · {name(s.agency)}: {s[language]}</li>)}</ul>
            </div>
          )}
          {seen.stuck_dossiers === 0 && (
            <form className="card" style={{ marginTop: 14 }} onSubmit={(e) => { e.preventDefault(); act.mutate(); }}>
              {act.error && <ProblemNotice error={act.error} focus />}
              <p style={{ marginTop: 0 }}>{w.irreversible}</p>
              <div className="row" style={{ alignItems: 'flex-end' }}>
                <TextInput label={w.typeWord(w.word)} value={word} onChange={(e) => setWord(e.currentTarget.value)} autoComplete="off" />
                <Button type="submit" color="red" disabled={word.trim().toLocaleLowerCase() !== w.word.toLocaleLowerCase()} loading={act.isPending}>{w.act}</Button>
              </div>
            </form>
          )}
        </section>
      )}
    </>
  );
}
