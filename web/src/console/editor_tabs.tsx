// The parts of a sheet, one tab each.
import { Checkbox, Select, TextInput } from '@mantine/core';
import { useAgencies } from '../api/queries';
import type { EditableSheet } from '../api/types';
import { useT } from '../i18n';
import { ChoiceAt, fieldId, Items, NumberAt, TextAt, TextsAt, TickAt, useEditing } from './editor_parts';
import { at, list, pathText, text, type Json, type Path } from './sheet';
import { useWords } from './words';

const member = (item: Json, key: string): string => text(at(item, [key]));
const options = (words: Record<string, string>) => Object.entries(words).map(([value, label]) => ({ value, label }));

export function CardTab() {
  const w = useWords();
  return (
    <div className="sheetfields">
      <TextAt path={['name', 'vi']} label={w.sheet.nameVi} wide area />
      <TextAt path={['name', 'en']} label={w.sheet.nameEn} wide />
      <ChoiceAt path={['level']} label={w.sheet.level} data={options(w.sheet.levels)} />
      <TextAt path={['owner']} label={w.sheet.owner} />
      <TextAt path={['sector', 'code']} label={w.sheet.sectorCode} mono />
      <TextAt path={['sector', 'name']} label={w.sheet.sectorName} />
      <TextsAt path={['subjects']} label={w.sheet.subjects} />
      <TextAt path={['decides', 'role']} label={w.sheet.decidesRole} mono />
      <ChoiceAt path={['decides', 'level']} label={w.sheet.decidesLevel} data={options(w.sheet.levels)} clearable />
      <TextAt path={['notes']} label={w.sheet.notes} wide area empty="" />
    </div>
  );
}

function TimeAt({ path }: { path: Path }) {
  const w = useWords();
  const e = useEditing();
  const unknown = at(e.sheet, [...path, 'value']) === null || at(e.sheet, [...path, 'value']) === undefined;
  return (
    <>
      <NumberAt path={[...path, 'value']} label={w.sheet.value} hint={unknown ? w.sheet.unknownTime : undefined} />
      <ChoiceAt path={[...path, 'unit']} label={w.sheet.unit} data={options(w.sheet.units)} />
      <TickAt path={[...path, 'same_day']} label={w.sheet.sameDay} />
    </>
  );
}
export function ChannelsTab() {
  const w = useWords();
  const t = useT();
  const channels = { desk: t.channels.desk, online: t.channels.online, post: t.channels.post };
  return (
    <Items path={['channels']} name={(c) => channels[member(c, 'channel') as keyof typeof channels] ?? w.sheet.channel} fresh={() => ({ channel: 'desk', time: { value: null, unit: 'working_days' } })}>
      {(path, item) => (
        <>
          <ChoiceAt path={[...path, 'channel']} label={w.sheet.channel} data={options(channels)} />
          <TimeAt path={[...path, 'time']} />
          {member(item, 'channel') === 'online' && <ChoiceAt path={[...path, 'level']} label={w.sheet.online} data={[{ value: 'full', label: w.sheet.full }, { value: 'partial', label: w.sheet.partial }]} clearable />}
        </>
      )}
    </Items>
  );
}

export function FeesTab() {
  const w = useWords();
  const e = useEditing();
  const unknown = at(e.sheet, ['fees']) === null || at(e.sheet, ['fees']) === undefined;
  return (
    <div className="stack">
      <Checkbox label={w.sheet.feesUnknown} checked={unknown} onChange={(x) => e.set(['fees'], x.currentTarget.checked ? null : [])} />
      {!unknown && (
        <Items path={['fees']} name={(f) => member(f, 'name') || member(f, 'id') || w.sheet.name} fresh={() => ({ id: '', name: '', kind: 'fee', amount: null, currency: 'VND', unit: null, when: null, basis: null })}>
          {(path) => (
            <>
              <TextAt path={[...path, 'name']} label={w.sheet.name} wide empty="" />
              <TextAt path={[...path, 'id']} label={w.sheet.id} mono empty="" />
              <ChoiceAt path={[...path, 'kind']} label={w.sheet.kind} data={options(w.sheet.feeKinds)} />
              <NumberAt path={[...path, 'amount']} label={w.sheet.amount} />
              <TextAt path={[...path, 'unit']} label={w.sheet.unitText} />
              <TextAt path={[...path, 'when']} label={w.sheet.when} hint={w.sheet.whenHint} mono wide />
              <TextAt path={[...path, 'basis']} label={w.sheet.basisText} wide />
            </>
          )}
        </Items>
      )}
    </div>
  );
}

