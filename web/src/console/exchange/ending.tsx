// The end of a member, a subsystem, a gateway or a service: a day, and what ends with it, said before.
import { Button, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/session';
import { date, parseDate } from '../../lib/format';
import { localDate } from '../../lib/working_time';
import { Ask } from '../parts';
import { exchangePath, servicePath, shown, useMay } from './api';
import { State } from './parts';
import { useMoreWords } from './words_more';

type Kind = 'members' | 'subsystems' | 'servers' | 'services';
const pathOf = (kind: Kind, id: string) => (kind === 'services' ? servicePath(id, '/ending') : `${kind}/${id.split('/').slice(1).join('/')}/ending`);

export function End({ kind, id, name, ended }: { kind: Kind; id: string; name?: string | null; ended: string | null }) {
  const w = useMoreWords().end;
  const may = useMay();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const [day, setDay] = useState('');
  const on = day.trim() ? parseDate(day) : undefined;
  const end = useMutation({
    mutationFn: () => api.send({ path: exchangePath(pathOf(kind, id)), method: 'POST', body: on ? { on } : {} }),
    onSuccess: () => { setOpen(false); notifications.show({ message: w.done, withCloseButton: false }); void client.invalidateQueries({ queryKey: ['exchange'] }); },
  });
  const [judged, setJudged] = useState(false);
  // A day that has come is not moved any more.
  const over = ended !== null && ended <= localDate(Date.now());
  if (!may.registers || over) return null;
  const label = name ?? shown(id);
  return (
    <>
      <Button size="xs" variant="subtle" color="red" aria-label={`${w.act}: ${label}`} onClick={() => { end.reset(); setDay(''); setJudged(false); setOpen(true); }}>{w.act}</Button>
      <Ask open={open} title={w.title[kind]} act={w.act} danger busy={end.isPending} error={end.error} onAct={() => { setJudged(true); if (on !== null) end.mutate(); }} onClose={() => setOpen(false)}>
        <p style={{ margin: 0 }}><strong>{label}</strong>{name && <span className="exid quiet"> {shown(id)}</span>}</p>
        <p style={{ margin: 0 }}>{w.text[kind]}</p>
        <TextInput label={w.day} description={w.dayHint} inputMode="numeric" value={day} onChange={(e) => setDay(e.currentTarget.value)} error={judged && on === null ? w.badDay : undefined} />
      </Ask>
    </>
  );
}

/** Beside a name: that it has ended, or will. */
export function Ended({ on }: { on: string | null }) {
  const w = useMoreWords().end;
  if (on === null) return null;
  const over = on <= localDate(Date.now());
  return <div><State tone={over ? '' : 'warn'}>{over ? w.over(date(on)) : w.planned(date(on))}</State></div>;
}
