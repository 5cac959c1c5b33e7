// Topics: which there are, and making one for a system of one's own.
import { Button, Modal, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { ApiProblem } from '../../api/client';
import { api } from '../../api/session';
import { useT } from '../../i18n';
import { Empty, Load, ProblemNotice } from '../../kit/kit';
import { number } from '../../lib/format';
import { exchangePath, useMay, useNames, type Topic } from './api';
import { Head, Id, State, Table } from './parts';
import { SystemSelect } from './right_form';
import { OneTopic } from './topic';
import { useLogWords } from './words_log';
import { useWords } from './words';

export const Topics = ({ at }: { at?: string }) => (at ? <OneTopic id={at} /> : <List />);

function List() {
  const t = useT();
  const c = useWords().common;
  const w = useLogWords().topics;
  const may = useMay();
  const names = useNames();
  const [making, setMaking] = useState(false);
  const topics = useQuery({ queryKey: ['exchange', 'topics'], queryFn: async ({ signal }) => (await api.get<{ items: Topic[] }>(exchangePath('topics'), signal)).items, refetchInterval: 30_000 });
  return (
    <>
      <div className="row spread"><h1>{w.title}</h1>{may.connects && <Button onClick={() => setMaking(true)}>{w.make}</Button>}</div>
      <p className="lead">{w.lead}</p>
      <Load of={topics}>
        {(rows) => (
          <Table rows={rows} label={w.title} text={(x) => `${x.title} ${x.topic} ${names(x.owner) ?? ''}`} head={<Head of={[w.name, w.owner, w.published, c.state]} />} empty={<Empty title={w.none}>{w.noneText}</Empty>}>
            {(x) => (
              <tr key={x.topic}>
                <td><Link to="/console" search={{ section: 'exchange-topics', at: x.topic }}>{x.title}</Link><div className="exid quiet">{x.topic}</div></td>
                <td><Id id={x.owner} name={names(x.owner)} /></td>
                <td>{number(x.next_position - 1)}<div className="quiet">{w.days(number(Math.round(x.retention_hours / 24)))}</div></td>
                <td><State tone={x.closed_at ? '' : 'good'}>{x.closed_at ? w.closed : w.live}</State></td>
              </tr>
            )}
          </Table>
        )}
      </Load>
      <Modal opened={making} onClose={() => setMaking(false)} title={w.make} closeButtonProps={{ 'aria-label': t.common.close }}><Make done={() => setMaking(false)} /></Modal>
    </>
  );
}

function Make({ done }: { done: () => void }) {
  const t = useT();
  const w = useLogWords().topics;
  const client = useQueryClient();
  const [v, setV] = useState({ topic: '', title: '', owner: null as string | null, hours: '720', attempts: '10' });
  const [judged, setJudged] = useState(false);
  const set = (patch: Partial<typeof v>) => setV({ ...v, ...patch });
  const whole = (text: string) => (/^[1-9]\d*$/.test(text.trim()) ? undefined : w.wrongNumber);
  const wrong = { topic: /^[A-Za-z0-9._-]+$/.test(v.topic.trim()) ? undefined : w.idHint, title: v.title.trim() ? undefined : t.common.required, owner: v.owner ? undefined : t.common.required, hours: whole(v.hours), attempts: whole(v.attempts) };
  const make = useMutation({
    // Dead letters are kept three times as long as messages: there is time to find out why.
    mutationFn: () => api.send({ path: exchangePath('topics'), method: 'POST', body: { topic: v.topic.trim(), title: v.title.trim(), owner: v.owner, retention_hours: Number(v.hours), dead_retention_hours: Math.min(3 * Number(v.hours), 87_840), attempts: Number(v.attempts) } }),
    onSuccess: () => { notifications.show({ message: w.made, withCloseButton: false }); void client.invalidateQueries({ queryKey: ['exchange', 'topics'] }); done(); },
  });
  const at = (field: keyof typeof wrong, pointer: string) => (make.error instanceof ApiProblem ? make.error.at(pointer) : undefined) ?? (judged ? wrong[field] : undefined);
  const submit = (e: FormEvent) => { e.preventDefault(); setJudged(true); if (Object.values(wrong).every((x) => !x)) make.mutate(); };
  return (
    <form className="stack" noValidate onSubmit={submit}>
      {make.error && <ProblemNotice error={make.error} focus />}
      <TextInput label={w.name} value={v.title} onChange={(e) => set({ title: e.currentTarget.value })} error={at('title', '/title')} maxLength={300} data-autofocus />
      <TextInput label={w.id} description={w.idHint} value={v.topic} onChange={(e) => set({ topic: e.currentTarget.value })} error={at('topic', '/topic')} autoCapitalize="none" spellCheck={false} maxLength={100} />
      <SystemSelect label={w.owner} value={v.owner} onChange={(owner) => set({ owner })} error={at('owner', '/owner')} />
      <TextInput label={w.retention} inputMode="numeric" value={v.hours} onChange={(e) => set({ hours: e.currentTarget.value })} error={at('hours', '/retention_hours')} />
      <TextInput label={w.attempts} inputMode="numeric" value={v.attempts} onChange={(e) => set({ attempts: e.currentTarget.value })} error={at('attempts', '/attempts')} />
      <Button type="submit" loading={make.isPending}>{w.make}</Button>
    </form>
  );
}
