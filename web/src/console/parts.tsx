// What several pages of the console use: a secret shown once, a question before what cannot be taken back.
import { Button, CopyButton, Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useT } from '../i18n';
import { ProblemNotice } from '../kit/kit';

export function Secret({ title, value }: { title: string; value: string }) {
  const t = useT();
  return (
    <div className="notice good" role="status">
      <strong>{title}</strong>
      <div className="row" style={{ marginTop: 6 }}>
        <code className="secret">{value}</code>
        <CopyButton value={value}>{({ copied, copy }) => <Button size="xs" variant="default" onClick={copy}>{copied ? t.common.copied : t.common.copy}</Button>}</CopyButton>
      </div>
    </div>
  );
}

export function Ask({ open, title, children, act, danger, busy, error, onAct, onClose }: { open: boolean; title: string; children: ReactNode; act: string; danger?: boolean; busy: boolean; error?: unknown; onAct: () => void; onClose: () => void }) {
  const t = useT();
  return (
    <Modal opened={open} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t.common.close }}>
      <div className="stack">
        {error ? <ProblemNotice error={error} focus /> : null}
        {children}
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Button variant="default" onClick={onClose}>{t.common.cancel}</Button>
          <Button color={danger ? 'red' : undefined} loading={busy} onClick={onAct} data-autofocus>{act}</Button>
        </div>
      </div>
    </Modal>
  );
}