export function ComponentsTab() {
  const w = useWords();
  return (
    <Items ordered path={['components']} name={(c) => member(c, 'name') || member(c, 'id') || w.sheet.name} fresh={() => ({ id: '', name: '', originals: 1, copies: 0, required: true, show_only: false, when: null, reuse: 'none' })}>
      {(path) => (
        <>
          <TextAt path={[...path, 'name']} label={w.sheet.name} wide area empty="" />
          <TextAt path={[...path, 'id']} label={w.sheet.id} mono empty="" />
          <NumberAt path={[...path, 'originals']} label={w.sheet.originals} />
          <NumberAt path={[...path, 'copies']} label={w.sheet.copies} />
          <ChoiceAt path={[...path, 'reuse']} label={w.sheet.reuse} data={options(w.sheet.reuses)} />
          <TickAt path={[...path, 'required']} label={w.sheet.required} otherwise />
          <TickAt path={[...path, 'show_only']} label={w.sheet.showOnly} />
          <TextAt path={[...path, 'when']} label={w.sheet.when} hint={w.sheet.whenHint} mono wide />
        </>
      )}
    </Items>
  );
}

export function FormTab() {
  const w = useWords();
  return (
    <Items ordered path={['form']} name={(f) => member(at(f, ['label']) ?? null, 'vi') || member(f, 'id') || w.sheet.labelVi} fresh={() => ({ id: '', label: { vi: '', en: null }, type: 'string', required: false })}>
      {(path, item) => {
        const type = member(item, 'type');
        const numeric = type === 'integer' || type === 'number' || type === 'money';
        return (
          <>
            <TextAt path={[...path, 'label', 'vi']} label={w.sheet.labelVi} wide empty="" />
            <TextAt path={[...path, 'label', 'en']} label={w.sheet.labelEn} wide />
            <TextAt path={[...path, 'id']} label={w.sheet.id} mono empty="" />
            <ChoiceAt path={[...path, 'type']} label={w.sheet.type} data={options(w.sheet.types)} />
            {numeric && <><NumberAt path={[...path, 'min']} label={w.sheet.min} /><NumberAt path={[...path, 'max']} label={w.sheet.max} /></>}
            <TickAt path={[...path, 'required']} label={w.sheet.required} />
            <TextAt path={[...path, 'when']} label={w.sheet.when} hint={w.sheet.whenHint} mono wide />
            <TextAt path={[...path, 'help', 'vi']} label={w.sheet.helpVi} wide />
            {type === 'enum' && (
              <div className="wide"><div className="quiet">{w.sheet.values}</div>
                <Items ordered path={[...path, 'values']} name={(v) => member(v, 'vi') || member(v, 'id') || w.sheet.optionVi} fresh={() => ({ id: '', vi: '', en: null })}>
                  {(option) => <><TextAt path={[...option, 'vi']} label={w.sheet.optionVi} empty="" /><TextAt path={[...option, 'en']} label={w.sheet.optionEn} /><TextAt path={[...option, 'id']} label={w.sheet.id} mono empty="" /></>}
                </Items>
              </div>
            )}
          </>
        );
      }}
    </Items>
  );
}

