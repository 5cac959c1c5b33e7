// Where the points went: a group's criteria, a criterion's dossiers each with its reason, one dossier criterion by
// criterion; and the agencies beside one another.
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useProcedureNames } from '../api/queries';
import { useAccount } from '../api/session';
import { useLanguage } from '../i18n';
import { Empty, Load } from '../kit/kit';
import { date, dateTime, number } from '../lib/format';
import { csvOfLost, useExplanation, useIndex, useIndexAgencies, useLost, type Criterion, type Verdict, type View } from './api';
import { periodShort, shareOf } from './logic';
import { amount, Choice, Sheet } from './parts';
import { useWords } from './words';

export interface At { group?: string; criterion?: string; dossier?: string; agencies?: boolean }
interface Steps { view: View; at: At; go: (at: At, agency?: string) => void; close: () => void }

export function Points({ view, at, go, close }: Steps) {
  const w = useWords().index;
  const { language } = useLanguage();
  const index = useIndex(view);
  const group = index.data?.groups.find((g) => g.code === (at.criterion?.split('.')[0] ?? at.group));
  const criterion = group?.criteria.find((c) => c.code === at.criterion);
  if (at.agencies) return <Sheet title={w.byAgency} onClose={close}><Agencies view={view} open={(agency) => go({}, agency)} /></Sheet>;
  if (at.dossier)
    return (
      <Sheet title={at.dossier} onClose={close} back={at.criterion ? { words: w.backTo(criterion?.name[language] ?? w.dossiers), go: () => go({ criterion: at.criterion }) } : null}>
        <Explained code={at.dossier} view={view} />
      </Sheet>
    );
  if (at.criterion)
    return (
      <Sheet title={`${at.criterion} ${criterion?.name[language] ?? ''}`} onClose={close} back={{ words: w.backTo(group ? w.group(group.code, group.name[language]) : w.criteria), go: () => go({ group: at.criterion!.split('.')[0] }) }}>
        {criterion && <Facts of={criterion} />}
        <Lost key={at.criterion} view={view} criterion={at.criterion} open={(dossier) => go({ criterion: at.criterion, dossier })} />
      </Sheet>
    );
  return (
    <Sheet title={group ? w.group(group.code, group.name[language]) : w.criteria} onClose={close}>
      <Load of={index} lines={8}>
        {() => (
          <ul className="wcriteria">
            {group?.criteria.map((c) => (
              <li key={c.code} data-criterion={c.code} data-standing={c.standing}>
                {c.fact ? <button type="button" className="wopen" onClick={() => go({ criterion: c.code })}>{c.code} {c.name[language]}</button> : <span className="wname">{c.code} {c.name[language]}</span>}
                <Facts of={c} short />
              </li>
            ))}
          </ul>
        )}
      </Load>
    </Sheet>
  );
}

function Facts({ of: c, short }: { of: Criterion; short?: boolean }) {
  const w = useWords();
  const { language } = useLanguage();
  return (
    <div className="wfacts">
      {c.points === null ? <span><b>{c.standing === 'unknown' ? w.status.unknown : w.index.none}</b></span> : <span><b>{w.index.outOf(amount(c.points), amount(c.max))} {w.index.points}</b></span>}
      {c.denominator > 0 && <span>{c.rate !== null && `${amount(c.rate)}% · `}{w.index.numbers(number(c.numerator), number(c.denominator))}</span>}
      {c.no_source && <span className="quiet">{c.no_source[language]}</span>}
      {c.fact && short && <span className={c.lost + c.also_lost > 0 ? 'wlost' : 'quiet'}>{c.lost + c.also_lost > 0 ? w.index.seeLost(number(c.lost + c.also_lost)) : w.index.noLost}</span>}
      {c.unknown > 0 && <span className="quiet">{w.index.unknown}: {number(c.unknown)}</span>}
      {c.mendable > 0 && <span>{w.index.gain(amount(c.gain_of_all))}{c.mend && !short ? `: ${c.mend[language]}` : ''}</span>}
      {!short && <span className="quiet">{w.index.article}: <span lang="vi">{c.article}</span></span>}
      {!short && !c.max_verified && <span className="quiet">{w.index.maxUnverified}</span>}
      {!short && c.unverified.map((x, i) => <span className="quiet" key={i}>{w.index.unverified}: {x[language]}</span>)}
    </div>
  );
}

