// A service's description read for people: the operations of an OpenAPI document (as JSON) or a WSDL, with what each
// takes. References are followed inside the document; what cannot be read is left out, never guessed.

export interface Parameter { name: string; where: 'path' | 'query'; required: boolean; type: string; about: string; example: string }
export interface Operation { id: string; method: string; path: string; title: string; about: string; parameters: Parameter[]; body: string | null; answers: { status: string; about: string }[] }
export interface Described { title: string; version: string; about: string; operations: Operation[] }

type Json = Record<string, unknown>;
const isObject = (x: unknown): x is Json => typeof x === 'object' && x !== null && !Array.isArray(x);
const text = (x: unknown) => (typeof x === 'string' ? x : '');
const verbs = ['get', 'post', 'put', 'patch', 'delete', 'head'];

/** "#/components/schemas/X" followed, a few steps deep. */
function resolved(document: Json, value: unknown, depth = 0): Json {
  if (!isObject(value)) return {};
  const to = text(value['$ref']);
  if (!to.startsWith('#/') || depth > 8) return value;
  let at: unknown = document;
  for (const key of to.slice(2).split('/')) at = isObject(at) ? at[key.replace(/~1/g, '/').replace(/~0/g, '~')] : undefined;
  return resolved(document, at, depth + 1);
}

/** A value of a schema to begin with: its example, default or first choice, or an empty one of its type. */
export function sample(document: Json, schema: unknown, depth = 0): unknown {
  const s = resolved(document, schema);
  if (depth > 6) return null;
  for (const key of ['example', 'default', 'const']) if (s[key] !== undefined) return s[key];
  if (Array.isArray(s['examples']) && s['examples'].length) return s['examples'][0];
  if (Array.isArray(s['enum']) && s['enum'].length) return s['enum'][0];
  for (const key of ['oneOf', 'anyOf']) if (Array.isArray(s[key]) && s[key].length) return sample(document, s[key][0], depth + 1);
  if (Array.isArray(s['allOf'])) return Object.assign({}, ...s['allOf'].map((x) => sample(document, x, depth + 1)).filter(isObject)) as Json;
  const type = Array.isArray(s['type']) ? s['type'].find((x) => x !== 'null') : s['type'];
  if (type === 'object' || isObject(s['properties'])) return Object.fromEntries(Object.entries(isObject(s['properties']) ? s['properties'] : {}).map(([k, v]) => [k, sample(document, v, depth + 1)]));
  if (type === 'array') return [sample(document, s['items'], depth + 1)];
  return type === 'integer' || type === 'number' ? 0 : type === 'boolean' ? false : '';
}

function parameter(document: Json, value: unknown): Parameter | null {
  const p = resolved(document, value);
  const where = p['in'];
  if ((where !== 'path' && where !== 'query') || !text(p['name'])) return null;
  const schema = resolved(document, p['schema']);
  const example = p['example'] ?? schema['example'] ?? schema['default'];
  return { name: text(p['name']), where, required: where === 'path' || p['required'] === true, type: text(schema['type']) || 'string', about: text(p['description']), example: example === undefined || isObject(example) ? '' : String(example) };
}

export function readOpenApi(document: unknown): Described | null {
  if (!isObject(document) || !isObject(document['paths'])) return null;
  const info = isObject(document['info']) ? document['info'] : {};
  const operations: Operation[] = [];
  for (const [path, raw] of Object.entries(document['paths'])) {
    const item = resolved(document, raw);
    const shared = Array.isArray(item['parameters']) ? item['parameters'] : [];
    for (const verb of verbs) {
      const o = item[verb];
      if (!isObject(o)) continue;
      const found = new Map<string, Parameter>();
      for (const p of [...shared, ...(Array.isArray(o['parameters']) ? o['parameters'] : [])]) {
        const one = parameter(document, p);
        if (one) found.set(`${one.where}/${one.name}`, one);
      }
      // What stands in the path is asked for even where nobody described it.
      for (const [, name] of path.matchAll(/\{([^}]+)\}/g)) if (name && !found.has(`path/${name}`)) found.set(`path/${name}`, { name, where: 'path', required: true, type: 'string', about: '', example: '' });
      const content = resolved(document, o['requestBody'])['content'];
      const media = isObject(content) ? Object.entries(content).find(([type]) => type.includes('json'))?.[1] : undefined;
      const given = isObject(media) ? (media['example'] ?? sample(document, media['schema'])) : undefined;
      operations.push({
        id: `${verb} ${path}`, method: verb.toUpperCase(), path, title: text(o['summary']), about: text(o['description']), parameters: [...found.values()],
        body: given === undefined ? null : JSON.stringify(given, null, 2),
        answers: Object.entries(isObject(o['responses']) ? o['responses'] : {}).map(([status, answer]) => ({ status, about: text(resolved(document, answer)['description']) })),
      });
    }
  }
  return { title: text(info['title']), version: text(info['version']), about: text(info['description']), operations };
}

