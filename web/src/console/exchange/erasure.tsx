// Erasing what one record of the message log says, as the law may want it: for good, with a reason that stays.
import { Button, Checkbox, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/session';
import { Ask } from '../parts';
import { exchangePath, useMay, type Message } from './api';
import { useMoreWords } from './words_more';

export function Erasure({ m }: { m: Message }) {
  const w = useMoreWords().erase;
  const may = useMay();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const [whole, setWhole] = useState(false);
  const [judged, setJudged] = useState(false);
  const why = reason.trim();
  const fault = why.length < 5 || why.length > 500 ? w.short : undefined;
  const erase = useMutation({
    mutationFn: () => api.send({ path: exchangePath(`messages/${m.number}/erasure`), method: 'POST', body: { reason: why, message: whole } }),
    onSuccess: () => { setOpen(false); notifications.show({ message: w.done, withCloseButton: false }); void client.invalidateQueries({ queryKey: ['exchange'] }); },
  });
  if (!may.registers || m.erased) return null;
  return (
    <section className="card" style={{ marginTop: 14 }}>
      <h2>{w.section}</h2>
      <p className="quiet" style={{ marginTop: 0 }}>{w.lead}</p>
      <Button variant="default" color="red" onClick={() => { erase.reset(); setReason(''); setWhole(false); setJudged(false); setOpen(true); }}>{w.act}</Button>
      <Ask open={open} title={w.title} act={w.act} danger busy={erase.isPending} error={erase.error} onAct={() => { setJudged(true); if (!fault) erase.mutate(); }} onClose={() => setOpen(false)}>
        <p style={{ margin: 0 }}>{w.text}</p>
        <Textarea label={w.reason} description={w.reasonHint} autosize minRows={2} value={reason} onChange={(e) => setReason(e.currentTarget.value)} error={judged ? fault : undefined} maxLength={500} />
        <Checkbox label={w.whole} checked={whole} onChange={(e) => setWhole(e.currentTarget.checked)} />
      </Ask>
    </section>
  );
}
