// E-forms as data: the subset of JSON Schema 2020-12 with x-ui that docs/forms.md defines. A schema is compiled once
// into plain values (no eval: the Content-Security-Policy forbids it) and then judges answers. The server judges by
// src/procedures/form_schema*.cpp; tests/forms holds both to one corpus, word for word. No dependencies.
import { birthYearOf, grouped, isDate, looksLikeEmail, lookAtPersonalId, phoneFromTyped } from './formats';

export interface FormError { pointer: string; code: string; vi: string; en: string }
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Kind = 'text' | 'integer' | 'number' | 'boolean' | 'object';
export interface Choice { value: string; vi: string; en: string }
export interface FormNode {
  kind: Kind;
  orText: boolean; // object: the text as stated on the paper will do
  label: { vi: string; en: string };
  help: { vi: string; en: string };
  widget: string;
  format: string;
  minLength?: number; maxLength?: number;
  min?: number; max?: number;
  choices: Choice[];
  properties: FormProperty[];
}
export interface FormProperty { name: string; node: FormNode; required: boolean; when: Condition | null }
interface Test { present: boolean; negated: boolean; values: Json[]; number: boolean; min?: number; max?: number; openMin: boolean; openMax: boolean }
interface Leaf { kind: 'test'; field: string; test: Test }
interface Group { kind: 'all' | 'any'; parts: Condition[] }
export type Condition = Leaf | Group;
export interface Form { root: FormNode }

/** Largest whole number that every side reads alike. */
export const largest = Number.MAX_SAFE_INTEGER;
const mostDepth = 8, mostNodes = 2000, mostText = 1000, mostChoices = 500, mostParts = 20, mostConditionDepth = 6;
const mostSchemaErrors = 50, longestText = 100_000, mostErrors = 200, mostChoicesNamed = 10, mostJsonDepth = 32;
const widgets = ['text', 'textarea', 'date', 'number', 'money', 'yes-no', 'select', 'radio', 'phone', 'email', 'person', 'address', 'hidden', 'personal-id'];
const formats = ['date', 'personal-id', 'phone', 'email'];