export function FlowTab({ of, picture }: { of: EditableSheet; picture: string | null }) {
  const w = useWords();
  const e = useEditing();
  const agencies = useAgencies().data ?? [];
  const chosen = of.templates.find((x) => x.id === text(at(e.sheet, ['flow', 'template'])));
  const hours = at(e.sheet, ['flow', 'hours']);
  const agencyData = agencies.map((a) => ({ value: a.id, label: a.name }));
  const usual = [{ value: '', label: w.sheet.usual }];
  /** An entry of a map that is only there when it says something. */
  const entry = (map: string, step: string, value: Json | undefined) => {
    const rest = { ...((at(e.sheet, ['flow', map]) as { [k: string]: Json } | null) ?? {}) };
    if (value === undefined || value === '' || value === null) delete rest[step];
    else rest[step] = value;
    e.set(['flow', map], Object.keys(rest).length > 0 ? rest : undefined);
  };
  return (
    <div className="stack">
      <div className="sheetfields">
        <Select id={fieldId(['flow', 'template'])} label={w.sheet.template} data={of.templates.map((x) => ({ value: x.id, label: x.name }))} value={text(at(e.sheet, ['flow', 'template'])) || null} allowDeselect={false} onChange={(v) => { const next = of.templates.find((x) => x.id === v); const keep = new Set(next?.steps.map((s) => s.id)); e.set(['flow'], { template: v, ...(hours && typeof hours === 'object' && !Array.isArray(hours) ? { hours: Object.fromEntries(Object.entries(hours).filter(([k]) => keep.has(k))) } : {}), ...(at(e.sheet, ['flow', 'department']) ? { department: at(e.sheet, ['flow', 'department']) as Json } : {}) }); }} />
        {text(at(e.sheet, ['level'])) === 'province' && <ChoiceAt path={['flow', 'department']} label={w.sheet.department} data={agencyData} clearable search />}
      </div>
      {e.faults.get('flow')?.map((f, i) => <p key={i} className="fault" id={fieldId(['flow'])} tabIndex={-1}>{f}</p>)}
      {chosen && (
        <div className="tablebox inset" tabIndex={0} role="region" aria-label={w.sheet.parts.flow}>
          <table className="plain edit">
            <thead><tr><th scope="col">{w.sheet.step}</th><th scope="col">{w.sheet.hours}</th><th scope="col">{w.sheet.function}</th><th scope="col">{w.sheet.agencyOfStep}</th></tr></thead>
            <tbody>{chosen.steps.map((s) => {
              const path: Path = ['flow', 'hours', s.id];
              return (
                <tr key={s.id}>
                  <th scope="row">{s.name}{!s.counted && <div className="quiet">{w.sheet.notCounted}</div>}</th>
                  <td>{s.counted ? <TextInput id={fieldId(path)} w={96} aria-label={`${w.sheet.hours}: ${s.name}`} placeholder={w.sheet.hoursUnknown} inputMode="decimal" value={text(at(e.sheet, path))} error={e.faults.get(pathText(path))?.join(' ')} onChange={(x) => { const v = x.currentTarget.value.trim().replace(',', '.'); entry('hours', s.id, v === '' ? undefined : /^\d+(\.\d+)?$/.test(v) ? Number(v) : v); }} /> : '–'}</td>
                  <td><Select aria-label={`${w.sheet.function}: ${s.name}`} data={[...usual, ...of.functions.map((f) => ({ value: f.id, label: f.name }))]} value={text(at(e.sheet, ['flow', 'functions', s.id]))} onChange={(v) => entry('functions', s.id, v ?? undefined)} allowDeselect={false} error={e.faults.get(`flow/functions/${s.id}`)?.join(' ')} /></td>
                  <td><Select aria-label={`${w.sheet.agencyOfStep}: ${s.name}`} searchable data={[...usual, ...agencyData]} value={text(at(e.sheet, ['flow', 'agencies', s.id]))} onChange={(v) => entry('agencies', s.id, v ?? undefined)} allowDeselect={false} error={e.faults.get(`flow/agencies/${s.id}`)?.join(' ')} /></td>
                </tr>
              );
            })}</tbody>
          </table>
        </div>
      )}
      {picture && <div className="flow inset" tabIndex={0} role="region" aria-label={w.sheet.flowPicture}><img src={picture} alt={w.sheet.flowPicture} /></div>}
    </div>
  );
}