const xsd = 'http://www.w3.org/2001/XMLSchema';
const wsdl = 'http://schemas.xmlsoap.org/wsdl/';
const escaped = (s: string) => s.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;');

/** The elements of a schema's type as a form to fill in: names with empty contents. */
function elements(schema: Element, holder: Element | null, indent: string, depth: number): string {
  if (!holder || depth > 5) return '';
  const type = [...holder.children].find((c) => c.localName === 'complexType') ?? [...schema.getElementsByTagNameNS(xsd, 'complexType')].find((c) => c.getAttribute('name') && c.getAttribute('name') === holder.getAttribute('type')?.replace(/^.*:/, ''));
  if (!type) return '';
  const inner = [...type.getElementsByTagNameNS(xsd, 'element')].filter((e) => { for (let p = e.parentElement; p && p !== type; p = p.parentElement) if (p.localName === 'element') return false; return true; });
  return inner.map((e) => {
    const name = e.getAttribute('name') ?? e.getAttribute('ref')?.replace(/^.*:/, '') ?? '';
    const below = elements(schema, e, `${indent}  `, depth + 1);
    return `\n${indent}<tns:${name}>${below ? `${below}\n${indent}` : ''}</tns:${name}>`;
  }).join('');
}

/** The operation of a WSDL with its body as a form; null when it cannot be read. */
export function readWsdl(source: string, code: string): Described | null {
  const document = new DOMParser().parseFromString(source, 'text/xml');
  if (document.getElementsByTagName('parsererror').length) return null;
  const operations = [...document.getElementsByTagNameNS(wsdl, 'portType')].flatMap((p) => [...p.getElementsByTagNameNS(wsdl, 'operation')]).filter((o) => o.getAttribute('name') === code);
  const target = document.documentElement.getAttribute('targetNamespace') ?? '';
  return {
    title: document.getElementsByTagNameNS(wsdl, 'service')[0]?.getAttribute('name') ?? '', version: '', about: '',
    operations: operations.map((o) => {
      const input = o.getElementsByTagNameNS(wsdl, 'input')[0]?.getAttribute('message')?.replace(/^.*:/, '');
      const message = [...document.getElementsByTagNameNS(wsdl, 'message')].find((m) => m.getAttribute('name') === input);
      const name = message?.getElementsByTagNameNS(wsdl, 'part')[0]?.getAttribute('element')?.replace(/^.*:/, '') ?? code;
      const schemas = [...document.getElementsByTagNameNS(xsd, 'schema')];
      const schema = schemas.find((s) => [...s.children].some((e) => e.localName === 'element' && e.getAttribute('name') === name));
      const element = schema ? ([...schema.children].find((e) => e.localName === 'element' && e.getAttribute('name') === name) ?? null) : null;
      const space = schema?.getAttribute('targetNamespace') ?? target;
      const inner = schema ? elements(schema, element, '  ', 0) : '';
      return { id: `post ${code}`, method: 'POST', path: '', title: o.getElementsByTagNameNS(wsdl, 'documentation')[0]?.textContent?.trim() ?? '', about: '', parameters: [], body: `<tns:${name} xmlns:tns="${escaped(space)}">${inner}${inner ? '\n' : ''}</tns:${name}>`, answers: [] };
    }),
  };
}

/** The path of a call, percent-encoded, with its query. */
export function filled(operation: Pick<Operation, 'path' | 'parameters'>, values: Record<string, string>): string {
  const path = operation.path.replace(/\{([^}]+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
  const query = new URLSearchParams(operation.parameters.filter((p) => p.where === 'query' && values[p.name]).map((p) => [p.name, values[p.name]!])).toString();
  return `${path}${query ? `?${query}` : ''}`;
}
