// Whose certificate is whose: what waits for a binding, the table with its two persons, the lists of revoked certificates.
import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useLanguage } from '../../i18n';
import { Empty, Load } from '../../kit/kit';
import { addDays, date, dateTime, number } from '../../lib/format';
import { Ask } from '../parts';
import { useLists, useSignerCommand, useSigners, useUnbound, type Signer, type Unbound } from './api';
import { Propose } from './propose';
import { useSignerWords } from './words';

type Seen = Unbound['items'][number];

export function Signers() {
  const w = useSignerWords();
  const [proposing, setProposing] = useState<Seen | 'new' | null>(null);
  const table = useSigners();
  return (
    <>
      <h1>{w.title}</h1>
      <p className="lead">{w.lead} {table.data?.four_eyes && w.fourEyes}</p>
      {(['accept_unbound', 'accept_unchecked'] as const).map((k) => table.data?.[k] && <p key={k} className="notice warn">{w.lenient[k]}</p>)}
      <Todo onBind={setProposing} />
      <section className="section">
        <div className="row spread"><h2>{w.table}</h2><Button variant="default" onClick={() => setProposing('new')}>{w.add}</Button></div>
        <Load of={table}>{(t) => (t.items.length === 0 ? <div className="card"><Empty title={w.none}>{w.noneText}</Empty></div> : <Table items={t.items} fourEyes={t.four_eyes} />)}</Load>
      </section>
      <Revocation />
      {proposing && <Propose seen={proposing === 'new' ? null : proposing} onClose={() => setProposing(null)} />}
    </>
  );
}

function Todo({ onBind }: { onBind: (seen: Seen) => void }) {
  const w = useSignerWords();
  const { language } = useLanguage();
  const unbound = useUnbound();
  return (
    <section className="section">
      <h2>{w.todo}</h2>
      <Load of={unbound} lines={3}>
        {(u) => (
          <>
            {u.items.length === 0 ? <div className="card"><Empty title={w.todoNone}>{w.todoNoneText}</Empty></div> : (
              <div className="tablebox inset" tabIndex={0} role="region" aria-label={w.todo}>
                <table className="plain">
                  <thead><tr><th scope="col">{w.certificate}</th><th scope="col">{w.claims}</th><th scope="col" className="num">{w.documents}</th><th scope="col">{w.last}</th><td /></tr></thead>
                  <tbody>{u.items.map((s) => (
                    <tr key={s.sha256 + s.organ}>
                      <td lang="vi">{s.subject}<div className="quiet">{s.issuer}</div></td>
                      <td><span lang="vi">{s.name}</span> <span className="mono">{s.organ}</span></td>
                      <td className="num">{number(s.documents)}</td>
                      <td>{dateTime(s.last_at)}</td>
                      <td className="num"><Button size="xs" aria-label={w.bindOf(`${s.subject} – ${s.organ}`)} onClick={() => onBind(s)}>{w.bind}</Button></td>
                    </tr>
                  ))}</tbody>
                </table>
              </div>
            )}
            {u.held.length > 0 && <details className="notice warn" style={{ marginTop: 12 }}><summary>{w.held(number(u.held.length))}</summary><ul>{u.held.map((h, i) => <li key={i}><span className="mono">{h.of_document}</span> · {h.from} · {h[language]} <span className="quiet">{dateTime(h.held_at)}</span></li>)}</ul></details>}
          </>
        )}
      </Load>
    </section>
  );
}

const tone: Record<Signer['state'], string> = { proposed: 'warn', in_force: 'good', ended: '', turned_down: 'bad' };