type Obj = { [key: string]: Json };
const isObject = (v: unknown): v is Obj => typeof v === 'object' && v !== null && !Array.isArray(v);
/** Own members only: "__proto__" and "constructor" are names like any other. */
const has = (o: object, key: string) => Object.prototype.hasOwnProperty.call(o, key);
const get = (o: Obj, key: string): Json | undefined => (has(o, key) ? o[key] : undefined);
const escaped = (key: string) => key.replace(/~/g, '~0').replace(/\//g, '~1');
const goodName = (s: string) => s.length <= 60 && /^[a-z][a-z0-9_]*$/.test(s);
const bytes = (s: string) => new TextEncoder().encode(s).length;
/** Text with sorted keys: two conditions are equal when this is. */
function canonical(v: Json): string {
  if (Array.isArray(v)) return `[${v.map(canonical).join(',')}]`;
  if (isObject(v)) return `{${Object.keys(v).sort().map((k) => `${JSON.stringify(k)}:${canonical(v[k] as Json)}`).join(',')}}`;
  return JSON.stringify(v);
}
const finite = (v: Json): v is number => typeof v === 'number' && Math.abs(v) <= largest;

interface Ui { order: number; when: Json | undefined; options: Json | undefined }

class Compiler {
  errors: FormError[] = [];
  private defs: Obj | null = null;
  private used = new Set<string>();
  private nodes = 0;
  private tooLarge = false;
  constructor(private schema: Json) {}

  run(): Form | null {
    let root: FormNode | null = null;
    if (!isObject(this.schema)) this.fail('', 'schema.type', 'phải là một đối tượng', 'must be an object');
    else {
      const defs = get(this.schema, '$defs');
      if (defs !== undefined) {
        if (isObject(defs)) this.defs = defs;
        else this.fail('/$defs', 'schema.type', 'phải là một đối tượng', 'must be an object');
      }
      if (get(this.schema, 'type') !== 'object') this.fail('/type', 'schema.type', 'gốc của biểu mẫu phải có type là object', "the root's type must be object");
      else root = this.node(this.schema, '', 0).node;
      for (const name of Object.keys(this.defs ?? {})) {
        if (!goodName(name)) this.fail(`/$defs/${escaped(name)}`, 'schema.name', 'tên chỉ gồm a-z, 0-9 và _, bắt đầu bằng chữ', 'a name has a-z, 0-9 and _ and begins with a letter');
        else if (!this.used.has(name)) this.node(this.defs?.[name] as Json, `/$defs/${name}`, 1);
      }
    }
    return this.errors.length || !root ? null : { root };
  }

  private fail(pointer: string, code: string, vi: string, en: string) {
    if (this.errors.length < mostSchemaErrors) this.errors.push({ pointer, code, vi: `Lược đồ biểu mẫu: ${vi}.`, en: `form schema: ${en}` });
  }
  private keywords(o: Obj, at: string, known: string[]) {
    for (const key of Object.keys(o)) if (!known.includes(key)) this.fail(`${at}/${escaped(key)}`, 'schema.keyword', 'từ khóa này không dùng được ở đây', 'this keyword cannot be used here');
  }
  private text(o: Obj, key: string, at: string): string {
    const v = get(o, key);
    if (v === undefined) return '';
    if (typeof v === 'string' && bytes(v) <= mostText) return v;
    this.fail(`${at}/${key}`, 'schema.value', 'phải là chữ, không quá dài', 'must be a text of reasonable length');
    return '';
  }
  private integer(o: Obj, key: string, at: string, low: number, high: number): number | undefined {
    const v = get(o, key);
    if (v === undefined) return undefined;
    if (typeof v === 'number' && Number.isSafeInteger(v) && v >= low && v <= high) return v + 0;
    this.fail(`${at}/${key}`, 'schema.value', 'phải là số nguyên trong giới hạn cho phép', 'must be an integer within the limits');
    return undefined;
  }
  private both(ui: Obj, key: string, at: string): { vi: string; en: string } {
    const v = get(ui, key);
    if (v === undefined) return { vi: '', en: '' };
    if (!isObject(v)) {
      this.fail(`${at}/${key}`, 'schema.type', 'phải là {vi, en}', 'must be {vi, en}');
      return { vi: '', en: '' };
    }
    this.keywords(v, `${at}/${key}`, ['vi', 'en']);
    return { vi: this.text(v, 'vi', `${at}/${key}`), en: this.text(v, 'en', `${at}/${key}`) };
  }
  private ui(o: Obj, at: string, out: FormNode): Ui {
    this.text(o, 'title', at);
    this.text(o, 'description', at);
    const x = get(o, 'x-ui');
    const here = `${at}/x-ui`;
    if (x === undefined) return { order: 0, when: undefined, options: undefined };
    if (!isObject(x)) {
      this.fail(here, 'schema.type', 'phải là một đối tượng', 'must be an object');
      return { order: 0, when: undefined, options: undefined };
    }
    this.keywords(x, here, ['label', 'help', 'order', 'widget', 'when', 'options']);
    out.label = this.both(x, 'label', here);
    out.help = this.both(x, 'help', here);
    const order = this.integer(x, 'order', here, 0, 10_000) ?? 0;
    const widget = this.text(x, 'widget', here);
    if (widget && !widgets.includes(widget)) this.fail(`${here}/widget`, 'schema.value', 'không có cách hiển thị này', 'there is no such widget');
    out.widget = widget;
    return { order, when: get(x, 'when'), options: get(x, 'options') };
  }

  private node(v: Json, at: string, depth: number): { node: FormNode; ui: Ui } {
    const node: FormNode = { kind: 'text', orText: false, label: { vi: '', en: '' }, help: { vi: '', en: '' }, widget: '', format: '', choices: [], properties: [] };
    const none: Ui = { order: 0, when: undefined, options: undefined };
    if (!isObject(v)) {
      this.fail(at, 'schema.type', 'phải là một đối tượng', 'must be an object');
      return { node, ui: none };
    }
    if (depth > mostDepth || ++this.nodes > mostNodes) {
      // Said once: a reference that leads back to itself would say it a thousand times.
      if (!this.tooLarge) this.fail(at, 'schema.limit', 'lồng nhau quá sâu hoặc quá lớn', 'too deep or too large');
      this.tooLarge = true;
      return { node, ui: none };
    }
    if (has(v, '$ref')) return this.reference(v, at, depth, node);
    const type = get(v, 'type');
    let kind: Json | undefined = type;
    if (Array.isArray(type) && type.length === 2 && type[0] === 'object' && type[1] === 'string') {
      kind = 'object';
      node.orText = true;
    }
    const ui = this.ui(v, at, node);
    if (kind === 'string') {
      this.keywords(v, at, ['type', 'title', 'description', 'x-ui', 'minLength', 'maxLength', 'format', 'enum']);
      this.lengths(v, at, node);
      if (has(v, 'format')) {
        node.format = this.text(v, 'format', at);
        if (!formats.includes(node.format)) this.fail(`${at}/format`, 'schema.value', 'không có định dạng này', 'there is no such format');
      }
      this.choices(v, at, ui.options, node);
      return { node, ui };
    }
    if (ui.options !== undefined) this.fail(`${at}/x-ui/options`, 'schema.keyword', 'chỉ dùng cùng enum', 'only together with enum');
    if (kind === 'integer' || kind === 'number') {
      node.kind = kind;
      this.keywords(v, at, ['type', 'title', 'description', 'x-ui', 'minimum', 'maximum']);
      node.min = this.integer(v, 'minimum', at, -largest, largest);
      node.max = this.integer(v, 'maximum', at, -largest, largest);
      if (node.min !== undefined && node.max !== undefined && node.min > node.max) this.fail(`${at}/maximum`, 'schema.value', 'giới hạn trên nhỏ hơn giới hạn dưới', 'the maximum is below the minimum');
    } else if (kind === 'boolean') {
      node.kind = 'boolean';
      this.keywords(v, at, ['type', 'title', 'description', 'x-ui']);
    } else if (kind === 'object') {
      node.kind = 'object';
      this.object(v, at, depth, node);
    } else this.fail(`${at}/type`, 'schema.type', 'type phải là string, integer, number, boolean, object hoặc [object, string]', 'type must be string, integer, number, boolean, object or [object, string]');
    return { node, ui };
  }

  private reference(o: Obj, at: string, depth: number, over: FormNode): { node: FormNode; ui: Ui } {
    this.keywords(o, at, ['$ref', 'title', 'description', 'x-ui']);
    const ui = this.ui(o, at, over);
    if (ui.options !== undefined) this.fail(`${at}/x-ui/options`, 'schema.keyword', 'chỉ dùng cùng enum', 'only together with enum');
    const ref = this.text(o, '$ref', at);
    const name = ref.startsWith('#/$defs/') ? ref.slice(8) : '';
    const target = this.defs && goodName(name) ? get(this.defs, name) : undefined;
    if (target === undefined) {
      this.fail(`${at}/$ref`, 'schema.ref', 'phải trỏ tới một mục trong $defs (#/$defs/tên)', 'must point to a definition (#/$defs/name)');
      return { node: over, ui };
    }
    this.used.add(name);
    const { node } = this.node(target, `/$defs/${name}`, depth + 1);
    if (over.label.vi) node.label.vi = over.label.vi;
    if (over.label.en) node.label.en = over.label.en;
    if (over.help.vi) node.help = over.help;
    if (over.widget) node.widget = over.widget;
    return { node, ui };
  }

  private lengths(o: Obj, at: string, out: FormNode) {
    out.minLength = this.integer(o, 'minLength', at, 0, longestText);
    out.maxLength = this.integer(o, 'maxLength', at, 0, longestText);
    if (out.minLength !== undefined && out.maxLength !== undefined && out.minLength > out.maxLength) this.fail(`${at}/maxLength`, 'schema.value', 'giới hạn trên nhỏ hơn giới hạn dưới', 'the maximum is below the minimum');
  }

  private choices(o: Obj, at: string, options: Json | undefined, out: FormNode) {
    const list = get(o, 'enum');
    if (list === undefined) {
      if (options !== undefined) this.fail(`${at}/x-ui/options`, 'schema.keyword', 'chỉ dùng cùng enum', 'only together with enum');
      return;
    }
    const good = Array.isArray(list) && list.length > 0 && list.length <= mostChoices && new Set(list).size === list.length && list.every((v) => typeof v === 'string' && v !== '' && bytes(v) <= 200);
    if (!good) return this.fail(`${at}/enum`, 'schema.value', 'phải là danh sách chữ khác nhau, không rỗng', 'must be a list of different texts, not empty');
    out.choices = (list as string[]).map((value) => ({ value, vi: '', en: '' }));
    if (options === undefined) return;
    const here = `${at}/x-ui/options`;
    if (!Array.isArray(options)) return this.fail(here, 'schema.type', 'phải là danh sách', 'must be a list');
    const told = new Set<string>();
    options.forEach((v, i) => {
      const each = `${here}/${i}`;
      if (!isObject(v)) return this.fail(each, 'schema.type', 'phải là một đối tượng', 'must be an object');
      this.keywords(v, each, ['value', 'vi', 'en']);
      const value = this.text(v, 'value', each);
      const choice = out.choices.find((c) => c.value === value);
      if (!choice || told.has(value)) return this.fail(`${each}/value`, 'schema.value', 'không có trong enum hoặc đã nêu', 'is not in enum, or is repeated');
      told.add(value);
      choice.vi = this.text(v, 'vi', each);
      choice.en = this.text(v, 'en', each);
    });
  }

  private object(o: Obj, at: string, depth: number, out: FormNode) {
    const known = ['type', 'title', 'description', 'x-ui', 'properties', 'required', 'additionalProperties', 'allOf'];
    if (depth === 0) {
      this.keywords(o, at, [...known, '$schema', '$id', '$defs']);
      this.text(o, '$id', at);
      const dialect = this.text(o, '$schema', at);
      if (dialect && dialect !== 'https://json-schema.org/draft/2020-12/schema') this.fail('/$schema', 'schema.value', 'phải là JSON Schema 2020-12', 'must be JSON Schema 2020-12');
    } else this.keywords(o, at, out.orText ? [...known, 'minLength', 'maxLength'] : known);
    if (out.orText) this.lengths(o, at, out);
    if (get(o, 'additionalProperties') !== false) this.fail(`${at}/additionalProperties`, 'schema.value', 'phải là false', 'must be false');
    const properties = get(o, 'properties');
    if (!isObject(properties)) return this.fail(`${at}/properties`, 'schema.type', 'phải là một đối tượng', 'must be an object');

    const asked: { property: FormProperty; ui: Ui }[] = [];
    for (const name of Object.keys(properties)) {
      if (this.tooLarge) break;
      const here = `${at}/properties/${escaped(name)}`;
      if (!goodName(name)) {
        this.fail(here, 'schema.name', 'tên chỉ gồm a-z, 0-9 và _, bắt đầu bằng chữ', 'a name has a-z, 0-9 and _ and begins with a letter');
        continue;
      }
      const { node, ui } = this.node(properties[name] as Json, here, depth + 1);
      asked.push({ property: { name, node, required: false, when: null }, ui });
    }
    asked.sort((a, b) => a.ui.order - b.ui.order);
    const find = (name: string) => asked.find((a) => a.property.name === name);
    for (const a of asked)
      if (a.ui.when !== undefined) a.property.when = this.condition(a.ui.when, `${at}/properties/${a.property.name}/x-ui/when`, 0, (name) => find(name)?.property.node.kind);

    for (const [name, here] of this.names(o, `${at}/required`)) {
      const a = find(name);
      if (!a) this.fail(here, 'schema.value', 'không có trường này', 'there is no such field');
      else if (a.ui.when !== undefined) this.fail(here, 'schema.condition', 'trường có điều kiện chỉ bắt buộc qua allOf với cùng điều kiện', 'a field with a condition is required only through allOf with the same condition');
      else a.property.required = true;
    }
    out.properties = asked.map((a) => a.property);
    const all = get(o, 'allOf');
    if (all === undefined) return;
    if (!Array.isArray(all)) return this.fail(`${at}/allOf`, 'schema.type', 'phải là danh sách', 'must be a list');
    all.forEach((v, i) => {
      const here = `${at}/allOf/${i}`;
      if (!isObject(v)) return this.fail(here, 'schema.type', 'phải là một đối tượng', 'must be an object');
      this.keywords(v, here, ['if', 'then']);
      const when = get(v, 'if'), then = get(v, 'then');
      if (when === undefined || !isObject(then)) return this.fail(here, 'schema.value', 'phải có if và then', 'must have if and then');
      this.keywords(then, `${here}/then`, ['required']);
      for (const [name, place] of this.names(then, `${here}/then/required`)) {
        const a = find(name);
        if (!a) this.fail(place, 'schema.value', 'không có trường này', 'there is no such field');
        // A field that is required while it is hidden could never be filled in.
        else if (a.ui.when === undefined || canonical(a.ui.when) !== canonical(when)) this.fail(place, 'schema.condition', 'điều kiện phải giống x-ui.when của trường', "the condition must equal the field's x-ui.when");
        else a.property.required = true;
      }
    });
  }

  private names(o: Obj, here: string): [string, string][] {
    const v = get(o, 'required');
    if (v === undefined) return [];
    if (!Array.isArray(v)) {
      this.fail(here, 'schema.type', 'phải là danh sách', 'must be a list');
      return [];
    }
    const out: [string, string][] = [];
    v.forEach((item, i) => {
      if (typeof item === 'string') out.push([item, `${here}/${i}`]);
      else this.fail(`${here}/${i}`, 'schema.type', 'phải là chữ', 'must be a text');
    });
    return out;
  }

  private condition(v: Json, at: string, depth: number, kindOf: (name: string) => Kind | undefined): Condition {
    const test: Test = { present: false, negated: false, values: [], number: false, openMin: false, openMax: false };
    const out: Leaf = { kind: 'test', field: '', test };
    const wrong = (where: string) => {
      this.fail(where, 'schema.condition', 'điều kiện viết không đúng dạng cho phép', 'not a condition of the subset');
      return out;
    };
    if (!isObject(v) || depth > mostConditionDepth) return wrong(at);
    for (const key of ['allOf', 'anyOf'] as const) {
      const parts = get(v, key);
      if (parts === undefined) continue;
      const here = `${at}/${key}`;
      if (Object.keys(v).length !== 1 || !Array.isArray(parts) || parts.length === 0 || parts.length > mostParts) return wrong(here);
      return { kind: key === 'allOf' ? 'all' : 'any', parts: parts.map((part, i) => this.condition(part, `${here}/${i}`, depth + 1, kindOf)) };
    }
    this.keywords(v, at, ['properties', 'required']);
    const properties = get(v, 'properties');
    if (!isObject(properties) || Object.keys(properties).length !== 1) return wrong(at);
    const field = Object.keys(properties)[0] as string;
    out.field = field;
    const here = `${at}/properties/${escaped(field)}`;
    const kind = kindOf(field);
    if (!kind || kind === 'object') return wrong(here);
    const required = get(v, 'required');
    if (required !== undefined) {
      if (!Array.isArray(required) || required.length !== 1 || required[0] !== field) return wrong(`${at}/required`);
      test.present = true;
    }
    this.test(properties[field] as Json, here, test);
    return out;
  }
  private test(v: Json, at: string, out: Test): void {
    const wrong = () => this.fail(at, 'schema.condition', 'điều kiện viết không đúng dạng cho phép', 'not a condition of the subset');
    if (!isObject(v)) return wrong();
    const only = Object.keys(v).length === 1;
    const inner = get(v, 'not');
    if (inner !== undefined) {
      if (!only || out.negated) return wrong();
      out.negated = true;
      return this.test(inner, `${at}/not`, out);
    }
    const scalar = (x: Json) => x === null || typeof x === 'boolean' || typeof x === 'string' || finite(x);
    const constant = get(v, 'const');
    if (constant !== undefined) {
      if (!only || !scalar(constant)) return wrong();
      out.values.push(constant);
      return;
    }
    const list = get(v, 'enum');
    if (list !== undefined) {
      if (!only || !Array.isArray(list) || list.length === 0 || list.length > mostChoices || !list.every(scalar)) return wrong();
      out.values.push(...list);
      return;
    }
    if (out.negated || get(v, 'type') !== 'number') return wrong();
    this.keywords(v, at, ['type', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum']);
    out.number = true;
    const bound = (key: string, side: 'min' | 'max', open: boolean): boolean => {
      const b = get(v, key);
      if (b === undefined) return true;
      if (out[side] !== undefined || !finite(b)) return false; // two bounds of one side
      out[side] = b;
      if (side === 'min') out.openMin = open;
      else out.openMax = open;
      return true;
    };
    if (!bound('minimum', 'min', false) || !bound('exclusiveMinimum', 'min', true) || !bound('maximum', 'max', false) || !bound('exclusiveMaximum', 'max', true)) wrong();
  }
}

export function compile(schema: unknown): { form: Form | null; errors: FormError[] } {
  const compiler = new Compiler(schema as Json);
  const form = compiler.run();
  return { form, errors: compiler.errors };
}

/** Does a condition hold for these answers? What is not known does not hold. */
export function holds(condition: Condition, answers: { [key: string]: unknown }): boolean {
  if (condition.kind !== 'test') {
    const part = (c: Condition) => holds(c, answers);
    return condition.kind === 'all' ? condition.parts.every(part) : condition.parts.some(part);
  }
  if (!has(answers, condition.field)) return !condition.test.present;
  const v = answers[condition.field], t = condition.test;
  if (t.number)
    return typeof v === 'number' && (t.min === undefined || (t.openMin ? v > t.min : v >= t.min)) && (t.max === undefined || (t.openMax ? v < t.max : v <= t.max));
  return t.values.some((x) => x === v) !== t.negated;
}
export function shown(property: FormProperty, answers: { [key: string]: unknown }): boolean {
  return !property.when || holds(property.when, answers);
}

const blankText = /^[\t-\r \u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]*$/;
/** Not answered: absent, null, a text of spaces, an object without anything in it. */
export function blank(v: unknown, depth = 0): boolean {
  if (v === undefined || v === null) return true;
  if (typeof v === 'string') return blankText.test(v);
  return depth <= mostJsonDepth && isObject(v) && Object.keys(v).every((key) => blank(v[key], depth + 1));
}
function shortened(s: string): string {
  const points = [...s];
  return points.length > 40 ? `${points.slice(0, 40).join('')}…` : s;
}
/** Order of code points, which is the order of UTF-8's bytes on the server. */
function byCodePoints(a: string, b: string): number {
  const x = [...a], y = [...b];
  for (let i = 0; i < x.length && i < y.length; ++i) {
    const difference = (x[i]?.codePointAt(0) ?? 0) - (y[i]?.codePointAt(0) ?? 0);
    if (difference) return difference;
  }
  return x.length - y.length;
}
function fourDecimals(n: number): boolean {
  if (!Number.isFinite(n)) return false;
  if (Math.abs(n) > largest) return true; // out of bounds, which within() says
  return Number(n.toFixed(4)) === n;
}

class Check {
  errors: FormError[] = [];
  constructor(private today: string | undefined) {}

  object(node: FormNode, given: Obj, at: string, label: { vi: string; en: string }) {
    for (const p of node.properties) {
      const v = get(given, p.name);
      const here = `${at}/${p.name}`;
      const named = this.name(label, p);
      if (blank(v)) {
        if (p.required && shown(p, given)) this.say(here, 'form.required', named, 'chưa được điền. Hãy điền mục này.', 'is not filled in. Fill it in.');
      } else this.value(p.node, v as Json, here, named);
    }
    const names = new Set(node.properties.map((p) => p.name));
    for (const key of Object.keys(given).filter((k) => !names.has(k)).sort(byCodePoints))
      this.add({ pointer: `${at}/${escaped(key)}`, code: 'form.unknown_field', vi: `Biểu mẫu không có mục "${shortened(key)}". Hãy bỏ mục này.`, en: `The form has no field "${shortened(key)}". Leave it out.` });
  }
  root(node: FormNode, answers: unknown) {
    if (isObject(answers)) this.object(node, answers, '', { vi: '', en: '' });
    else this.add({ pointer: '', code: 'form.object', vi: 'Câu trả lời phải là một nhóm mục. Hãy gửi lại biểu mẫu.', en: 'The answers must be an object. Send the form again.' });
  }

  private name(parent: { vi: string; en: string }, p: FormProperty) {
    const vi = p.node.label.vi || p.name;
    const en = p.node.label.en || vi;
    return parent.vi ? { vi: `${parent.vi} – ${vi}`, en: `${parent.en} – ${en}` } : { vi, en };
  }
  private add(e: FormError) {
    if (this.errors.length < mostErrors) this.errors.push(e);
  }
  private say(pointer: string, code: string, label: { vi: string; en: string }, vi: string, en: string) {
    this.add({ pointer, code, vi: `${label.vi}: ${vi}`, en: `${label.en}: ${en}` });
  }

  value(node: FormNode, v: Json, at: string, label: { vi: string; en: string }) {
    switch (node.kind) {
      case 'text':
        if (typeof v !== 'string') return this.say(at, 'form.text', label, 'phải là chữ. Hãy nhập lại.', 'must be text. Type it again.');
        return this.words(node, v, at, label);
      case 'integer':
        if (typeof v !== 'number' || !Number.isInteger(v)) return this.say(at, 'form.integer', label, 'phải là số nguyên. Hãy nhập chữ số, ví dụ 12.', 'must be a whole number. Type digits, e.g. 12.');
        return this.within(node, v, at, label);
      case 'number':
        if (typeof v !== 'number' || !fourDecimals(v)) return this.say(at, 'form.number', label, 'phải là số, nhiều nhất bốn chữ số sau dấu phẩy. Hãy nhập như 12,5.', 'must be a number with at most four decimals. Type it like 12.5.');
        return this.within(node, v, at, label);
      case 'boolean':
        if (typeof v !== 'boolean') this.say(at, 'form.boolean', label, 'hãy chọn Có hoặc Không.', 'choose Yes or No.');
        return;
      case 'object':
        if (isObject(v)) return this.object(node, v, at, label);
        if (!node.orText) return this.say(at, 'form.object', label, 'hãy điền từng mục của nhóm này.', 'fill in the parts of this group.');
        if (typeof v !== 'string') return this.say(at, 'form.object', label, 'hãy điền từng mục của nhóm này, hoặc viết thành một câu.', 'fill in the parts of this group, or write it as one line.');
        this.length(node, v, at, label);
    }
  }
  private within(node: FormNode, n: number, at: string, label: { vi: string; en: string }) {
    const low = node.min ?? -largest, high = node.max ?? largest;
    if (n >= low && n <= high) return;
    if (node.min !== undefined && node.max !== undefined) this.say(at, 'form.range', label, `phải từ ${grouped(node.min)} đến ${grouped(node.max)}. Hãy nhập lại.`, `must be from ${node.min} to ${node.max}. Type it again.`);
    else if (n < low && node.min !== undefined) this.say(at, 'form.range', label, `phải từ ${grouped(node.min)} trở lên. Hãy nhập lại.`, `must be at least ${node.min}. Type it again.`);
    else if (n > high && node.max !== undefined) this.say(at, 'form.range', label, `không được quá ${grouped(node.max)}. Hãy nhập lại.`, `must be at most ${node.max}. Type it again.`);
    else this.say(at, 'form.range', label, 'số quá lớn. Hãy kiểm tra lại các chữ số.', 'the number is too large. Check its digits.');
  }
  private length(node: FormNode, s: string, at: string, label: { vi: string; en: string }): boolean {
    let n = 0;
    for (const _ of s) ++n;
    if (node.maxLength !== undefined && n > node.maxLength) {
      this.say(at, 'form.length', label, `dài quá ${grouped(node.maxLength)} ký tự. Hãy viết ngắn hơn.`, `is longer than ${node.maxLength} characters. Shorten it.`);
      return false;
    }
    if (node.minLength !== undefined && n < node.minLength) {
      this.say(at, 'form.length', label, `phải có ít nhất ${node.minLength} ký tự. Hãy viết đủ.`, `must have at least ${node.minLength} characters. Write it out.`);
      return false;
    }
    return true;
  }
  private words(node: FormNode, s: string, at: string, label: { vi: string; en: string }) {
    if (node.choices.length) return this.choice(node, s, at, label);
    if (!this.length(node, s, at, label)) return;
    if (node.format === 'date') {
      if (!isDate(s)) this.say(at, 'form.date', label, 'không phải ngày có thật. Hãy nhập ngày/tháng/năm, ví dụ 01/07/2026.', 'is not a real date. Type day/month/year, e.g. 01/07/2026.');
    } else if (node.format === 'phone') {
      if (!phoneFromTyped(s)) this.say(at, 'form.phone', label, 'không phải số điện thoại. Hãy nhập như 0912 345 678 hoặc +84 912 345 678.', 'is not a phone number. Type it like 0912 345 678 or +84 912 345 678.');
    } else if (node.format === 'email') {
      if (!looksLikeEmail(s)) this.say(at, 'form.email', label, 'không phải địa chỉ thư điện tử. Hãy nhập như ten@vidu.vn.', 'is not an e-mail address. Type it like ten@vidu.vn.');
    } else if (node.format === 'personal-id') this.personalId(s, at, label);
  }
  private personalId(s: string, at: string, label: { vi: string; en: string }) {
    const look = lookAtPersonalId(s, this.today);
    const again = { vi: 'Hãy nhập lại theo thẻ căn cước.', en: 'Type it as on the identity card.' };
    if (look === 'not_twelve_digits') this.say(at, 'form.personal_id', label, `phải có đúng 12 chữ số. ${again.vi}`, `must have exactly 12 digits. ${again.en}`);
    if (look === 'no_such_province') this.say(at, 'form.personal_id', label, `ba số đầu ${s.slice(0, 3)} không phải mã của tỉnh nào. ${again.vi}`, `the first three digits ${s.slice(0, 3)} are no province's code. ${again.en}`);
    if (look === 'born_in_future') this.say(at, 'form.personal_id', label, `số này ghi năm sinh ${birthYearOf(s)}, chưa tới. ${again.vi}`, `this number says born in ${birthYearOf(s)}, which is still to come. ${again.en}`);
  }
  private choice(node: FormNode, s: string, at: string, label: { vi: string; en: string }) {
    if (node.choices.some((c) => c.value === s)) return;
    const named = node.choices.slice(0, mostChoicesNamed);
    const rest = node.choices.length > mostChoicesNamed ? ', …' : '';
    this.say(at, 'form.choice', label, `hãy chọn một trong: ${named.map((c) => c.vi || c.value).join(', ')}${rest}.`, `choose one of: ${named.map((c) => c.en || c.vi || c.value).join(', ')}${rest}.`);
  }
}

/** Every mistake in the answers, in the order of the form. `today` (ISO) absent: nothing is judged against the present day. */
export function check(form: Form, answers: unknown, today?: string): FormError[] {
  const run = new Check(today);
  run.root(form.root, answers);
  return run.errors;
}
/** One value of the form alone, for judging a field when it is left. */
export function checkField(form: Form, name: string, value: unknown, answers: { [key: string]: unknown }, today?: string): FormError[] {
  return check(form, { ...answers, [name]: value }, today).filter((e) => e.pointer === `/${name}` || e.pointer.startsWith(`/${name}/`));
}

function readable(v: Json, depth: number): boolean {
  if (typeof v === 'number') return Number.isFinite(v);
  if (typeof v === 'string') return wellFormed(v);
  if (typeof v !== 'object' || v === null) return true;
  if (depth >= mostJsonDepth) return false;
  if (Array.isArray(v)) return v.every((item) => readable(item, depth + 1));
  return Object.keys(v).every((key) => wellFormed(key) && readable(v[key] as Json, depth + 1));
}
/** No half of a surrogate pair: such a text has no bytes to be sent as. */
function wellFormed(s: string): boolean {
  return !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(s);
}
/** Reads answers as the server does: what it would not read is not read here. */
export function parseAnswers(text: string): { value: Json } | { error: FormError } {
  try {
    const value = JSON.parse(text) as Json;
    if (readable(value, 0)) return { value };
  } catch {
    // said below
  }
  return { error: { pointer: '', code: 'json.malformed', vi: 'Nội dung không phải JSON hợp lệ.', en: 'The body is not valid JSON.' } };
}
