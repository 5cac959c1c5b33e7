// Laying a difference or a message aside: never without a reason.
import { Textarea } from '@mantine/core';
import { useState } from 'react';
import { Ask } from '../parts';
import { useCommand } from './api';
import { useLinkWords } from './words';

export function LayAside({ path, onClose }: { path: string | null; onClose: () => void }) {
  const w = useLinkWords();
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const command = useCommand(() => w.done);
  const close = () => { setReason(''); setTried(false); command.reset(); onClose(); };
  return (
    <Ask open={path !== null} title={w.explainTitle} act={w.explain} busy={command.isPending} error={command.error} onClose={close} onAct={() => { setTried(true); if (path && reason.trim()) command.mutate({ path, body: { reason: reason.trim() } }, { onSuccess: close }); }}>
      <p style={{ margin: 0 }}>{w.explainText}</p>
      <Textarea label={w.reason} value={reason} onChange={(e) => setReason(e.currentTarget.value)} error={tried && !reason.trim() ? w.reasonNeeded : undefined} maxLength={500} autosize />
    </Ask>
  );
}
