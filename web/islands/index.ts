// The portal's pages work without a script; this adds what a script can (README.md). One module, no dependencies.
import { draft, forget, pending } from './draft';
import { fields } from './fields';
import { find } from './find';
import { live } from './live';
import { photo } from './photo';
import { english } from './words';
import { worker } from './worker';

const style = document.createElement('link');
style.rel = 'stylesheet';
style.href = '/portal/islands.css';
document.head.append(style);

const each = <T extends HTMLElement>(selector: string, use: (element: T) => unknown) => {
  for (const element of document.querySelectorAll<T>(selector)) use(element);
};
if (document.querySelector('[data-forget]')) void forget();
each<HTMLFormElement>('form[data-sign-out]', (form) => form.addEventListener('submit', () => void forget()));
each<HTMLFormElement>('form[data-find]', (form) => find(form, english));
each<HTMLFormElement>('form[data-form]', (form) => void fields(form));
each<HTMLFormElement>('form[data-draft]', draft);
each<HTMLInputElement>('input[type=file][data-photo]', photo);
each<HTMLElement>('[data-pending]', pending);
if (document.querySelector('[data-live]')) live();
document.documentElement.dataset['islands'] = 'ready';
void worker().catch(() => undefined); // a browser that refuses works as before
