// A field is judged when it is left, by the validator that the server judges by when the dossier is filed.
import { check, compile, type Form, type FormError } from '../forms/validate';
import { nodeAt, place, shownAs, valueOf, withoutLabel } from '../forms/typed';
import { make } from './dom';
import { english, words } from './words';

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
const today = () => new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Ho_Chi_Minh' }).format(new Date());

export async function fields(form: HTMLFormElement): Promise<void> {
  const code = form.dataset['form'] ?? '';
  const release = form.dataset['release'];
  const prefix = form.dataset['prefix'] ?? '';
  let compiled: Form | null = null;
  try {
    const answer = await fetch(`/api/v1/procedures/${encodeURIComponent(code)}/form${release ? `?release=${encodeURIComponent(release)}` : ''}`);
    if (answer.ok) compiled = compile(await answer.json()).form;
  } catch {
    // no network: the server judges when the page is sent
  }
  if (!compiled) return;
  const schema = compiled;

  const pathOf = (field: Field): string[] | null => {
    if (!field.name.startsWith(prefix) || field.type === 'file' || field.type === 'hidden') return null;
    const path = field.name.slice(prefix.length).split('.');
    const node = nodeAt(schema.root, path);
    return node && (node.kind !== 'object' || node.orText) ? path : null;
  };
  const all = (): Field[] => [...form.querySelectorAll<Field>('input, select, textarea')];
  const typedIn = (field: Field): string => {
    if (field instanceof HTMLInputElement && (field.type === 'radio' || field.type === 'checkbox')) {
      const group = all().filter((f): f is HTMLInputElement => f.name === field.name && f instanceof HTMLInputElement);
      return group.find((f) => f.checked)?.value ?? '';
    }
    return field.value;
  };
  const answers = () => {
    const out: Record<string, unknown> = {};
    for (const field of all()) {
      const path = pathOf(field);
      const node = path && nodeAt(schema.root, path);
      if (path && node) place(out, path, valueOf(node, typedIn(field)));
    }
    return out;
  };
  const tell = (field: Field, error: FormError | undefined) => {
    // A group of choices has one message, at its first member.
    const first = all().find((f) => f.name === field.name) ?? field;
    const id = `${first.id || first.name.replace(/\W/g, '-')}-error`;
    let line = document.getElementById(id);
    first.closest('.field')?.classList.toggle('wrong', error !== undefined);
    if (!error) {
      if (line) line.hidden = true;
      for (const f of all().filter((f) => f.name === field.name)) f.removeAttribute('aria-invalid');
      return;
    }
    if (!line) {
      line = make('p', { id, class: 'hl-error' });
      (first.closest('fieldset')?.querySelector('legend') ?? first).after(line);
      if (!(first.closest('fieldset') && first.type === 'radio')) first.before(line);
      const described = first.getAttribute('aria-describedby');
      first.setAttribute('aria-describedby', described ? `${described} ${id}` : id);
    }
    line.hidden = false;
    line.replaceChildren(make('span', { class: 'hidden' }, `${words.error} `), withoutLabel(error, english ? 'en' : 'vi'));
    for (const f of all().filter((f) => f.name === field.name)) f.setAttribute('aria-invalid', 'true');
  };
  const judge = (field: Field) => {
    const path = pathOf(field);
    if (!path) return;
    const node = nodeAt(schema.root, path);
    if (node && field instanceof HTMLInputElement && (field.type === 'text' || field.type === 'tel')) field.value = shownAs(node, field.value);
    const pointer = `/${path.join('/')}`;
    // A field left empty is not a mistake until the page is sent; one that was told before is judged again.
    const empty = typedIn(field).trim() === '' && field.getAttribute('aria-invalid') !== 'true';
    tell(field, empty ? undefined : check(schema, answers(), today()).find((e) => e.pointer === pointer));
  };
  // An error that goes or comes while a button is being pressed would take the button away from under the finger, and
  // the press would be lost: judge when it is over.
  let pointing = false;
  document.addEventListener('pointerdown', () => (pointing = true), true);
  for (const over of ['pointerup', 'pointercancel']) document.addEventListener(over, () => (pointing = false), true);
  form.addEventListener('focusout', (e) => {
    if (!(e.target instanceof HTMLElement) || !e.target.matches('input, select, textarea')) return;
    const field = e.target as Field;
    if (!pointing) return judge(field);
    document.addEventListener('pointerup', () => setTimeout(() => judge(field)), { once: true });
  });
  form.addEventListener('change', (e) => {
    if (e.target instanceof HTMLElement && e.target.matches('select, input[type=radio], input[type=checkbox]')) judge(e.target as Field);
  });
  form.dataset['ready'] = 'true';
}
