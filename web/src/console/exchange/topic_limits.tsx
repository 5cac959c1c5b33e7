// A topic's title and limits, changed by who acts for its owner.
import { Button, Modal, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { api } from '../../api/session';
import { useT } from '../../i18n';
import { ProblemNotice } from '../../kit/kit';
import { number } from '../../lib/format';
import { exchangePath, type Topic } from './api';
import { useMoreWords } from './words_more';

const kib = 1024;
const bounds = { retention: [1, 87_840], dead: [1, 87_840], attempts: [1, 1000], largest: [1, 16_384] } as const;
type Field = keyof typeof bounds;
const fields = Object.keys(bounds) as Field[];

export function TopicLimits({ of: topic }: { of: Topic }) {
  const t = useT();
  const w = useMoreWords().limits;
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>{w.act}</Button>
      <Modal opened={open} onClose={() => setOpen(false)} title={w.title} closeButtonProps={{ 'aria-label': t.common.close }}><Limits topic={topic} done={() => setOpen(false)} /></Modal>
    </>
  );
}

function Limits({ topic, done }: { topic: Topic; done: () => void }) {
  const t = useT();
  const w = useMoreWords().limits;
  const client = useQueryClient();
  const [title, setTitle] = useState(topic.title);
  const [typed, setTyped] = useState<Record<Field, string>>({ retention: String(topic.retention_hours), dead: String(topic.dead_retention_hours), attempts: String(topic.attempts), largest: String(Math.ceil(topic.largest_message / kib)) });
  const [judged, setJudged] = useState(false);
  const value = (f: Field) => (/^\d+$/.test(typed[f].trim()) ? Number(typed[f]) : NaN);
  const wrong = (f: Field) => (value(f) >= bounds[f][0] && value(f) <= bounds[f][1] ? undefined : w.wrong(number(bounds[f][0]), number(bounds[f][1])));
  const save = useMutation({
    mutationFn: () => api.send({ path: exchangePath(`topics/${encodeURIComponent(topic.topic)}`), method: 'PATCH', body: { title: title.trim(), retention_hours: value('retention'), dead_retention_hours: value('dead'), attempts: value('attempts'), largest_message: value('largest') * kib } }),
    onSuccess: () => { notifications.show({ message: w.done, withCloseButton: false }); void client.invalidateQueries({ queryKey: ['exchange'] }); done(); },
  });
  const submit = (e: FormEvent) => { e.preventDefault(); setJudged(true); if (title.trim() && !fields.some(wrong)) save.mutate(); };
  return (
    <form className="stack" noValidate onSubmit={submit}>
      {save.error && <ProblemNotice error={save.error} focus />}
      <TextInput label={w.name} value={title} onChange={(e) => setTitle(e.currentTarget.value)} error={judged && !title.trim() ? t.common.required : undefined} maxLength={300} data-autofocus />
      {fields.map((f) => <TextInput key={f} label={w[f]} inputMode="numeric" value={typed[f]} onChange={(e) => { const text = e.currentTarget.value; setTyped((all) => ({ ...all, [f]: text })); }} error={judged ? wrong(f) : undefined} />)}
      <Button type="submit" loading={save.isPending}>{w.save}</Button>
    </form>
  );
}
