// What people are told about their dossiers: rules, texts as they will look, mail that did not arrive.
import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/session';
import type { components } from '../../api/schema';
import { useLanguage } from '../../i18n';
import { Empty, Fact, Load } from '../../kit/kit';
import { date, dateTime, number } from '../../lib/format';
import { useNoticeWords } from './words';

type Texts = components['schemas']['NoticeTexts'];
type Shown = components['schemas']['NoticePreview'];
type Bounce = components['schemas']['NoticeBounce'];

const useTexts = () => useQuery({ queryKey: ['notices'], queryFn: ({ signal }) => api.get<Texts>('/api/v1/notices/texts', signal) });
const usePreview = (kind: string, language: string) => useQuery({ queryKey: ['notices', kind, language], queryFn: ({ signal }) => api.get<Shown>(`/api/v1/notices/preview?kind=${kind}&language=${language}`, signal) });
const useBounces = () => useQuery({ queryKey: ['notices', 'bounces'], queryFn: async ({ signal }) => (await api.get<{ items: Bounce[] }>('/api/v1/notices/bounces', signal)).items, refetchInterval: 30_000 });

export function Notices() {
  const w = useNoticeWords();
  const texts = useTexts();
  return (
    <>
      <h1>{w.title}</h1>
      <p className="lead">{w.lead}</p>
      <Load of={texts}>{(t) => <><Rules of={t} /><Preview of={t} /><Gateways of={t} /></>}</Load>
      <Bounces />
    </>
  );
}

function Rules({ of: t }: { of: Texts }) {
  const w = useNoticeWords();
  const r = t.rules;
  if (!r) return <div className="card"><Empty title={w.none}>{w.noneText}</Empty></div>;
  const ways = (list: string[]) => list.map((x) => w.ways[x] ?? x).join(', ');
  const quiet = r.quiet_from === r.quiet_to || r.quiet_ways.length === 0 ? w.neverQuiet : w.quietText(r.quiet_from, r.quiet_to, ways(r.quiet_ways));
  return (
    <section className="card" style={{ marginTop: 18 }}>
      <h2>{w.rules}</h2>
      <dl className="facts">
        <Fact name={w.quiet}>{quiet}</Fact>
        <Fact name={w.order}>{ways(r.order)}</Fact>
        <Fact name={w.stale}>{w.hours(number(r.stale_hours))}</Fact>
        <Fact name={w.overdue}>{w.days(number(r.overdue_days))}</Fact>
        <Fact name={w.longest}>{w.characters(number(r.brief_longest))}</Fact>
        <Fact name={w.valid}>{w.from(date(r.valid.from))}</Fact>
      </dl>
      <p style={{ marginTop: 12 }}><Link to="/console" search={{ section: 'links', at: 'notices' }}>{w.partner}</Link></p>
    </section>
  );
}

function Preview({ of: t }: { of: Texts }) {
  const w = useNoticeWords();
  const { language } = useLanguage();
  const [kind, setKind] = useState('received');
  const [spoken, setSpoken] = useState<'vi' | 'en'>('vi');
  const chosen = t.kinds.find((k) => k.kind === kind);
  return (
    <section className="section card">
      <h2>{w.preview}</h2>
      <p className="quiet">{w.previewText}</p>
      <div className="row" style={{ marginBottom: 12 }}>
        <NativeSelect label={w.kind} value={kind} onChange={(e) => setKind(e.currentTarget.value)} data={t.kinds.map((k) => ({ value: k.kind, label: k[language] }))} />
        <NativeSelect label={w.language} value={spoken} onChange={(e) => setSpoken(e.currentTarget.value === 'en' ? 'en' : 'vi')} data={[{ value: 'vi', label: w.languages.vi }, { value: 'en', label: w.languages.en }]} />
      </div>
      {chosen?.text ? <Text kind={kind} language={spoken} file={chosen.text.file} from={chosen.text.valid.from} /> : <p className="notice">{w.notTold}</p>}
    </section>
  );
}

function Text({ kind, language, file, from }: { kind: string; language: string; file: string; from: string }) {
  const w = useNoticeWords();
  const shown = usePreview(kind, language);
  return (
    <Load of={shown}>
      {(s) => (
        <>
          <h3>{w.subject}</h3><p lang={language}>{s.subject}</p>
          <h3>{w.mail}</h3><pre className="sheet inset" tabIndex={0} lang={language} style={{ whiteSpace: 'pre-wrap' }}>{s.text}</pre>
          <h3>{w.brief}</h3><pre className="sheet inset" tabIndex={0} lang={language} style={{ whiteSpace: 'pre-wrap' }}>{s.brief}</pre>
          <p className="quiet">{w.length(number(s.brief_length))}. {w.file}: <span className="mono">{file}</span>, {w.from(date(from))}</p>
        </>
      )}
    </Load>
  );
}

function Gateways({ of: t }: { of: Texts }) {
  const w = useNoticeWords();
  if (t.gateways.length === 0) return null;
  return (
    <section className="section card">
      <h2>{w.gateways}</h2>
      <ul>{t.gateways.map((g) => <li key={g.way + g.valid.from}>{w.ways[g.way] ?? g.way}: <span className="mono">{g.file}</span>, {w.from(date(g.valid.from))}{g.unverified.length > 0 && <div className="quiet">{w.unverified}: {g.unverified.join(' ')}</div>}</li>)}</ul>
    </section>
  );
}

function Bounces() {
  const w = useNoticeWords();
  const list = useBounces();
  return (
    <section className="section">
      <h2>{w.bounces}</h2>
      <Load of={list}>
        {(rows) => (rows.length === 0 ? <div className="card"><Empty title={w.noBounces}>{w.noBouncesText}</Empty></div> : (
          <div className="tablebox inset" tabIndex={0} role="region" aria-label={w.bounces}>
            <table className="plain">
              <thead><tr><th scope="col">{w.key}</th><th scope="col">{w.status}</th><th scope="col" /><th scope="col">{w.at}</th></tr></thead>
              <tbody>{rows.map((b) => <tr key={b.key + b.status}><td className="mono">{b.key}</td><td className="mono">{b.status}</td><td>{b.permanent ? w.permanent : w.passing}</td><td>{dateTime(b.at)}</td></tr>)}</tbody>
            </table>
          </div>
        ))}
      </Load>
    </section>
  );
}
