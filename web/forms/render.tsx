// A form of the subset (docs/forms.md) drawn with Mantine, for the desk and the consoles; the citizen's pages are drawn
// by the server. The caller keeps what was typed, as text by path; answersOf() makes answers of it, check() judges them,
// and the errors come back here by their pointers. A field is judged when it is left.
import { Button, Checkbox, Fieldset, NativeSelect, Radio, Select, Textarea, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { blank, check, shown, type Form, type FormError, type FormNode, type FormProperty } from './validate';
import { answersOf, shownAs, withoutLabel, type Typed } from './typed';

export type Language = 'vi' | 'en';
const texts = {
  vi: { yes: 'Có', no: 'Không', asParts: 'Điền theo từng mục', asLine: 'Viết thành một dòng', date: 'ngày/tháng/năm', choose: 'Chọn một mục', nothing: 'Không có mục nào khớp' },
  en: { yes: 'Yes', no: 'No', asParts: 'Fill in the parts', asLine: 'Write as one line', date: 'day/month/year', choose: 'Choose one', nothing: 'Nothing matches' },
};

export interface FormFieldsProps {
  form: Form;
  typed: Typed;
  onTyped: (typed: Typed) => void;
  language: Language;
  /** The server's refusals, by pointer; those of fields that were left are found here. */
  errors?: FormError[];
  /** Judge everything now: after the person tried to send. */
  judgeAll?: boolean;
  /** Before the ids of fields: two forms on one page must not share them. */
  prefix?: string;
  today?: string;
  /** For a clerk who writes what stands on a paper, by keyboard: lists of the browser's own, yes or no as a box to tick.
   *  Goes with quickStart(), which says no for a box that is not ticked. */
  quick?: boolean;
}

const labelOf = (property: FormProperty, language: Language) => (language === 'en' && property.node.label.en) || property.node.label.vi || property.name;
const helpOf = (node: FormNode, language: Language) => (language === 'en' && node.help.en) || node.help.vi || undefined;

export function FormFields({ form, typed, onTyped, language, errors = [], judgeAll = false, prefix = 'f', today, quick = false }: FormFieldsProps) {
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const t = texts[language];
  const answers = answersOf(form, typed);
  const judged = check(form, answers, today);

  const set = (key: string, value: string | undefined) => {
    const next = { ...typed };
    if (value === undefined) delete next[key];
    else next[key] = value;
    onTyped(next);
  };
  const wrong = (key: string): string | undefined => {
    const pointer = `/${key.replaceAll('.', '/')}`;
    const told = errors.find((e) => e.pointer === pointer);
    const own = judgeAll || (left.has(key) && !blank(typed[key])) ? judged.find((e) => e.pointer === pointer) : undefined;
    const error = own ?? told;
    if (!error) return undefined;
    return withoutLabel(error, language);
  };

  const field = (property: FormProperty, path: string[], asked: boolean): ReactNode => {
    const { node } = property;
    const key = path.join('.');
    const id = `${prefix}-${path.join('-')}`;
    const value = typed[key] ?? '';
    const error = wrong(key);
    const common = {
      id,
      'data-field': key,
      label: labelOf(property, language),
      description: helpOf(node, language),
      error,
      required: property.required && asked,
      withAsterisk: property.required,
      autoComplete: 'off',
      onBlur: () => {
        setLeft((before) => new Set(before).add(key));
        const written = shownAs(node, value);
        if (written !== value) set(key, written);
      },
    };
    if (quick && node.kind === 'boolean') {
      const { required, withAsterisk, ...box } = common; // nothing is missing when it is not ticked
      return <Checkbox key={key} {...box} className="wide" checked={value === 'true'} onChange={(e) => set(key, e.currentTarget.checked ? 'true' : 'false')} />;
    }
    if (quick && node.choices.length)
      return <NativeSelect key={key} {...common} data={[{ value: '', label: t.choose }, ...node.choices.map((c) => ({ value: c.value, label: (language === 'en' && c.en) || c.vi || c.value }))]} value={value} onChange={(e) => set(key, e.currentTarget.value || undefined)} />;
    if (node.kind === 'boolean')
      return (
        <Radio.Group key={key} {...common} value={value} onChange={(next) => set(key, next)} className="wide">
          <Radio value="true" label={t.yes} id={`${id}-true`} mt={4} />
          <Radio value="false" label={t.no} id={`${id}-false`} mt={4} />
        </Radio.Group>
      );
    if (node.choices.length && node.widget === 'radio')
      return (
        <Radio.Group key={key} {...common} value={value} onChange={(next) => set(key, next)} className="wide">
          {node.choices.map((c) => <Radio key={c.value} id={`${id}-${c.value}`} value={c.value} label={(language === 'en' && c.en) || c.vi || c.value} mt={4} />)}
        </Radio.Group>
      );
    if (node.choices.length)
      return <Select key={key} {...common} searchable clearable={!property.required} placeholder={t.choose} nothingFoundMessage={t.nothing} data={node.choices.map((c) => ({ value: c.value, label: (language === 'en' && c.en) || c.vi || c.value }))} value={value || null} onChange={(next) => set(key, next ?? undefined)} />;
    if (node.widget === 'textarea') return <Textarea key={key} {...common} className="wide" autosize minRows={2} value={value} onChange={(e) => set(key, e.currentTarget.value)} />;
    const numeric = node.kind === 'integer' || node.kind === 'number' || node.format === 'date' || node.format === 'personal-id';
    return (
      <TextInput
        key={key}
        {...common}
        value={value}
        inputMode={node.format === 'phone' ? 'tel' : node.format === 'email' ? 'email' : node.kind === 'number' ? 'decimal' : numeric ? 'numeric' : undefined}
        placeholder={node.format === 'date' ? t.date : undefined}
        rightSection={node.widget === 'money' ? '₫' : undefined}
        className={node.kind === 'object' ? 'wide' : undefined}
        onChange={(e) => set(key, e.currentTarget.value)}
      />
    );
  };

  const group = (properties: FormProperty[], path: string[], given: Record<string, unknown>): ReactNode[] =>
    properties.filter((p) => p.node.widget !== 'hidden' && shown(p, given)).map((property) => {
      const here = [...path, property.name];
      const key = here.join('.');
      if (property.node.kind !== 'object') return field(property, here, true);
      const asLine = property.node.orText && typed[key] !== undefined;
      const inner = given[property.name];
      const turn = () => {
        const next = { ...typed };
        if (asLine) delete next[key];
        else {
          // Nothing typed is lost: the parts become the line.
          const parts = Object.keys(next).filter((k) => k.startsWith(`${key}.`));
          next[key] = parts.map((k) => next[k]).filter(Boolean).join(', ');
          for (const k of parts) delete next[k];
        }
        onTyped(next);
        // The button that was pressed may be gone: the group's first field is where one goes on.
        const first = here.join('-');
        setTimeout(() => document.querySelector<HTMLElement>(`[id="${prefix}-${first}"], [id^="${prefix}-${first}-"]`)?.focus(), 0);
      };
      // A line that stands for the whole group has its label already.
      if (quick && asLine)
        return <div key={key} className="wide" data-group={key}>{field(property, here, true)}<Button variant="subtle" size="compact-sm" mt={2} onClick={turn}>{t.asParts}</Button></div>;
      return (
        <Fieldset key={key} legend={labelOf(property, language)} className="wide" data-group={key}>
          {helpOf(property.node, language) && <p>{helpOf(property.node, language)}</p>}
          {wrong(key) && !asLine && <p role="alert">{wrong(key)}</p>}
          <div className="fields">{asLine ? field(property, here, true) : group(property.node.properties, here, typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {})}</div>
          {property.node.orText && <Button variant="subtle" size="compact-sm" onClick={turn}>{asLine ? t.asParts : t.asLine}</Button>}
        </Fieldset>
      );
    });

  return <>{group(form.root.properties, [], answers)}</>;
}
