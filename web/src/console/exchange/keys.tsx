// The key that signs the configuration: its fingerprint as people read it to one another, what is announced, every change
// so far, and how it is changed.
import { Button, CopyButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/session';
import type { components } from '../../api/schema';
import { useT } from '../../i18n';
import { Empty, Load } from '../../kit/kit';
import { date, dateTime } from '../../lib/format';
import { exchangePath } from './api';
import { spoken, stateOf, statementOf, type KeyState, type KeyStatement } from './key_chain';
import { Head, State, Table, type Tone } from './parts';
import { useKeyWords } from './words_key';

type S = components['schemas'];
const tones: Record<KeyState, Tone> = { signs: 'good', announced: 'accent', past: '' };

export function ConfigurationKeys() {
  const key = useQuery({ queryKey: ['exchange', 'key'], queryFn: ({ signal }) => api.get<S['ExchangeKey']>(exchangePath('key'), signal), refetchInterval: 60_000 });
  const chain = useQuery({ queryKey: ['exchange', 'keys'], queryFn: ({ signal }) => api.get<S['ExchangeKeyChain']>(exchangePath('configuration-keys'), signal), refetchInterval: 60_000 });
  return <Load of={key}>{(k) => <Load of={chain}>{(c) => <Chain fingerprint={k.fingerprint} texts={c.statements} />}</Load>}</Load>;
}

function Chain({ fingerprint, texts }: { fingerprint: string; texts: readonly string[] }) {
  const t = useT();
  const w = useKeyWords();
  const all = texts.map(statementOf).filter((s): s is KeyStatement => s !== null);
  const signs = all.find((s) => s.key_id === fingerprint);
  const next = all.find((s) => stateOf(s, all, fingerprint) === 'announced');
  return (
    <div style={{ display: 'grid', gap: 14 }}>
      <section className="card">
        <h2>{w.title}</h2>
        <p className="lead">{w.lead}</p>
        <div style={{ fontWeight: 560 }}>{w.fingerprint}</div>
        <pre className="command mono" tabIndex={0} data-testid="fingerprint">{spoken(fingerprint)}</pre>
        <CopyButton value={fingerprint}>{({ copied, copy }) => <Button size="xs" variant="default" onClick={copy}>{copied ? t.common.copied : t.common.copy}</Button>}</CopyButton>
        {signs?.reason === 'compromise' && <p className="notice warn" role="status" style={{ marginTop: 12 }}>{w.stolen}</p>}
        {next && <p className="notice" role="status" style={{ marginTop: 12 }}>{w.waiting(dateTime(next.valid_from))}</p>}
        {all.length < texts.length && <p className="notice bad" role="alert" style={{ marginTop: 12 }}>{w.unreadable}</p>}
      </section>
      <section>
        <h2 style={{ margin: '8px 0 10px' }}>{w.history}</h2>
        <Table rows={[...all].reverse()} label={w.history} text={(s) => s.key_id} head={<Head of={[w.number, w.key, w.reason, w.announced, w.from, w.state]} />} empty={<Empty title={w.first}>{w.firstText}</Empty>}>
          {(s) => {
            const state = stateOf(s, all, fingerprint);
            return (
              <tr key={s.number}>
                <td>{s.number}</td><td className="exid">{spoken(s.key_id.slice(0, 16))}…</td><td>{w.reasons[s.reason]}</td><td className="when">{date(s.issued)}</td><td className="when">{dateTime(s.valid_from)}</td>
                <td><State tone={tones[state]}>{w.states[state]}</State></td>
              </tr>
            );
          }}
        </Table>
      </section>
      <section className="card">
        <h2>{w.how}</h2>
        <p>{w.howText}</p>
        <pre className="command mono" tabIndex={0}>hienluong exchange configuration-key rotate</pre>
        <p>{w.stolenHow}</p>
        <pre className="command mono" tabIndex={0}>{`hienluong gateway repin ${spoken(all.at(-1)?.key_id ?? fingerprint)}`}</pre>
      </section>
    </div>
  );
}
