// The index 766 of the area: the sum, what the unknown could make of it, five groups; the lowest one says so. A group
// opens its criteria, a criterion the dossiers that lost its points.
import { useLanguage } from '../i18n';
import { Load } from '../kit/kit';
import { dateTime } from '../lib/format';
import { useIndex, useIndexAgencies, type View } from './api';
import { lowestGroup, shareOf } from './logic';
import { amount } from './parts';
import { useWords } from './words';

export function IndexCard({ view, onGroup, onAgencies, onAgency }: { view: View; onGroup: (code: string) => void; onAgencies: (() => void) | null; onAgency: (id: string) => void }) {
  const w = useWords();
  const { language } = useLanguage();
  const index = useIndex(view);
  return (
    <section className="card windex" aria-labelledby="windex">
      <div className="whead"><h2 id="windex">{w.index.title}</h2><span className="quiet">{w.index.lead}</span></div>
      <Load of={index} lines={8}>
        {(i) => {
          const lowest = lowestGroup(i);
          return (
            <>
              <p className="wvalue">{i.of > 0 ? <>{amount(i.points)}<span className="wunit"> {w.index.points}</span></> : <span className="wnone">{w.status.unknown}</span>}</p>
              {i.of > 0 && <p className="wline1">{w.index.of(amount(i.of), amount(i.max))}</p>}
              <p className="wline1 quiet">{w.index.range(amount(i.low), amount(i.high))}</p>
              <ul className="wgroups" aria-label={w.index.groups}>
                {i.groups.map((g) => {
                  const share = shareOf(g);
                  const isLowest = lowest?.code === g.code;
                  return (
                    <li key={g.code} className={isLowest ? 'lowest' : ''} data-group={g.code}>
                      <button type="button" className="wopen" onClick={() => onGroup(g.code)}>{g.code}. {g.name[language]}</button>
                      <span className="wpoints">{isLowest && <span className="state warn">{w.index.lowest}</span>} {share === null ? <span className="quiet">{w.index.none}</span> : <b>{w.index.outOf(amount(g.points), amount(g.of))}</b>}</span>
                      <span className={`wbar ${share === null ? 'none' : ''}`} aria-hidden><span style={{ width: `${(share ?? 0) * 100}%` }} /></span>
                    </li>
                  );
                })}
              </ul>
              <p className="wfoot quiet">
                <span>{i.provisional ? w.index.provisional : w.status.known}</span>
                <span>{w.asOf(dateTime(i.as_of))}</span>
                {onAgencies && <button type="button" className="linkish" onClick={onAgencies}>{w.index.byAgency}</button>}
              </p>
            </>
          );
        }}
      </Load>
      {onAgencies && <Lowest view={view} open={onAgency} />}
    </section>
  );
}

const fewest = 4;
/** Where to look first; agencies without data stand outside. */
function Lowest({ view, open }: { view: View; open: (id: string) => void }) {
  const w = useWords().index;
  const { data } = useIndexAgencies(view);
  const low = (data ?? []).filter((a) => a.of > 0).sort((a, b) => shareOf(a)! - shareOf(b)! || a.name.localeCompare(b.name, 'vi')).slice(0, fewest);
  if (low.length === 0) return null;
  return (
    <div className="wlow"><h3>{w.lowestAgencies}</h3>
      <ul>{low.map((a) => <li key={a.id}><button type="button" className="wopen" onClick={() => open(a.id)}>{a.name}</button><b>{amount(Math.round(shareOf(a)! * 1000) / 10)}%</b></li>)}</ul>
    </div>
  );
}
