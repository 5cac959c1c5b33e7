// From what stands in a page's fields to answers as the schema means them, and back. No screen: tested alone.
import { shown, type Form, type FormError, type FormNode, type FormProperty } from './validate';
import { dateFromTyped, dateShown, grouped, moneyFromTyped, numberFromTyped, phoneFromTyped } from './formats';

/** The typed text as the value the schema wants; what cannot be read stays text, so that the validator says why. */
export function valueOf(node: FormNode, typed: string): unknown {
  if (node.kind === 'boolean') return typed === '' ? null : ['true', 'on', 'yes', 'co', '1'].includes(typed);
  if (typed.trim() === '') return null;
  if (node.kind === 'integer') return node.widget === 'money' ? (moneyFromTyped(typed) ?? typed) : (numberFromTyped(typed) ?? typed);
  if (node.kind === 'number') return numberFromTyped(typed) ?? typed;
  if (node.format === 'date') return dateFromTyped(typed) ?? typed;
  if (node.format === 'personal-id') return typed.replace(/[\s.-]/g, '');
  return typed;
}
/** How a good value is written back into its field when it is left. */
export function shownAs(node: FormNode, typed: string): string {
  const value = valueOf(node, typed);
  if (node.widget === 'money' && typeof value === 'number') return grouped(value);
  if (node.format === 'date' && typeof value === 'string') return dateShown(value);
  if (node.format === 'personal-id' && typeof value === 'string') return value;
  if (node.format === 'phone') {
    const phone = phoneFromTyped(typed);
    const local = phone?.startsWith('+84') ? `0${phone.slice(3)}` : null;
    return local ? local.replace(/^(\d{4})(\d{3})(\d{3,4})$/, '$1 $2 $3') : typed;
  }
  return typed;
}
/** The node of a name like "mother.address.province". */
export function nodeAt(root: FormNode, path: string[]): FormNode | null {
  let node: FormNode | undefined = root;
  for (const part of path) node = node?.properties.find((p) => p.name === part)?.node;
  return node ?? null;
}
export function place(answers: Record<string, unknown>, path: string[], value: unknown): void {
  let o = answers;
  for (const part of path.slice(0, -1)) {
    const inner = Object.prototype.hasOwnProperty.call(o, part) ? o[part] : undefined;
    o = (o[part] = typeof inner === 'object' && inner !== null ? inner : {}) as Record<string, unknown>;
  }
  o[path[path.length - 1] as string] = value;
}

/** What stands in the fields of a whole form, by path ("mother.address.province"): text as typed, choices by value. */
export type Typed = Record<string, string>;

/** Members that have a field of their own; a group that was left as one line is a field itself. */
export function leaves(form: Form, typed: Typed, answers: Record<string, unknown>): { path: string[]; node: FormNode; property: FormProperty; asked: boolean }[] {
  const out: { path: string[]; node: FormNode; property: FormProperty; asked: boolean }[] = [];
  const visit = (properties: FormProperty[], path: string[], given: Record<string, unknown>, asked: boolean) => {
    for (const property of properties) {
      const here = [...path, property.name];
      const now = asked && shown(property, given);
      const inner = Object.prototype.hasOwnProperty.call(given, property.name) ? given[property.name] : undefined;
      const asLine = property.node.orText && typed[here.join('.')] !== undefined;
      if (property.node.kind === 'object' && !asLine) visit(property.node.properties, here, typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {}, now);
      else out.push({ path: here, node: property.node, property, asked: now });
    }
  };
  visit(form.root.properties, [], answers, true);
  return out;
}
/** Answers as the server takes them: read by kind, blanks left out, and nothing of fields that are not asked for. */
export function answersOf(form: Form, typed: Typed): Record<string, unknown> {
  // Conditions look at answers, so those are read first with everything in them.
  const read = (wanted: (path: string[]) => boolean) => {
    const out: Record<string, unknown> = {};
    const visit = (properties: FormProperty[], path: string[]) => {
      for (const { name, node } of properties) {
        const here = [...path, name];
        const text = Object.prototype.hasOwnProperty.call(typed, here.join('.')) ? typed[here.join('.')] : undefined;
        if (node.kind === 'object' && text === undefined) visit(node.properties, here);
        else if (text !== undefined && wanted(here)) {
          const value = node.kind === 'object' ? (text.trim() === '' ? null : text) : valueOf(node, text);
          if (value !== null) place(out, here, value);
        }
      }
    };
    visit(form.root.properties, []);
    return out;
  };
  const all = read(() => true);
  const asked = new Set(leaves(form, typed, all).filter((l) => l.asked).map((l) => l.path.join('.')));
  return read((path) => asked.has(path.join('.')));
}
/** How a clerk's form begins (FormFields, quick): groups that may be one line are one, a box that must be answered says
 *  no until it is ticked. */
export function quickStart(form: Form): Typed {
  const out: Typed = {};
  const visit = (properties: FormProperty[], path: string[]) => {
    for (const { name, node, required } of properties) {
      const here = [...path, name];
      if (node.kind === 'object' && !node.orText) visit(node.properties, here);
      else if (node.kind === 'object') out[here.join('.')] = '';
      else if (node.kind === 'boolean' && required) out[here.join('.')] = 'false';
    }
  };
  visit(form.root.properties, []);
  return out;
}
/** Fields filled from answers that are there already (a draft, an earlier dossier). */
export function typedOf(form: Form, answers: Record<string, unknown>): Typed {
  const out: Typed = {};
  const visit = (properties: FormProperty[], path: string[], given: Record<string, unknown>) => {
    for (const { name, node } of properties) {
      if (!Object.prototype.hasOwnProperty.call(given, name)) continue;
      const value = given[name];
      const here = [...path, name];
      if (typeof value === 'object' && value !== null && node.kind === 'object') visit(node.properties, here, value as Record<string, unknown>);
      else if (typeof value === 'string') out[here.join('.')] = shownAs(node, value);
      else if (typeof value === 'number') out[here.join('.')] = shownAs(node, node.widget === 'money' ? String(value) : String(value).replace('.', ','));
      else if (typeof value === 'boolean') out[here.join('.')] = String(value);
    }
  };
  visit(form.root.properties, [], answers);
  return out;
}
/** An error's sentence where its label stands beside it already. Labels may hold a colon, our sentences begin small. */
export function withoutLabel(error: FormError, language: 'vi' | 'en'): string {
  const cut = error.code === 'form.unknown_field' ? -1 : [...error[language].matchAll(/: (?=\p{Ll})/gu)].pop()?.index ?? -1;
  // A list of choices has a colon of its own, followed by what may begin small.
  const first = error.code === 'form.choice' ? error[language].indexOf(language === 'vi' ? ': hãy chọn' : ': choose one') : cut;
  const said = first > 0 ? error[language].slice(first + 2) : error[language];
  return said.charAt(0).toLocaleUpperCase(language) + said.slice(1);
}
