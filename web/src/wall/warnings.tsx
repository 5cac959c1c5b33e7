// The wall's page of warnings to the public: those in force and those that were, one with its message, and the form
// with which a leader warns his area. Texts are Vietnamese, English beside them where given.
import { Button, MultiSelect, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { newKey } from '../api/client';
import type { components } from '../api/schema';
import { api, queries, useAccount } from '../api/session';
import { Empty, Fact, Load, ProblemNotice } from '../kit/kit';
import { dateTime } from '../lib/format';
import { standing } from '../lib/rights';
import { localDate } from '../lib/working_time';
import { useCommunes, useReach } from './api';
import type { PageProps } from './pages';
import { useWarningWords as useWords } from './warning_words';

type Warning = components['schemas']['Warning'];
type Info = Warning['infos'][number];
const base = '/api/v1/ioc/warnings';
const useWarnings = () => useQuery({ queryKey: ['warnings'], queryFn: ({ signal }) => api.get<{ items: Warning[]; next: string | null }>(`${base}?limit=100`, signal), refetchInterval: 60_000 });
const changed = () => queries.invalidateQueries({ queryKey: ['warnings'] });

export function Warnings({ item, open, names }: PageProps) {
  const w = useWords();
  const account = useAccount();
  const list = useWarnings();
  const leads = account.grants.some((g) => g.role === 'head' && standing(g, localDate(Date.now())) === 'now');
  const shown = list.data?.items.find((x) => x.id === item);
  return (
    <section className="card" aria-labelledby="warnings">
      <div className="row" style={{ justifyContent: 'space-between' }}>
        <h2 id="warnings">{w.title}</h2>
        {leads && !item && <Button onClick={() => open('new')}>{w.fresh}</Button>}
      </div>
      {!item && <p className="lead">{w.lead}</p>}
      {item === 'new' && <IssueForm onDone={(id) => open(id)} onCancel={() => open(undefined)} />}
      {item !== 'new' && (
        <Load of={list} lines={8}>
          {(data) => item && shown ? <One key={shown.id} of={shown} leads={leads} names={names} onBack={() => open(undefined)} onOpen={open} /> : data.items.length === 0 ? <Empty title={w.empty}><p>{w.emptyText}</p></Empty> : (
            <div className="tablebox inset" tabIndex={0} role="region" aria-label={w.list}>
              <table className="plain">
                <thead><tr><th scope="col">{w.headline}</th><th scope="col">{w.standing}</th><th scope="col">{w.severity}</th><th scope="col">{w.area}</th><th scope="col">{w.sender}</th><th scope="col">{w.until}</th></tr></thead>
                <tbody>
                  {data.items.map((x) => (
                    <tr key={x.id} data-warning={x.id}>
                      <td lang="vi"><button type="button" className="linkish" onClick={() => open(x.id)}>{titleOf(x)}</button></td>
                      <td><Standing of={x} /></td>
                      <td>{x.infos[0] && w.severities[x.infos[0].severity]}</td>
                      <td lang="vi">{areaOf(x.infos[0])}</td>
                      <td lang="vi">{x.infos[0]?.sender_name ?? x.sender}{x.feed && <span className="quiet"> · {w.via(x.feed)}</span>}</td>
                      <td>{dateTime(x.ends)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </Load>
      )}
    </section>
  );
}
const titleOf = (x: Warning) => x.infos[0]?.headline ?? x.infos[0]?.event ?? x.note ?? x.identifier;
const areaOf = (i: Info | undefined) => i?.areas.map((a) => a.description).join('; ') ?? '';

function Standing({ of: x }: { of: Warning }) {
  const w = useWords();
  const [tone, words] = x.type === 'Cancel' ? (['', w.cancellation] as const) : x.status !== 'Actual' ? (['accent', w.statuses[x.status]] as const) : x.active ? (['bad', w.active] as const) : x.ended_by ? (['', x.ended_by.how === 'Cancel' ? w.cancelled : w.replaced] as const) : (['', w.over] as const);
  return <span className={`state ${tone}`}>{words}</span>;
}

function One({ of: x, leads, names, onBack, onOpen }: { of: Warning; leads: boolean; names: ReadonlyMap<string, string>; onBack: () => void; onOpen: (id: string) => void }) {
  const w = useWords();
  const [cancelling, setCancelling] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div className="stack">
      <button type="button" className="linkish" onClick={onBack}>‹ {w.back}</button>
      <h3 ref={heading} tabIndex={-1} lang="vi">{titleOf(x)}</h3>
      <Standing of={x} />
      {x.infos.map((i, n) => (
        <div key={n} lang={i.language.slice(0, 2)} className="stack">
          <p><b>{i.event}</b>{i.headline && ` · ${i.headline}`}</p>
          {i.description && <p style={{ whiteSpace: 'pre-wrap' }}>{i.description}</p>}
          {i.instruction && <p style={{ whiteSpace: 'pre-wrap' }}>{i.instruction}</p>}
        </div>
      ))}
      <dl className="facts">
        {x.infos[0] && <><Fact name={w.severity}>{w.severities[x.infos[0].severity]}</Fact><Fact name={w.urgency}>{w.urgencies[x.infos[0].urgency]}</Fact><Fact name={w.certainty}>{w.certainties[x.infos[0].certainty]}</Fact><Fact name={w.area}><span lang="vi">{areaOf(x.infos[0])}</span></Fact></>}
        <Fact name={w.sender}><span lang="vi">{x.agency ? (names.get(x.agency) ?? x.agency) : x.sender}</span></Fact>
        {x.feed && <Fact name={w.source}><span lang="vi">{x.feed}</span></Fact>}
        <Fact name={w.sent}>{dateTime(x.sent)}</Fact>
        <Fact name={w.until}>{dateTime(x.ends)}</Fact>
      </dl>
      <p><a href={x.cap}>{w.message}</a></p>
      {x.ended_by && <p><button type="button" className="linkish" onClick={() => onOpen(x.ended_by!.id)}>{x.ended_by.how === 'Cancel' ? w.cancelled : w.replaced}</button></p>}
      {leads && x.own && x.active && !cancelling && <div className="row"><Button variant="default" onClick={() => setCancelling(true)}>{w.cancel}</Button></div>}
      {cancelling && <CancelForm id={x.id} onClose={() => setCancelling(false)} />}
    </div>
  );
}

function CancelForm({ id, onClose }: { id: string; onClose: () => void }) {
  const w = useWords();
  const [vi, setVi] = useState('');
  const [en, setEn] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const key = useRef(newKey());
  const send = async () => {
    setBusy(true);
    try {
      await api.send({ path: `${base}/${id}/cancel`, body: { vi: vi.trim(), ...(en.trim() ? { en: en.trim() } : {}) }, key: key.current });
      onClose();
      void changed();
    } catch (e) {
      key.current = newKey();
      setError(e);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="stack" aria-label={w.cancel} onKeyDown={(e) => { if (e.key === 'Escape') onClose(); }} onSubmit={(e) => { e.preventDefault(); void send(); }}>
      {error !== null && <ProblemNotice error={error} focus />}
      <Textarea label={w.whyVi} lang="vi" autosize minRows={2} value={vi} onChange={(e) => setVi(e.currentTarget.value)} required withAsterisk={false} />
      <Textarea label={w.whyEn} lang="en" autosize minRows={2} value={en} onChange={(e) => setEn(e.currentTarget.value)} />
      <div className="row"><Button type="submit" color="red" loading={busy}>{w.cancel}</Button><Button variant="default" onClick={onClose}>{w.back}</Button></div>
    </form>
  );
}

function IssueForm({ onDone, onCancel }: { onDone: (id: string) => void; onCancel: () => void }) {
  const w = useWords();
  const account = useAccount();
  const reach = useReach();
  const communes = useCommunes();
  const own = account.grants.filter((g) => g.role === 'head' && g.agency).map((g) => g.agency!);
  const [agency, setAgency] = useState(own[0] ?? '');
  const [status, setStatus] = useState('Actual');
  const [category, setCategory] = useState('Met');
  const [severity, setSeverity] = useState('Severe');
  const [urgency, setUrgency] = useState('Expected');
  const [certainty, setCertainty] = useState('Likely');
  const [hours, setHours] = useState('12');
  const [places, setPlaces] = useState<string[]>([]);
  const [vi, setVi] = useState({ event: '', headline: '', description: '', instruction: '' });
  const [en, setEn] = useState({ event: '', headline: '', description: '', instruction: '' });
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const key = useRef(newKey());
  const english = en.event.trim() !== '' || en.headline.trim() !== '' || en.description.trim() !== '';
  const clean = (x: typeof vi) => Object.fromEntries(Object.entries(x).map(([k, v]) => [k, v.trim()]).filter(([, v]) => v));
  const send = async () => {
    setBusy(true);
    setError(null);
    try {
      const { data } = await api.send<Warning>({ path: base, key: key.current, body: { agency, status, categories: [category], urgency, severity, certainty, expires: new Date(Date.now() + Number(hours) * 3600_000).toISOString(), vi: clean(vi), ...(english ? { en: clean(en) } : {}), ...(places.length ? { communes: places } : {}) } });
      await changed();
      onDone(data.id);
    } catch (e) {
      key.current = newKey();
      setError(e);
    } finally {
      setBusy(false);
    }
  };
  const choice = (label: string, value: string, set: (v: string) => void, words: Record<string, string>) => <NativeSelect label={label} maw={320} value={value} onChange={(e) => set(e.currentTarget.value)} data={Object.entries(words).map(([k, v]) => ({ value: k, label: v }))} />;
  return (
    <form className="stack" aria-label={w.fresh} onSubmit={(e) => { e.preventDefault(); void send(); }}>
      {error !== null && <ProblemNotice error={error} focus />}
      {own.length > 1 && <NativeSelect label={w.sender} lang="vi" maw={420} value={agency} onChange={(e) => setAgency(e.currentTarget.value)} data={own.map((id) => ({ value: id, label: reach.names.get(id) ?? id }))} />}
      {choice(w.status, status, setStatus, { Actual: w.statuses.Actual, Exercise: w.statuses.Exercise, Test: w.statuses.Test })}
      {choice(w.category, category, setCategory, w.categories)}
      <div className="row">{choice(w.severity, severity, setSeverity, w.severities)}{choice(w.urgency, urgency, setUrgency, w.urgencies)}{choice(w.certainty, certainty, setCertainty, w.certainties)}</div>
      <NativeSelect label={w.lasts} maw={320} value={hours} onChange={(e) => setHours(e.currentTarget.value)} data={['3', '6', '12', '24', '48', '72'].map((h) => ({ value: h, label: w.hours(h) }))} />
      <MultiSelect label={w.places} description={w.placesHint} lang="vi" data={[...communes].map(([code, c]) => ({ value: code, label: c.name }))} value={places} onChange={setPlaces} searchable clearable comboboxProps={{ withinPortal: false }} />
      {([['vi', vi, setVi], ['en', en, setEn]] as const).map(([lang, text, set]) => (
        <fieldset key={lang} className="stack">
          <legend>{lang === 'vi' ? w.inVietnamese : w.inEnglish}</legend>
          <TextInput label={w.event} lang={lang} maxLength={200} value={text.event} onChange={(e) => set({ ...text, event: e.currentTarget.value })} required={lang === 'vi' || english} withAsterisk={false} />
          <TextInput label={w.headline} lang={lang} maxLength={200} value={text.headline} onChange={(e) => set({ ...text, headline: e.currentTarget.value })} required={lang === 'vi' || english} withAsterisk={false} />
          <Textarea label={w.description} lang={lang} autosize minRows={2} maxLength={4000} value={text.description} onChange={(e) => set({ ...text, description: e.currentTarget.value })} required={lang === 'vi' || english} withAsterisk={false} />
          <Textarea label={w.instruction} lang={lang} autosize minRows={2} maxLength={4000} value={text.instruction} onChange={(e) => set({ ...text, instruction: e.currentTarget.value })} />
        </fieldset>
      ))}
      <p className="quiet">{w.publicNote}</p>
      <div className="row"><Button type="submit" color="red" loading={busy}>{w.issue}</Button><Button variant="default" onClick={onCancel}>{w.back}</Button></div>
    </form>
  );
}