function Lost({ view, criterion, open }: { view: View; criterion: string; open: (code: string) => void }) {
  const w = useWords().index;
  const { language } = useLanguage();
  const names = useProcedureNames();
  const [verdict, setVerdict] = useState<Verdict>('lost');
  const [mendable, setMendable] = useState(false);
  const [cursor, setCursor] = useState('');
  const page = useLost(view, criterion, verdict, mendable, cursor);
  return (
    <>
      <div className="wrow">
        <Choice name={w.show} value={verdict} onChange={(v) => { setVerdict(v as Verdict); setCursor(''); }}><option value="lost">{w.verdicts['lost']}</option><option value="unknown">{w.verdicts['unknown']}</option></Choice>
        <label className="wcheck"><input type="checkbox" checked={mendable} onChange={(e) => { setMendable(e.currentTarget.checked); setCursor(''); }} /> {w.onlyMendable}</label>
        <a className="linkish" href={csvOfLost(view, criterion)} download>{w.csv}</a>
      </div>
      <Load of={page} lines={6}>
        {(p) => p.items.length === 0 ? <Empty title={w.empty}>{verdict === 'lost' ? w.emptyText : null}</Empty> : (
          <>
            <ul className="wdossiers" aria-label={w.dossiers}>
              {p.items.map((d) => (
                <li key={d.code} data-dossier={d.code}>
                  <button type="button" className="wopen mono" onClick={() => open(d.code)}>{d.code}</button>
                  <span className="wreason"><Reason outcome={d.outcome?.[language]} reason={d.reason[language]} /></span>
                  <span className="quiet">{names(d.procedure)}</span>
                  <span className="quiet">{d.agency.name} · {w.received} {date(d.received_at)} · {d.ended_at ? `${w.ended} ${date(d.ended_at)}` : w.open}{d.mendable && <> · <b className="wmend">{w.mend}{d.gain !== null && d.gain > 0 ? ` (${w.gainOne(amount(d.gain))})` : ''}</b></>}</span>
                </li>
              ))}
            </ul>
            <div className="wrow">
              {cursor && <button type="button" className="wbutton" onClick={() => setCursor('')}>{w.first}</button>}
              {p.next && <button type="button" className="wbutton" onClick={() => setCursor(p.next!)}>{w.next}</button>}
            </div>
          </>
        )}
      </Load>
    </>
  );
}

/** The reason says the outcome again, as a rule. */
function Reason({ outcome, reason }: { outcome: string | undefined; reason: string }) {
  if (!outcome || reason.includes(outcome)) return <>{reason || outcome}</>;
  return <><b>{outcome}</b>{reason && ` · ${reason}`}</>;
}

function Explained({ code, view }: { code: string; view: View }) {
  const w = useWords().index;
  const { language } = useLanguage();
  const account = useAccount();
  const names = useProcedureNames();
  const found = useExplanation(code, view);
  const works = account.grants.some((g) => ['clerk', 'handler', 'approver', 'head'].includes(g.role));
  return (
    <Load of={found} lines={10}>
      {(e) => (
        <>
          <div className="wfacts">
            <span><b>{names(e.procedure)}</b></span>
            <span>{e.agency.name}</span>
            <span className="quiet">{w.received} {dateTime(e.received_at)} · {e.ended_at ? `${w.ended} ${dateTime(e.ended_at)}` : w.open} · {periodShort(e.period)}</span>
            {works && <Link to="/desk" search={{ open: e.code }}>{w.onDesk}</Link>}
          </div>
          <h3>{w.explain}</h3>
          <ul className="wcriteria">
            {e.criteria.map((c) => (
              <li key={c.criterion} data-criterion={c.criterion} data-verdict={c.verdict}>
                <span className="wname">{c.criterion} {c.name[language]}</span>
                <div className="wfacts">
                  <span><span className={`state ${c.verdict === 'lost' ? 'bad' : c.verdict === 'met' ? 'good' : ''}`}>{c.verdict ? w.verdicts[c.verdict] : w.noVerdict}</span></span>
                  <span className="wreason"><Reason outcome={c.outcome?.[language]} reason={c.verdict ? c.reason[language] : ''} /></span>
                  {c.mend && <span>{w.how}: {c.mend[language]}{c.gain ? ` (${w.gainOne(amount(c.gain))})` : ''}</span>}
                </div>
              </li>
            ))}
          </ul>
        </>
      )}
    </Load>
  );
}

function Agencies({ view, open }: { view: View; open: (agency: string) => void }) {
  const w = useWords().index;
  const list = useIndexAgencies(view);
  return (
    <Load of={list} lines={10}>
      {(items) => items.length === 0 ? <Empty title={w.agencyEmpty} /> : (
        <ul className="wdossiers" aria-label={w.byAgency}>
          {[...items].sort((a, b) => (shareOf(a) ?? 2) - (shareOf(b) ?? 2) || a.name.localeCompare(b.name, 'vi')).map((a) => (
            <li key={a.id} data-agency={a.id}>
              <button type="button" className="wopen" onClick={() => open(a.id)}>{a.name}</button>
              <span className="wpoints">{a.of > 0 ? <b>{w.outOf(amount(a.points), amount(a.of))}</b> : <span className="quiet">{w.none}</span>}</span>
              <span className="quiet">{a.groups.filter((g) => g.of > 0).map((g) => `${g.code}: ${amount(g.points)}/${amount(g.of)}`).join(' · ')}</span>
            </li>
          ))}
        </ul>
      )}
    </Load>
  );
}