function Table({ items, fourEyes }: { items: Signer[]; fourEyes: boolean }) {
  const w = useSignerWords();
  const [asked, setAsked] = useState<{ of: Signer; what: 'approve' | 'turn-down' | 'end' } | null>(null);
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const command = useSignerCommand((d) => (d.documents === undefined ? w.done : w.again(number(d.documents), number(d.released ?? 0))));
  const close = () => { setAsked(null); setReason(''); setTried(false); command.reset(); };
  const act = () => {
    setTried(true);
    if (asked && (asked.what === 'approve' || reason.trim())) command.mutate({ path: `signers/${asked.of.id}/${asked.what}`, ...(asked.what === 'approve' ? {} : { body: { reason: reason.trim() } }) }, { onSuccess: close });
  };
  const begin = (of: Signer, what: 'approve' | 'turn-down' | 'end') => { command.reset(); setAsked({ of, what }); };
  const says = { 'approve': [w.approveTitle, w.approve], 'turn-down': [w.turnDown, w.turnDown], 'end': [w.endTitle, w.end] } as const;
  return (
    <div className="tablebox inset" tabIndex={0} role="region" aria-label={w.table}>
      <table className="plain">
        <thead><tr><th scope="col">{w.organ}</th><th scope="col">{w.rule}</th><th scope="col">{w.from}</th><th scope="col">{w.to}</th><th scope="col">{w.source}</th><th scope="col">{w.state}</th><td /></tr></thead>
        <tbody>{items.map((s, i) => (
          <tr key={s.id ?? `pack${i}`} data-signer={s.organ}>
            <td className="mono">{s.organ}</td>
            <td>{w.rules[s.rule]}<div className="quiet exid" lang="vi">{s.rule === 'certificate' ? (s.certificate ?? s.sha256?.slice(0, 24)) : s.rule === 'serial' ? s.serial : s.subject}</div></td>
            <td>{date(s.from)}</td>
            <td>{s.to ? date(addDays(s.to, -1)) : <span className="quiet">{w.always}</span>}</td>
            <td lang="vi">{s.source}{s.reason && <div className="quiet">{s.reason}</div>}</td>
            <td><span className={`state ${tone[s.state]}`}>{w.states[s.state]}</span><div className="quiet">{w.origins[s.origin]}</div></td>
            <td className="num"><div className="row" style={{ justifyContent: 'flex-end' }}>
              {s.state === 'proposed' && (fourEyes && s.proposed_by_me ? <span className="quiet">{w.own}</span> : <Button size="xs" aria-label={`${w.approve} ${s.organ}`} onClick={() => begin(s, 'approve')}>{w.approve}</Button>)}
              {s.state === 'proposed' && <Button size="xs" variant="default" aria-label={`${w.turnDown} ${s.organ}`} onClick={() => begin(s, 'turn-down')}>{w.turnDown}</Button>}
              {s.state === 'in_force' && s.id && <Button size="xs" variant="default" aria-label={`${w.end} ${s.organ}`} onClick={() => begin(s, 'end')}>{w.end}</Button>}
            </div></td>
          </tr>
        ))}</tbody>
      </table>
      <Ask open={asked !== null} title={asked ? says[asked.what][0] : ''} act={asked ? says[asked.what][1] : ''} danger={asked?.what === 'end'} busy={command.isPending} error={command.error} onAct={act} onClose={close}>
        {asked?.what === 'approve' ? <p style={{ margin: 0 }}>{w.approveText(asked.of.organ)}</p> : (
          <>
            {asked?.what === 'end' && <p style={{ margin: 0 }}>{w.endText}</p>}
            <Textarea label={w.reason} value={reason} onChange={(e) => setReason(e.currentTarget.value)} error={tried && !reason.trim() ? w.reasonNeeded : undefined} maxLength={1000} autosize />
          </>
        )}
      </Ask>
    </div>
  );
}

function Revocation() {
  const w = useSignerWords();
  const { language } = useLanguage();
  const lists = useLists();
  const fetching = useSignerCommand((d) => w.again(number(d.documents ?? 0), number(d.released ?? 0)));
  return (
    <section className="section">
      <div className="row spread"><h2>{w.lists}</h2><Button variant="default" loading={fetching.isPending} onClick={() => fetching.mutate({ path: 'revocation/fetch' })}>{w.fetch}</Button></div>
      <p className="quiet">{w.listsLead}</p>
      <Load of={lists} lines={3}>
        {(l) => (l.items.length === 0 ? <div className="card"><Empty title={w.listsNone}>{w.listsNoneText}</Empty></div> : (
          <div className="tablebox inset" tabIndex={0} role="region" aria-label={w.lists}>
            <table className="plain">
              <thead><tr><th scope="col">{w.where}</th><th scope="col">{w.issuer}</th><th scope="col">{w.state}</th><th scope="col">{w.age}</th><th scope="col">{w.next}</th><th scope="col" className="num">{w.entries}</th></tr></thead>
              <tbody>{l.items.map((x) => (
                <tr key={x.source}>
                  <td className="exid">{x.source}<div className="quiet">{w.tried} {dateTime(x.tried_at)}</div></td>
                  <td lang="vi">{x.issuer}</td>
                  <td><span className={`state ${x.state === 'good' ? 'good' : 'bad'}`}>{w.listStates[x.state]}</span>{x.problem && <div>{x.problem[language]}</div>}{!x.verified && x.state !== 'none' && <div className="quiet">{w.unverified}</div>}</td>
                  <td>{dateTime(x.this_update)}</td>
                  <td>{dateTime(x.next_update)}</td>
                  <td className="num">{number(x.entries)}</td>
                </tr>
              ))}</tbody>
            </table>
          </div>
        ))}
      </Load>
    </section>
  );
}
