// Every exchange; what was said is opened one by one, and that is logged.
import { Button, Modal, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { api } from '../../api/session';
import { useT } from '../../i18n';
import { Empty, Load } from '../../kit/kit';
import { dateTime, number } from '../../lib/format';
import { usePages, type Exchange, type Opened } from './api';
import { useLinkWords } from './words';

const tone: Record<string, string> = { accepted: 'good', refused: 'bad', again: 'warn', failed: 'bad' };

export function Journal({ name }: { name: string }) {
  const t = useT();
  const w = useLinkWords();
  const [typed, setTyped] = useState('');
  const key = useDeferredValue(typed.trim());
  const [open, setOpen] = useState<number | null>(null);
  const list = usePages<Exchange>(name, 'exchanges', key ? `&key=${encodeURIComponent(key)}` : '', 'before');
  return (
    <>
      <TextInput mb={12} label={w.find} type="search" value={typed} onChange={(e) => setTyped(e.currentTarget.value)} autoCapitalize="none" spellCheck={false} style={{ maxWidth: 320 }} />
      <Load of={list}>
        {(pages) => {
          const rows = pages.pages.flatMap((p) => p.items);
          return rows.length === 0 ? <div className="card"><Empty title={w.noJournal} /></div> : (
            <div className="tablebox inset" tabIndex={0} role="region" aria-label={w.tabs.journal}>
              <table className="plain">
                <thead><tr><th scope="col">{w.at}</th><th scope="col">{w.operation}</th><th scope="col">{w.key}</th><th scope="col">{w.verdict}</th><th scope="col" className="num">{w.took}</th><td /></tr></thead>
                <tbody>{rows.map((e) => (
                  <tr key={e.number}>
                    <td>{dateTime(e.at)}</td><td className="mono">{e.operation}</td><td className="mono">{e.key}</td>
                    <td><span className={`state ${tone[e.verdict] ?? ''}`}>{w.verdicts[e.verdict] ?? e.verdict}</span> <span className="quiet">{e.problem ?? e.code}</span></td>
                    <td className="num">{w.ms(number(e.took_ms))}</td>
                    <td className="num"><Button size="xs" variant="default" aria-label={`${w.open} ${e.key ?? e.operation} ${e.number}`} onClick={() => setOpen(e.number)}>{w.open}</Button></td>
                  </tr>
                ))}</tbody>
              </table>
            </div>
          );
        }}
      </Load>
      {list.hasNextPage && <Button mt={14} variant="default" onClick={() => void list.fetchNextPage()}>{w.loadMore}</Button>}
      <Modal opened={open !== null} onClose={() => setOpen(null)} title={w.opened} size="xl" closeButtonProps={{ 'aria-label': t.common.close }}>{open !== null && <Contents name={name} number={open} />}</Modal>
    </>
  );
}

const pretty = (text: string) => { try { return JSON.stringify(JSON.parse(text), null, 1); } catch { return text; } };

function Contents({ name, number: n }: { name: string; number: number }) {
  const w = useLinkWords();
  const one = useQuery({ queryKey: ['links', name, 'exchange', n], queryFn: ({ signal }) => api.get<Opened>(`/api/v1/links/${name}/exchanges/${n}`, signal), refetchInterval: false, staleTime: Infinity });
  return (
    <Load of={one}>
      {(e) => (
        <div className="stack">
          <p className="notice" style={{ margin: 0 }}>{w.openedText}</p>
          <h2>{w.request}</h2><pre className="sheet inset" tabIndex={0}>{pretty(e.request) || w.empty}</pre>
          <h2>{w.response}</h2><pre className="sheet inset" tabIndex={0}>{pretty(e.response) || w.empty}</pre>
        </div>
      )}
    </Load>
  );
}