export function RulesTab() {
  const w = useWords();
  return (
    <div className="stack">
      <div className="sheetfields">
        <TextAt path={['clock', 'cutoff']} label={w.sheet.cutoff} hint={w.sheet.usualRule('15:00')} />
        <NumberAt path={['clock', 'supplement_max']} label={w.sheet.supplementMax} hint={w.sheet.usualRule('1')} />
        <NumberAt path={['clock', 'supplement_days']} label={w.sheet.supplementDays} hint={w.sheet.usualRule('3')} />
        <NumberAt path={['clock', 'extension_max']} label={w.sheet.extensionMax} hint={w.sheet.usualRule('1')} />
        <NumberAt path={['clock', 'apology_before_hours']} label={w.sheet.apologyHours} hint={w.sheet.usualRule('8')} />
      </div>
      <Items path={['rules']} addLabel={w.sheet.addTable} name={(x) => `${w.sheet.table}: ${w.sheet.tables[member(x, 'id')] ?? member(x, 'id')}`} fresh={() => ({ id: 'fee', hit_policy: 'first', inputs: [''], outputs: [''], rules: [] })}>
        {(path, item) => {
          const inputs = list(at(item, ['inputs'])).length;
          const outputs = list(at(item, ['outputs'])).length;
          return (
            <>
              <ChoiceAt path={[...path, 'id']} label={w.sheet.table} data={options(w.sheet.tables)} />
              <ChoiceAt path={[...path, 'hit_policy']} label={w.sheet.hitPolicy} data={options(w.sheet.hitPolicies)} />
              <TextsAt path={[...path, 'inputs']} label={w.sheet.inputs} />
              <TextsAt path={[...path, 'outputs']} label={w.sheet.outputs} />
              <div className="wide">
                <Items ordered path={[...path, 'rules']} addLabel={w.sheet.addRule} name={(_, i) => `${w.sheet.rule} ${i + 1}`} fresh={() => ({ when: Array.from({ length: inputs }, () => '-'), then: Array.from({ length: outputs }, () => ''), basis: null })}>
                  {(row) => (
                    <>
                      {Array.from({ length: inputs }, (_, i) => <TextAt key={`i${i}`} mono path={[...row, 'when', i]} label={w.sheet.inputAt(i + 1)} empty="" />)}
                      {Array.from({ length: outputs }, (_, i) => <TextAt key={`o${i}`} mono path={[...row, 'then', i]} label={w.sheet.outputAt(i + 1)} empty="" />)}
                      <TextAt path={[...row, 'basis']} label={w.sheet.basisText} />
                    </>
                  )}
                </Items>
              </div>
            </>
          );
        }}
      </Items>
    </div>
  );
}

export function BasisTab() {
  const w = useWords();
  return (
    <div className="stack">
      <h2>{w.sheet.parts.basis}</h2>
      <Items path={['basis']} name={(b) => member(b, 'act') || w.sheet.act} fresh={() => ({ act: '', article: null, from: null })}>
        {(path) => <><TextAt path={[...path, 'act']} label={w.sheet.act} wide empty="" /><TextAt path={[...path, 'article']} label={w.sheet.article} /></>}
      </Items>
      <h2>{w.sheet.results}</h2>
      <Items path={['results']} name={(r) => member(r, 'name') || w.sheet.resultName} fresh={() => ({ id: '', name: '', signed: null })}>
        {(path) => <><TextAt path={[...path, 'name']} label={w.sheet.resultName} wide empty="" /><TextAt path={[...path, 'id']} label={w.sheet.id} mono empty="" /><TextAt path={[...path, 'signed']} label={w.sheet.signed} mono /></>}
      </Items>
      <h2>{w.sheet.where}</h2>
      <Items path={['sources']} name={(s) => member(s, 'where') || w.sheet.where} fresh={() => ({ what: '', where: '', read: null })}>
        {(path) => <><TextAt path={[...path, 'what']} label={w.sheet.what} wide empty="" /><TextAt path={[...path, 'where']} label={w.sheet.where} wide empty="" /></>}
      </Items>
      <TextsAt lines path={['unverified']} label={w.sheet.unverified} />
    </div>
  );
}
