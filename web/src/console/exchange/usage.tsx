// Usage: how much was exchanged in a period, by day and by who called what. Identifiers and figures, nothing personal.
import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { api } from '../../api/session';
import { Empty, Fact, Load } from '../../kit/kit';
import { addDays, bytes, date, number, parseDate } from '../../lib/format';
import { localDate } from '../../lib/working_time';
import { exchangePath, shown, useNames, type UsageRow } from './api';
import { summed } from './logic';
import { Head, Table } from './parts';
import { useLogWords } from './words_log';
import { useWords } from './words';

export function Usage() {
  const w = useLogWords().usage;
  const log = useLogWords().log;
  const today = localDate(Date.now());
  const [from, setFrom] = useState(date(addDays(today, -6)));
  const [to, setTo] = useState(date(today));
  const [period, setPeriod] = useState({ from: addDays(today, -6), to: today });
  const [judged, setJudged] = useState(false);
  const days = { from: parseDate(from), to: parseDate(to) };
  const wrong = { from: days.from ? undefined : log.badDay, to: !days.to ? log.badDay : days.from && days.to < days.from ? log.order : undefined };
  const usage = useQuery({
    queryKey: ['exchange', 'usage', period],
    queryFn: async ({ signal }) => (await api.get<{ items: UsageRow[] }>(exchangePath(`usage?${new URLSearchParams({ from: `${period.from}T00:00:00+07:00`, to: `${addDays(period.to, 1)}T00:00:00+07:00` })}`), signal)).items,
    refetchInterval: 30_000,
  });
  const submit = (e: FormEvent) => { e.preventDefault(); setJudged(true); if (days.from && days.to && !wrong.to) setPeriod({ from: days.from, to: days.to }); };
  return (
    <>
      <form className="card exform" noValidate onSubmit={submit}>
        <TextInput label={w.from} inputMode="numeric" value={from} onChange={(e) => setFrom(e.currentTarget.value)} error={judged ? wrong.from : undefined} />
        <TextInput label={w.to} inputMode="numeric" value={to} onChange={(e) => setTo(e.currentTarget.value)} error={judged ? wrong.to : undefined} />
        <div className="acts"><Button type="submit" loading={usage.isFetching && !usage.isPending}>{w.show}</Button></div>
      </form>
      <div className="section"><Load of={usage}>{(rows) => (rows.length === 0 ? <div className="card"><Empty title={w.none}>{w.noneText}</Empty></div> : <Figures rows={rows} />)}</Load></div>
    </>
  );
}

function Figures({ rows }: { rows: UsageRow[] }) {
  const w = useLogWords().usage;
  const c = useWords();
  const names = useNames();
  const all = summed(rows, () => '')[0]!;
  const byDay = summed(rows, (r) => localDate(Date.parse(r.hour)));
  const most = Math.max(...byDay.map((d) => d.messages));
  const byService = summed(rows, (r) => `${r.side}|${r.client}|${r.service}`).sort((a, b) => b.messages - a.messages);
  const bare = (id: string) => id.replace(/^[A-Z]+:/, '');
  return (
    <>
      <dl className="facts card"><Fact name={w.total}>{number(all.messages)}</Fact><Fact name={w.failed}>{number(all.failed)}</Fact><Fact name={w.received}>{bytes(all.request_bytes)}</Fact><Fact name={w.sent}>{bytes(all.response_bytes)}</Fact></dl>
      <section className="section">
        <h2>{w.byDay}</h2>
        <div className="tablebox inset" tabIndex={0} role="region" aria-label={w.byDay}>
          <table className="plain"><thead><tr><Head of={[w.day, w.total, w.failed]} /></tr></thead>
            <tbody>{byDay.map((d) => <tr key={d.key}><td className="when">{date(d.key)}</td><td><span className="rate"><meter min={0} max={most} value={d.messages} aria-label={w.total} />{number(d.messages)}</span></td><td>{number(d.failed)}</td></tr>)}</tbody></table>
        </div>
      </section>
      <section className="section">
        <h2>{w.byService}</h2>
        <Table rows={byService} label={w.byService} text={(r) => r.key} head={<Head of={[c.common.client, c.common.service, w.total, w.failed, w.slow]} />} empty={null}>
          {(r) => {
            const [side, client, service] = r.key.split('|') as ['client' | 'provider', string, string];
            return <tr key={r.key}><td>{names(bare(client)) ?? shown(bare(client))}</td><td className="exid">{shown(bare(service))} <span className="quiet">({c.overview.side[side]})</span></td><td>{number(r.messages)}</td><td>{number(r.failed)}</td><td className="when">{r.p95_ms === null ? '–' : `${number(r.p95_ms)} ms`}</td></tr>;
          }}
        </Table>
      </section>
    </>
  );
}
