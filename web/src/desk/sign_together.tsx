// Signing many results at once: the kind is chosen where all are of one procedure; otherwise the server signs only those
// whose card knows one kind, and names the others.
import { Button, Modal, Select } from '@mantine/core';
import { useState } from 'react';
import { useProcedure } from '../api/queries';
import { useT } from '../i18n';

export interface Signing {
  kind?: string;
  signature: 'digital' | 'ink';
}

export function SignTogether({ procedure, count, onClose, onSign }: { procedure: string | null; count: number; onClose: () => void; onSign: (signing: Signing) => void }) {
  const t = useT();
  const kinds = useProcedure(procedure).data?.card.results ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const [signature, setSignature] = useState<Signing['signature']>('digital');
  const kind = chosen ?? kinds[0]?.id;
  return (
    <Modal opened onClose={onClose} title={`${t.bulk.sign} · ${t.queue.selected(count)}`} closeButtonProps={{ 'aria-label': t.common.close }}>
      <form className="stack" onSubmit={(e) => { e.preventDefault(); onSign({ signature, ...(procedure && kind ? { kind } : {}) }); }}>
        {procedure === null && <p className="quiet" style={{ margin: 0 }}>{t.bulk.mixed}</p>}
        {kinds.length > 0 && <Select label={t.actions.resultKind} data={kinds.map((k) => ({ value: k.id, label: k.name }))} value={kind ?? null} onChange={setChosen} allowDeselect={false} data-autofocus comboboxProps={{ withinPortal: false }} />}
        <Select label={t.actions.signature} data={[{ value: 'digital', label: t.actions.digital }, { value: 'ink', label: t.actions.ink }]} value={signature} onChange={(v) => setSignature(v === 'ink' ? 'ink' : 'digital')} allowDeselect={false} comboboxProps={{ withinPortal: false }} />
        <Button type="submit">{t.bulk.signAll(count)}</Button>
      </form>
    </Modal>
  );
}
