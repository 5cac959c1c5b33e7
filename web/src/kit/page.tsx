// Every component of the kit in every state, to look at and to test.
import { Button, Checkbox, Modal, SegmentedControl, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ApiProblem } from '../api/client';
import type { DossierState } from '../api/types';
import { useLanguage, useT } from '../i18n';
import { money, number } from '../lib/format';
import { Due, Empty, Fact, ProblemNotice, Skeleton, StateBadge, useTitle } from './kit';

const sample = new ApiProblem({ code: 'supplement.reason_required', status: 422, title: 'Hãy ghi lý do phải bổ sung để người nộp làm đúng một lần.', rule: 'Nghị định 61/2018/NĐ-CP, Điều 19', errors: [{ pointer: '/reason', code: 'supplement.reason_required', detail: 'Hãy ghi lý do phải bổ sung để người nộp làm đúng một lần.' }] });
const colours = ['--hl-accent', '--hl-accent-strong', '--hl-accent-soft', '--hl-ink', '--hl-ink-2', '--hl-ink-3', '--hl-surface', '--hl-surface-2', '--hl-line', '--hl-good', '--hl-warn', '--hl-bad', '--hl-mark', '--hl-gold'];

export function KitPage() {
  const t = useT();
  useTitle(t.kit.title);
  const { language, set } = useLanguage();
  const [open, setOpen] = useState(false);
  return (
    <main id="main" className="page" style={{ height: '100%' }}>
      <div className="inner">
        <div className="row" style={{ justifyContent: 'space-between' }}><h1>{t.kit.title}</h1><Switch label={t.settings.language} checked={language === 'en'} onChange={(e) => set(e.currentTarget.checked ? 'en' : 'vi')} /></div>
        <p className="lead">{t.kit.lead}</p>
        <section className="section card"><h2>{t.kit.buttons}</h2>
          <div className="row"><Button>{t.kit.primary}</Button><Button variant="default">{t.kit.secondary}</Button><Button variant="subtle">{t.kit.quiet}</Button><Button color="red">{t.kit.danger}</Button><Button disabled>{t.kit.disabled}</Button><Button loading aria-label={t.kit.busy}>{t.kit.busy}</Button><Button variant="default" rightSection={<kbd aria-hidden>E</kbd>}>{t.commands.complete}</Button><Button variant="default" onClick={() => setOpen(true)}>{t.kit.dialog}</Button></div>
        </section>
        <section className="section card"><h2>{t.kit.badges}</h2><div className="row">{(Object.keys(t.states) as DossierState[]).map((s) => <StateBadge key={s} state={s} />)}</div></section>
        <section className="section card"><h2>{t.kit.dues}</h2><div className="row" style={{ gap: 20 }}>{[null, -2000, -120, -1, 0, 35, 150, 360, 700, 2400].map((m) => <Due key={String(m)} remaining={m} due={null} provisional={m === 2400} />)}</div></section>
        <section className="section card"><h2>{t.kit.fields}</h2>
          <div style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(230px, 1fr))', gap: 16 }}>
            <TextInput label={t.reception.name} defaultValue={t.kit.sampleText} /><TextInput label={t.reception.name} placeholder={t.queue.searchHint} description={t.reception.idHint} /><TextInput label={t.reception.name} error={t.kit.sampleError} /><TextInput label={t.kit.disabled} disabled defaultValue={t.kit.sampleText} />
            <Select label={t.actions.deliverMethod} data={[t.actions.atDesk, t.actions.byPost]} defaultValue={t.actions.atDesk} /><Textarea label={t.actions.reason} autosize minRows={2} />
            <Checkbox label={t.dossier.digitised} defaultChecked /><SegmentedControl aria-label={t.settings.theme} data={[t.settings.light, t.settings.dark]} />
          </div>
        </section>
        <section className="section card"><h2>{t.kit.states}</h2>
          <div style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(260px, 1fr))', gap: 16 }}><Empty title={t.queue.empty}>{t.queue.emptyLead}</Empty><Skeleton lines={4} now /><ProblemNotice error={sample} retry={() => {}} /></div>
        </section>
        <section className="section card"><h2>{t.kit.messages}</h2><div className="stack"><div className="notice">{t.reception.known('H50.142-261124-0001')}</div><div className="notice good"><strong>{t.reception.done}</strong></div><div className="notice warn">{t.time.provisionalText}</div><div className="banner">{t.errors.offline}</div></div></section>
        <section className="section card"><h2>{t.kit.table}</h2><dl className="facts" style={{ marginBottom: 14 }}><Fact name={t.dossier.channel}>{t.channels.desk}</Fact><Fact name={t.dossier.charges}>{money(1234567)}</Fact></dl>
          <div className="tablebox inset" tabIndex={0} role="region" aria-label={t.kit.table}><table className="plain"><thead><tr><th scope="col">{t.queue.code}</th><th scope="col">{t.queue.step}</th><th scope="col" className="num">{t.kit.figures}</th></tr></thead><tbody>{[1, 2, 3].map((n) => <tr key={n}><td className="mono">H50.142-261124-000{n}</td><td>{t.steps.work}</td><td className="num">{number(n * 1111111)}</td></tr>)}</tbody></table></div></section>
        <section className="section card"><h2>{t.kit.type}</h2>{['3xl', '2xl', 'xl', 'lg', 'md', 'sm'].map((s) => <div key={s} style={{ fontSize: `var(--hl-text-${s})`, fontWeight: s.endsWith('xl') ? 680 : 400, letterSpacing: s.endsWith('xl') ? '-0.015em' : 0 }}>{t.kit.sampleHeading}</div>)}<p><kbd>J</kbd> <kbd>K</kbd> <kbd>Ctrl</kbd> <kbd>K</kbd> {t.kit.keysRow}</p></section>
        <section className="section card"><h2>{t.kit.colours}</h2><div className="swatches">{colours.map((c) => <div className="swatch" key={c}><div style={{ background: `var(${c})` }} /><span className="mono">{c.slice(5)}</span></div>)}</div></section>
      </div>
      <Modal opened={open} onClose={() => setOpen(false)} title={t.kit.dialog} closeButtonProps={{ 'aria-label': t.common.close }}><p>{t.kit.dialogText}</p><Button onClick={() => setOpen(false)}>{t.common.close}</Button></Modal>
    </main>
  );
}
