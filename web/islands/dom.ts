// Small hands for making parts of a page. Text is set as text, never as markup.
import { words } from './words';

export function make<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Record<string, string> = {}, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
/** A line above the page's content that says what happened; spoken by screen readers, replaced by the next of its kind. */
export function notice(kind: string, tone: 'note' | 'good' | 'bad', text: string, ...actions: HTMLElement[]): void {
  let shelf = document.getElementById('hl-notices');
  if (!shelf) {
    shelf = make('section', { id: 'hl-notices', class: 'hl-notices', 'aria-label': words.notices, 'aria-live': 'polite' });
    const main = document.querySelector('main');
    if (main) main.prepend(shelf);
    else document.body.prepend(shelf);
  }
  shelf.querySelector(`[data-kind="${kind}"]`)?.remove();
  shelf.append(make('div', { class: `hl-notice hl-${tone}`, 'data-kind': kind }, make('p', {}, text), ...(actions.length ? [make('p', {}, ...actions)] : [])));
}
export function unnotice(kind: string): void {
  document.querySelector(`#hl-notices [data-kind="${kind}"]`)?.remove();
}
export function button(text: string, press: () => void, kind = 'button secondary'): HTMLButtonElement {
  const element = make('button', { type: 'button', class: kind }, text);
  element.addEventListener('click', press);
  return element;
}
