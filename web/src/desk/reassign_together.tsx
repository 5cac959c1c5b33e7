// The work of somebody on leave to another officer, for all marked rows at once.
import { Button, Modal, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useT } from '../i18n';
import { OfficerSelect } from './actions';

export function ReassignTogether({ agency, count, onClose, onGive }: { agency: string; count: number; onClose: () => void; onGive: (order: { officer: string; reason?: string }) => void }) {
  const t = useT();
  const [officer, setOfficer] = useState('');
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  return (
    <Modal opened onClose={onClose} title={`${t.commands.reassign} · ${t.queue.selected(count)}`} closeButtonProps={{ 'aria-label': t.common.close }}>
      <form className="stack" noValidate onSubmit={(e) => { e.preventDefault(); setTried(true); if (officer) onGive({ officer, ...(reason.trim() ? { reason: reason.trim() } : {}) }); }}>
        <OfficerSelect id="bulk-officer" label={t.actions.officer} description={t.actions.officerHint} agency={agency} value={officer} onChange={setOfficer} error={tried && !officer ? t.bulk.chooseOfficer : undefined} />
        <Textarea label={t.actions.reason} autosize minRows={2} value={reason} onChange={(e) => setReason(e.currentTarget.value)} />
        <Button type="submit">{t.bulk.giveAll(count)}</Button>
      </form>
    </Modal>
  );
}
