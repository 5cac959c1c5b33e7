// Messages of the outbox: held and refused ones with the datum that is missing, leading to where it is mended.
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useDeferredValue, useState } from 'react';
import { Empty, Load } from '../../kit/kit';
import { useLanguage } from '../../i18n';
import { dateTime, number } from '../../lib/format';
import { useCommand, usePages, type Message } from './api';
import { LayAside } from './aside';
import { useLinkWords } from './words';

const tone: Record<string, string> = { accepted: 'good', dead: 'bad', held: 'warn' };

export function Messages({ name, only }: { name: string; only?: 'held' | 'dead' }) {
  const w = useLinkWords();
  const { language } = useLanguage();
  const [state, setState] = useState('');
  const [typed, setTyped] = useState('');
  const key = useDeferredValue(typed.trim());
  const [aside, setAside] = useState<Message | null>(null);
  const wanted = only ?? state;
  const list = usePages<Message>(name, 'messages', `${wanted ? `&state=${wanted}` : ''}${key ? `&key=${encodeURIComponent(key)}` : ''}`, 'before');
  const command = useCommand((a) => (a.messages === undefined ? w.queued : w.replayed(number(a.messages))));
  const stuck = (m: Message) => m.state === 'held' || m.state === 'dead';
  return (
    <>
      <div className="row" style={{ marginBottom: 12, alignItems: 'flex-end', flexWrap: 'wrap' }}>
        {only ? <Button variant="default" onClick={() => command.mutate({ path: `${name}/retry`, body: { state: only } })}>{w.retryAll}</Button> : (
          <>
            <TextInput label={w.find} type="search" value={typed} onChange={(e) => setTyped(e.currentTarget.value)} autoCapitalize="none" spellCheck={false} />
            <NativeSelect label={w.state} value={state} onChange={(e) => setState(e.currentTarget.value)} data={[{ value: '', label: w.all }, ...Object.entries(w.states).map(([value, label]) => ({ value, label }))]} />
          </>
        )}
      </div>
      <Load of={list}>
        {(pages) => {
          const rows = pages.pages.flatMap((p) => p.items);
          if (rows.length === 0) return <div className="card"><Empty title={only === 'dead' ? w.noDead : only === 'held' ? w.noHeld : w.noMessages} /></div>;
          return (
            <div className="tablebox inset" tabIndex={0} role="region" aria-label={w.tabs.messages}>
              <table className="plain">
                <thead><tr><th scope="col">{w.key}</th><th scope="col">{w.kind}</th>{!only && <th scope="col">{w.state}</th>}<th scope="col">{w.datum}</th><th scope="col">{w.why}</th><th scope="col">{w.lastTry}</th><td /></tr></thead>
                <tbody>{rows.map((m) => (
                  <tr key={m.number}>
                    <td className="mono">{m.page ? <a href={m.page}>{m.key}</a> : m.key}</td>
                    <td>{w.kinds[m.kind] ?? m.kind}</td>
                    {!only && <td><span className={`state ${tone[m.state] ?? ''}`}>{w.states[m.state]}</span></td>}
                    <td className="mono">{m.reason?.datum ?? ''}</td>
                    <td>{m.reason?.[language]}{m.marks.map((k, i) => <div key={i} className="quiet">{k.field}: {k[language]}</div>)}</td>
                    <td>{dateTime(m.last_try)}<div className="quiet">{m.attempts > 0 && `${w.tries}: ${number(m.attempts)}`}</div></td>
                    <td className="num">{stuck(m) && <div className="row" style={{ justifyContent: 'flex-end' }}>
                      <Button size="xs" aria-label={`${w.retry} ${m.key}`} onClick={() => command.mutate({ path: `${name}/messages/${m.number}/retry` })}>{w.retry}</Button>
                      <Button size="xs" variant="default" aria-label={`${w.explain} ${m.key}`} onClick={() => setAside(m)}>{w.explain}</Button>
                    </div>}</td>
                  </tr>
                ))}</tbody>
              </table>
            </div>
          );
        }}
      </Load>
      {list.hasNextPage && <Button mt={14} variant="default" onClick={() => void list.fetchNextPage()}>{w.loadMore}</Button>}
      <LayAside path={aside && `${name}/messages/${aside.number}/explain`} onClose={() => setAside(null)} />
    </>
  );
}
