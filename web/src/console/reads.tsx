// The log of personal-data reads, searched by who, why, whose and when; the address holds the filters. An export is a
// line of the log itself.
import { Button, Select, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { api } from '../api/session';
import type { ReadLog } from '../api/types';
import { useLanguage, useT } from '../i18n';
import { Empty, ProblemNotice, Skeleton } from '../kit/kit';
import { addDays, date, dateTime, number, parseDate } from '../lib/format';
import { localDate } from '../lib/working_time';
import { useWords } from './words';

type Line = ReadLog['items'][number];
const path = '/api/v1/personal-reads';

export function Reads({ at }: { at?: string }) {
  const asked = at ?? new URLSearchParams({ from: addDays(localDate(Date.now()), -30) }).toString();
  // A new address is a new form: what was typed and not asked for goes.
  return <Log key={asked} asked={new URLSearchParams(asked)} filtered={at !== undefined} />;
}

function Log({ asked, filtered }: { asked: URLSearchParams; filtered: boolean }) {
  const t = useT();
  const w = useWords().reads;
  const { language } = useLanguage();
  const go = useNavigate();
  const client = useQueryClient();
  const said = (name: string) => asked.get(name) ?? '';
  const [who, setWho] = useState(said('actor'));
  const [purpose, setPurpose] = useState<string | null>(said('purpose') || null);
  const [from, setFrom] = useState(date(said('from')));
  const [to, setTo] = useState(date(said('to')));
  const [subject, setSubject] = useState(said('subject'));
  const [judged, setJudged] = useState(false);
  const purposes = useQuery({ queryKey: ['read-purposes'], queryFn: async ({ signal }) => (await api.get<{ items: string[] }>(`${path}/purposes`, signal)).items, staleTime: 300_000 });
  const reads = useInfiniteQuery({
    queryKey: ['reads', asked.toString()],
    queryFn: ({ pageParam, signal }) => api.get<ReadLog>(`${path}?${new URLSearchParams([...asked, ...(pageParam ? [['cursor', pageParam] as [string, string]] : [])])}`, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const exported = useMutation({
    mutationFn: () => api.blob(`${path}?${new URLSearchParams([...asked, ['format', 'csv']])}`),
    onSuccess: (file) => {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(file);
      link.download = `nhat-ky-doc-${localDate(Date.now())}.csv`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
      notifications.show({ message: w.exported, withCloseButton: false });
      void client.invalidateQueries({ queryKey: ['reads'] });
    },
  });
  const days = { from: from.trim() ? parseDate(from) : undefined, to: to.trim() ? parseDate(to) : undefined };
  const wrong = { from: days.from === null ? t.actions.badDate : undefined, to: days.to === null ? t.actions.badDate : days.from && days.to && days.to < days.from ? w.order : undefined };
  const submit = (e: FormEvent) => {
    e.preventDefault();
    setJudged(true);
    if (wrong.from || wrong.to) return;
    const next = new URLSearchParams({ ...(who.trim() ? { actor: who.trim() } : {}), ...(purpose ? { purpose } : {}), ...(days.from ? { from: days.from } : {}), ...(days.to ? { to: days.to } : {}), ...(subject.trim() ? { subject: subject.trim() } : {}) }).toString();
    if (next === asked.toString()) void reads.refetch();
    else void go({ to: '/console', search: { section: 'reads', at: next || ' ' } });
  };
  const rows = reads.data?.pages.flatMap((p) => p.items) ?? [];
  return (
    <>
      <h1>{t.admin.reads}</h1>
      <p className="lead">{w.lead}</p>
      <form className="card readfilter" noValidate onSubmit={submit}>
        <TextInput label={w.who} description={w.whoHint} value={who} onChange={(e) => setWho(e.currentTarget.value)} autoCapitalize="none" spellCheck={false} />
        <TextInput label={w.subject} description={w.subjectHint} value={subject} onChange={(e) => setSubject(e.currentTarget.value)} autoCapitalize="none" spellCheck={false} />
        <TextInput label={w.from} description="dd/MM/yyyy" inputMode="numeric" value={from} onChange={(e) => setFrom(e.currentTarget.value)} error={judged ? wrong.from : undefined} />
        <TextInput label={w.to} description="dd/MM/yyyy" inputMode="numeric" value={to} onChange={(e) => setTo(e.currentTarget.value)} error={judged ? wrong.to : undefined} />
        <Select className="wide" label={w.purpose} data={purposes.data ?? (purpose ? [purpose] : [])} value={purpose} onChange={setPurpose} searchable clearable placeholder={w.any} clearButtonProps={{ 'aria-label': t.common.remove }} nothingFoundMessage={t.common.nothing} />
        <div className="row acts">
          <Button type="submit" loading={reads.isFetching && !reads.isFetchingNextPage && !reads.isPending}>{w.filter}</Button>
          {filtered && <Button variant="default" onClick={() => void go({ to: '/console', search: { section: 'reads' } })}>{w.clear}</Button>}
          <Button variant="default" loading={exported.isPending} onClick={() => exported.mutate()}>{w.csv}</Button>
        </div>
      </form>
      {exported.error && <div style={{ marginTop: 14 }}><ProblemNotice error={exported.error} focus /></div>}
      <div className="section">
        {reads.error && !reads.data ? <ProblemNotice error={reads.error} retry={() => void reads.refetch()} /> : reads.isPending ? <Skeleton lines={8} /> : rows.length === 0 ? <div className="card"><Empty title={w.nothing}>{w.nothingText}</Empty></div> : (
          <>
            <p className="quiet" role="status">{w.shown(number(rows.length), reads.hasNextPage)}</p>
            <div className="tablebox inset" tabIndex={0} role="region" aria-label={t.admin.reads}>
              <table className="plain">
                <thead><tr><th scope="col">{t.admin.at}</th><th scope="col">{w.who}</th><th scope="col">{t.admin.what}</th><th scope="col">{w.purpose}</th><th scope="col">{w.subject}</th></tr></thead>
                <tbody>{rows.map((r, i) => <tr key={i}><td className="when">{dateTime(r.at)}</td><td><Reader line={r} /></td><td>{language === 'vi' ? r.what_vi : r.what_en}</td><td lang="vi">{r.purpose}</td><td className="mono">{r.subject}</td></tr>)}</tbody>
              </table>
            </div>
          </>
        )}
        {reads.hasNextPage && <Button mt={14} variant="default" loading={reads.isFetchingNextPage} onClick={() => void reads.fetchNextPage()}>{t.common.more}</Button>}
      </div>
    </>
  );
}

function Reader({ line }: { line: Line }) {
  const w = useWords().reads;
  if (line.name) return <>{line.name}<div className="quiet mono">{line.login}</div></>;
  const kind = line.actor.split(':')[0];
  return <>{kind === 'citizen' ? w.citizen : kind === 'anonymous' ? w.stranger : kind === 'system' ? w.program : kind === 'machine' ? w.machine : <span className="mono">{line.actor}</span>}</>;
}
