// What the partner has otherwise: each with both values, sent again or laid aside with a reason.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { Empty, Load } from '../../kit/kit';
import { dateTime } from '../../lib/format';
import { useCommand, usePages, type Difference } from './api';
import { LayAside } from './aside';
import { useLinkWords } from './words';

const shown = (value: unknown): string => (value === null || value === undefined || value === '' ? '' : typeof value === 'object' ? '…' : String(value));
/** 20261128093000 as people read it. */
const readable = (text: string) => (/^\d{14}$/.test(text) ? `${text.slice(8, 10)}:${text.slice(10, 12)} ${text.slice(6, 8)}/${text.slice(4, 6)}/${text.slice(0, 4)}` : text);

export function Differences({ name, canCompare }: { name: string; canCompare: boolean }) {
  const w = useLinkWords();
  const list = usePages<Difference>(name, 'differences', '', 'after');
  const send = useCommand(() => w.queued);
  const [aside, setAside] = useState<Difference | null>(null);
  const what = (d: Difference) => (d.kind === 'missing_there' ? w.missingThere : d.kind === 'missing_here' ? w.missingHere : d.field);
  return (
    <>
      {canCompare && <div className="row" style={{ marginBottom: 12 }}><Button variant="default" onClick={() => send.mutate({ path: `${name}/tasks/reconcile` })}>{w.compare}</Button></div>}
      <Load of={list}>
        {(pages) => {
          const rows = pages.pages.flatMap((p) => p.items);
          return rows.length === 0 ? <div className="card"><Empty title={w.noDifferences}>{w.noDifferencesText}</Empty></div> : (
            <div className="tablebox inset" tabIndex={0} role="region" aria-label={w.differences}>
              <table className="plain">
                <thead><tr><th scope="col">{w.key}</th><th scope="col">{w.field}</th><th scope="col">{w.ours}</th><th scope="col">{w.theirs}</th><th scope="col">{w.found}</th><td /></tr></thead>
                <tbody>{rows.map((d) => (
                  <tr key={d.number}>
                    <td className="mono">{d.page ? <a href={d.page} title={w.openDossier}>{d.key}</a> : d.key}</td>
                    <td>{what(d)}</td>
                    <td>{d.kind === 'field' ? readable(shown(d.ours)) || w.nothing : ''}</td>
                    <td>{d.kind === 'field' ? readable(shown(d.theirs)) || w.nothing : ''}</td>
                    <td>{dateTime(d.found_at)}</td>
                    <td className="num"><div className="row" style={{ justifyContent: 'flex-end' }}>
                      {d.can.includes('send_again') && <Button size="xs" aria-label={`${w.sendAgain} ${d.key}`} onClick={() => send.mutate({ path: `${name}/differences/${d.number}/send` })}>{w.sendAgain}</Button>}
                      {d.can.includes('explain') && <Button size="xs" variant="default" aria-label={`${w.explain} ${d.key}`} onClick={() => setAside(d)}>{w.explain}</Button>}
                    </div></td>
                  </tr>
                ))}</tbody>
              </table>
            </div>
          );
        }}
      </Load>
      {list.hasNextPage && <Button mt={14} variant="default" onClick={() => void list.fetchNextPage()}>{w.loadMore}</Button>}
      <LayAside path={aside && `${name}/differences/${aside.number}/explain`} onClose={() => setAside(null)} />
    </>
  );
}
