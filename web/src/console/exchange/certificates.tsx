// A gateway's certificates, one by one: what each is for and until when, and the way to have nobody believe it any more.
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/session';
import { date } from '../../lib/format';
import { Ask } from '../parts';
import { exchangePath, useMay, useNames, type Server } from './api';
import { State } from './parts';
import { useWords } from './words';

type Certificate = Server['certificates'][number];

export function Certificates({ of: server }: { of: Server }) {
  const { registry: w, overview: o } = useWords();
  const may = useMay();
  const names = useNames();
  const client = useQueryClient();
  const [asked, setAsked] = useState<Certificate | null>(null);
  const revoke = useMutation({
    mutationFn: (c: Certificate) => api.send({ path: exchangePath(`certificates/${c.certificate}/revocation`), method: 'POST' }),
    onSuccess: () => { setAsked(null); notifications.show({ message: w.revokedDone, withCloseButton: false }); void client.invalidateQueries({ queryKey: ['exchange'] }); },
  });
  if (server.certificates.length === 0) return null;
  const whose = (c: Certificate) => `${o.use[c.use]}${c.member ? ` – ${names(c.member) ?? c.member}` : ''}`;
  return (
    <details>
      <summary className="quiet">{w.allCertificates(String(server.certificates.length))}</summary>
      <ul className="looked">{server.certificates.map((c) => (
        <li key={c.certificate}>
          <strong>{whose(c)}</strong> {c.revoked_at && <State tone="bad">{w.revoked}</State>}
          <div className="exid quiet">{c.certificate.slice(0, 32)}… · {date(c.not_before)} – {date(c.not_after)}</div>
          {may.registers && !c.revoked_at && <Button mt={4} size="xs" variant="default" aria-label={`${w.revokeCertificate}: ${whose(c)}`} onClick={() => { revoke.reset(); setAsked(c); }}>{w.revokeCertificate}</Button>}
        </li>
      ))}</ul>
      <Ask open={asked !== null} title={w.revokeCertificateTitle} act={w.revokeCertificate} danger busy={revoke.isPending} error={revoke.error} onAct={() => asked && revoke.mutate(asked)} onClose={() => setAsked(null)}><p style={{ margin: 0 }}>{w.revokeCertificateText}</p></Ask>
    </details>
  );
}
