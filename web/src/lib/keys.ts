import { useEffect, useRef, useSyncExternalStore } from 'react';

// Single-letter keys can be turned off (WCAG 2.1.4); keys with Ctrl and Esc stay.
const stored = 'hl.single-keys';
const listeners = new Set<() => void>();
export const singleKeys = {
  get: () => localStorage.getItem(stored) !== 'off',
  set: (on: boolean) => {
    localStorage.setItem(stored, on ? 'on' : 'off');
    for (const listener of listeners) listener();
  },
  subscribe: (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
export const useSingleKeys = () => useSyncExternalStore(singleKeys.subscribe, singleKeys.get);

export function typing(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  if (!element?.closest) return false;
  return Boolean(element.closest('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true], [role=combobox], [role=listbox]'));
}

/** The name of a key press as bindings write it: "j", "shift+x", "?", "escape". */
export function nameOf(event: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>): string {
  const key = event.key.toLowerCase();
  const mods = [event.ctrlKey || event.metaKey ? 'ctrl' : '', event.altKey ? 'alt' : '', event.shiftKey && /^[a-z]$/.test(key) ? 'shift' : ''].filter(Boolean);
  return [...mods, key].join('+');
}

export type Bindings = Record<string, (event: KeyboardEvent) => void>;
export function useKeys(bindings: Bindings, enabled = true) {
  const now = useRef(bindings);
  now.current = bindings;
  useEffect(() => {
    if (!enabled) return;
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const name = nameOf(event);
      const run = now.current[name];
      if (!run) return;
      const plain = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
      if (plain && (typing(event.target) || !singleKeys.get())) return;
      // Keys belong to the page only while no dialog stands above it.
      if (document.querySelector('[role=dialog][aria-modal=true]')) return;
      run(event);
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [enabled]);
}
