// Papers that the national store has of the person at the counter. The clerk asks, looks, and says which paper of the
// list each stands for; nothing is taken by itself. What is shown says of when it is.
import { Button, Select } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { newKey } from '../api/client';
import { api } from '../api/session';
import { useLanguage } from '../i18n';
import { ProblemNotice } from '../kit/kit';
import { dateTime } from '../lib/format';
import type { paths } from '../api/schema';
import type { DossierWhole, Procedure } from '../api/types';
import { keepTaken } from './taken_papers';

type Found = paths['/api/v1/national-results']['post']['responses']['200']['content']['application/json'];
export type StoredPaper = Found['items'][number];

const vi = {
  title: 'Kho giấy tờ quốc gia', lead: 'Giấy tờ người dân đã có trong kho thì không yêu cầu nộp lại.', ask: 'Tra kho quốc gia', again: 'Tra lại', needs: 'Cần số định danh 12 chữ số và họ tên.', logged: 'Lần tra này được ghi vào nhật ký đọc dữ liệu.',
  none: 'Kho không có giấy tờ nào dùng được cho thủ tục này. Nhận giấy tờ như thường lệ.', at: (t: string) => `Theo kho lúc ${t}. Không lưu lại ở đây.`, old: 'Đã quá 15 phút: hãy tra lại trước khi dùng.', unreadable: (n: number) => `${n} mục không đọc được.`,
  noName: 'Không ghi tên', noNumber: 'kho không ghi số', files: (n: number) => `${n} tệp`, noFiles: 'không có tệp', use: 'Dùng cho', choose: 'Không dùng', taken: 'lấy từ kho quốc gia', when: 'Được ghi vào hồ sơ khi tiếp nhận.',
};
const en: typeof vi = {
  title: 'National store of papers', lead: 'What the store has need not be handed in again.', ask: 'Ask the national store', again: 'Ask again', needs: 'Needs the 12-digit number and the name.', logged: 'That it was asked is in the log of reads.',
  none: 'The store has no paper for this procedure. Take the papers as usual.', at: (t) => `As the store had it at ${t}. Nothing is kept here.`, old: 'Older than 15 minutes: ask again before using it.', unreadable: (n) => `${n} entries could not be read.`,
  noName: 'No name given', noNumber: 'the store gives no number', files: (n) => `${n} files`, noFiles: 'no files', use: 'Use for', choose: 'Not used', taken: 'from the national store', when: 'Goes into the dossier when it is received.',
};
export const useStoreWords = () => (useLanguage().language === 'en' ? en : vi);
const usable = 15 * 60_000;

/** `question`: what is asked, once it can be; `about`: whose papers for what, so that another person's are not shown on. */
export function NationalStore({ question, about, components, taken, onTake }: {
  question: object | null; about: string; components: readonly { id: string; name: string }[];
  taken: ReadonlyMap<string, StoredPaper>; onTake: (taken: ReadonlyMap<string, StoredPaper>) => void;
}) {
  const w = useStoreWords();
  const [found, setFound] = useState<Found | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [old, setOld] = useState(false);
  // Another person or procedure: what was found belongs to neither.
  useEffect(() => { setFound(null); setError(null); setOld(false); onTake(new Map()); }, [about]);
  useEffect(() => {
    if (!found) return;
    const timer = setTimeout(() => setOld(true), usable);
    return () => clearTimeout(timer);
  }, [found]);
  const ready = question !== null;
  const ask = async () => {
    setBusy(true);
    setError(null);
    try {
      const { data } = await api.send<Found>({ path: '/api/v1/national-results', method: 'POST', body: question, once: true });
      setFound(data);
      setOld(false);
      onTake(new Map());
    } catch (reason) {
      setFound(null);
      setError(reason);
      onTake(new Map());
    } finally {
      setBusy(false);
    }
  };
  const use = (paper: StoredPaper, component: string | null) => {
    const next = new Map([...taken].filter(([, p]) => p !== paper));
    if (component) next.set(component, paper);
    onTake(next);
  };
  return (
    <section className="card" data-testid="national-store">
      <h2>{w.title}</h2>
      <p className="quiet" style={{ margin: '-6px 0 8px', fontSize: 13 }}>{ready ? w.lead : w.needs}</p>
      <Button size="xs" variant="default" disabled={!ready} loading={busy} onClick={() => void ask()}>{found ? w.again : w.ask}</Button> <span className="quiet" style={{ fontSize: 13 }}>{w.logged}</span>
      {error !== null && <div style={{ marginTop: 8 }}><ProblemNotice error={error} /></div>}
      <div role="status">
        {found && (
          <div style={{ marginTop: 8 }}>
            {found.items.length === 0 && <p style={{ margin: 0 }}>{w.none}</p>}
            <p className="quiet" style={{ margin: '4px 0', fontSize: 13 }}>{w.at(dateTime(found.asked_at))}{found.unreadable > 0 && ` ${w.unreadable(found.unreadable)}`}</p>
            {old && <p className="notice warn">{w.old}</p>}
          </div>
        )}
      </div>
      {found?.items.map((p, i) => (
        <div key={i} style={{ padding: '6px 0' }} data-testid="stored-paper">
          <strong style={{ fontWeight: 600 }} lang="vi">{p.name ?? w.noName}</strong> <span className="quiet" lang="vi">{[p.number ?? w.noNumber, p.agency, p.files.length > 0 ? w.files(p.files.length) : w.noFiles].filter(Boolean).join(' · ')}</span>
          <Select size="xs" mt={4} aria-label={`${w.use}: ${p.name ?? p.code ?? ''}`} placeholder={w.choose} clearable disabled={old} data={components.map((c) => ({ value: c.id, label: c.name }))} value={[...taken].find(([, x]) => x === p)?.[0] ?? null} onChange={(v) => use(p, v)} />
        </div>
      ))}
      {taken.size > 0 && <p className="quiet" style={{ margin: '6px 0 0', fontSize: 13 }}>{w.when}</p>}
    </section>
  );
}

/** Tells which papers of the store stand for which components; those without a code there are flagged in the command alone. */
export const tellTaken = (dossier: string, taken: ReadonlyMap<string, StoredPaper>) =>
  api.send({ path: '/api/v1/national-results/taken', method: 'POST', body: { dossier, papers: [...taken].flatMap(([component, p]) => (p.code ? [{ component, code: p.code }] : [])) }, key: newKey() });

/** For the applicant of a dossier that waits to be received: his number stays with the server. */
export function StoreOfDossier({ d, procedure }: { d: DossierWhole; procedure: Procedure }) {
  const [taken, setTaken] = useState<ReadonlyMap<string, StoredPaper>>(new Map());
  const [error, setError] = useState<unknown>(null);
  const told = useRef(false);
  const components = procedure.card.components.filter((c) => !c.when || d.components.some((x) => x.id === c.id));
  const take = (next: ReadonlyMap<string, StoredPaper>) => {
    setTaken(next);
    keepTaken(d.code, new Set(next.keys()));
    // Nothing was laid to anything yet, and nothing is: there is nothing to tell.
    if (next.size === 0 && !told.current) return;
    told.current = true;
    setError(null);
    void tellTaken(d.code, next).catch(setError);
  };
  return (
    <>
      {error !== null && <ProblemNotice error={error} retry={() => take(taken)} />}
      <NationalStore question={{ dossier: d.code }} about={d.code} components={components} taken={taken} onTake={take} />
    </>
  );
}
