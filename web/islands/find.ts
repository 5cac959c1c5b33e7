// Procedures while typing: the catalogue is asked (it knows abbreviations and reads words without diacritics), so the
// answers are those of the page that Enter would open. A combobox with a list, as ARIA describes it.
import { make } from './dom';
import { words } from './words';

interface Line { code: string; name: string; name_en: string | null; sector: { name: string } }
const pause = 180;
const most = 8;

export function find(form: HTMLFormElement, english: boolean): void {
  const input = form.querySelector<HTMLInputElement>('input[name=q]');
  if (!input?.parentElement) return;
  const id = `${input.id || 'q'}-list`;
  const list = make('ul', { id, class: 'hl-list', role: 'listbox', 'aria-label': words.suggestions, hidden: '' });
  const status = make('p', { class: 'hidden', role: 'status' });
  input.parentElement.classList.add('hl-find');
  input.parentElement.append(list, status);
  for (const [name, value] of Object.entries({ role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': id, autocomplete: 'off' })) input.setAttribute(name, value);
  let lines: Line[] = [];
  let at = -1;
  let asked = 0;
  let timer = 0;

  const close = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const mark = (next: number) => {
    at = next;
    [...list.children].forEach((item, i) => item.setAttribute('aria-selected', String(i === at)));
    const chosen = list.children[at];
    if (chosen) {
      input.setAttribute('aria-activedescendant', chosen.id);
      chosen.scrollIntoView({ block: 'nearest' });
    } else input.removeAttribute('aria-activedescendant');
  };
  const open = (line: Line | undefined) => {
    if (line) location.assign(`/thu-tuc/${encodeURIComponent(line.code)}`);
  };
  const show = () => {
    list.replaceChildren(...lines.map((line, i) => {
      const item = make('li', { id: `${id}-${i}`, role: 'option', 'aria-selected': 'false' }, make('span', {}, (english && line.name_en) || line.name), make('small', {}, `${line.code} · ${line.sector.name}`));
      // The field keeps the focus: pressing must not take it away before the click counts.
      item.addEventListener('pointerdown', (e) => e.preventDefault());
      item.addEventListener('click', () => open(line));
      return item;
    }));
    at = -1;
    list.hidden = lines.length === 0;
    input.setAttribute('aria-expanded', String(lines.length > 0));
    status.textContent = words.found(lines.length);
  };
  const ask = async () => {
    const text = input.value.trim();
    const mine = ++asked;
    if (text.length < 2) return close();
    try {
      const answer = await fetch(`/api/v1/procedures?limit=${most}&search=${encodeURIComponent(text.slice(0, 200))}`, { headers: { Accept: 'application/json' } });
      if (!answer.ok || mine !== asked) return;
      lines = ((await answer.json()) as { items: Line[] }).items;
      if (mine === asked && document.activeElement === input) show();
    } catch {
      close(); // the form still searches when it is sent
    }
  };
  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), pause);
  });
  input.addEventListener('keydown', (e) => {
    if (e.isComposing || list.hidden) return;
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      e.preventDefault();
      const n = lines.length;
      mark(e.key === 'ArrowDown' ? (at + 1) % n : (at + n) % (n + 1) === n ? n - 1 : (at - 1 + n) % n);
    } else if (e.key === 'Enter' && at >= 0) {
      e.preventDefault();
      open(lines[at]);
    } else if (e.key === 'Escape') {
      e.preventDefault();
      close();
    }
  });
  input.addEventListener('blur', () => setTimeout(close, 100));
}
