// Registers the service worker and tells about a new version; the person decides when to change.
import { button, notice, unnotice } from './dom';
import { words } from './words';

export async function worker(): Promise<void> {
  if (!('serviceWorker' in navigator) || !isSecureContext) return;
  const registration = await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' });
  const offer = (waiting: ServiceWorker) =>
    notice('update', 'note', words.update, button(words.reload, () => {
      navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
      waiting.postMessage('change');
    }, 'button'), button(words.later, () => unnotice('update')));
  // The first worker of a browser replaces nothing: there is nothing to tell.
  if (registration.waiting && navigator.serviceWorker.controller) offer(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const coming = registration.installing;
    coming?.addEventListener('statechange', () => {
      if (coming.state === 'installed' && navigator.serviceWorker.controller) offer(coming);
    });
  });
}
