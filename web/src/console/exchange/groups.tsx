// Global groups: several subsystems that are granted a right together.
import { Button, Modal, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { ApiProblem } from '../../api/client';
import { api } from '../../api/session';
import { useT } from '../../i18n';
import { Empty, Load, ProblemNotice } from '../../kit/kit';
import { date } from '../../lib/format';
import { Ask } from '../parts';
import { exchangePath, useGroups, useMay, useNames, type Group } from './api';
import { Id } from './parts';
import { SystemSelect } from './right_form';
import { useMoreWords } from './words_more';

function useDone<T>(run: (what: T) => Promise<unknown>, message: string, then: () => void) {
  const client = useQueryClient();
  return useMutation({ mutationFn: run, onSuccess: () => { then(); notifications.show({ message, withCloseButton: false }); void client.invalidateQueries({ queryKey: ['exchange'] }); } });
}

export function Groups() {
  const t = useT();
  const w = useMoreWords().groups;
  const may = useMay();
  const [making, setMaking] = useState(false);
  return (
    <>
      <div className="row spread"><p className="quiet" style={{ margin: 0 }}>{w.lead}</p>{may.registers && <Button variant="default" onClick={() => setMaking(true)}>{w.make}</Button>}</div>
      <Load of={useGroups()}>
        {(rows) => rows.length === 0 ? <div className="card" style={{ marginTop: 12 }}><Empty title={w.none}>{w.noneText}</Empty></div> : <>{rows.map((g) => <OneGroup key={g.group} of={g} />)}</>}
      </Load>
      <Modal opened={making} onClose={() => setMaking(false)} title={w.make} closeButtonProps={{ 'aria-label': t.common.close }}><NewGroup done={() => setMaking(false)} /></Modal>
    </>
  );
}

function OneGroup({ of }: { of: Group }) {
  const w = useMoreWords().groups;
  const may = useMay();
  const names = useNames();
  const [system, setSystem] = useState<string | null>(null);
  const [asked, setAsked] = useState<string | null>(null);
  const path = `groups/${encodeURIComponent(of.group)}`;
  const add = useDone(() => api.send({ path: exchangePath(`${path}/members`), method: 'POST', body: { subsystem: system } }), w.done, () => setSystem(null));
  const remove = useDone((subsystem: string) => api.send({ path: exchangePath(`${path}/removals`), method: 'POST', body: { subsystem } }), w.done, () => setAsked(null));
  return (
    <section className="card" style={{ marginTop: 12 }} aria-label={of.title} data-group={of.group}>
      <h2>{of.title} <span className="exid quiet">{of.group}</span></h2>
      {add.error && <ProblemNotice error={add.error} focus />}
      {of.members.length === 0 ? <p className="quiet">{w.empty}</p> : (
        <ul className="looked" aria-label={w.members}>{of.members.map((m) => (
          <li key={m.subsystem} className="row spread">
            <div><Id id={m.subsystem} name={names(m.subsystem)} /><div className="quiet">{w.from(date(m.from))}</div></div>
            {may.registers && <Button size="xs" variant="default" aria-label={`${w.remove}: ${names(m.subsystem) ?? m.subsystem}`} onClick={() => { remove.reset(); setAsked(m.subsystem); }}>{w.remove}</Button>}
          </li>
        ))}</ul>
      )}
      {may.registers && (
        <form className="exform" noValidate onSubmit={(e) => { e.preventDefault(); if (system) add.mutate(undefined); }} aria-label={w.add}>
          <SystemSelect label={w.system} value={system} onChange={setSystem} />
          <div className="acts"><Button type="submit" variant="default" disabled={!system} loading={add.isPending}>{w.addShort}</Button></div>
        </form>
      )}
      <Ask open={asked !== null} title={w.removeTitle} act={w.remove} danger busy={remove.isPending} error={remove.error} onAct={() => asked && remove.mutate(asked)} onClose={() => setAsked(null)}><p style={{ margin: 0 }}>{w.removeText}</p></Ask>
    </section>
  );
}

function NewGroup({ done }: { done: () => void }) {
  const t = useT();
  const w = useMoreWords().groups;
  const [code, setCode] = useState('');
  const [title, setTitle] = useState('');
  const [judged, setJudged] = useState(false);
  const make = useDone(() => api.send({ path: exchangePath('groups'), method: 'POST', body: { code: code.trim(), title: title.trim() } }), w.made, done);
  const wrong = { code: code.trim() ? (/^[A-Za-z0-9._-]+$/.test(code.trim()) ? undefined : w.badCode) : t.common.required, title: title.trim() ? undefined : t.common.required };
  const at = (field: keyof typeof wrong) => (judged ? wrong[field] : undefined) ?? (make.error instanceof ApiProblem ? make.error.at(`/${field}`) : undefined);
  const submit = (e: FormEvent) => { e.preventDefault(); setJudged(true); if (!wrong.code && !wrong.title) make.mutate(undefined); };
  return (
    <form className="stack" noValidate onSubmit={submit}>
      {make.error && <ProblemNotice error={make.error} focus />}
      <TextInput label={w.title} value={title} onChange={(e) => setTitle(e.currentTarget.value)} error={at('title')} maxLength={300} data-autofocus />
      <TextInput label={w.code} description={w.codeHint} value={code} onChange={(e) => setCode(e.currentTarget.value)} error={at('code')} maxLength={100} autoCapitalize="none" spellCheck={false} />
      <Button type="submit" loading={make.isPending}>{w.make}</Button>
    </form>
  );
}
