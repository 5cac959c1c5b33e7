// Papers of the national store that a clerk has laid to components of a dossier that is still to be received: kept until
// the command that receives it says so, for this page alone.
import type { DossierWhole, Procedure } from '../api/types';

const taken = new Map<string, ReadonlySet<string>>();

export function keepTaken(code: string, components: ReadonlySet<string>): void {
  if (components.size > 0) taken.set(code, components);
  else taken.delete(code);
}

/** What `receive` says of the papers: nothing unless some were taken from the store. */
export function receptionOf(d: DossierWhole, procedure: Procedure | undefined): { components?: object[] } {
  const from = taken.get(d.code);
  if (!from) return {};
  const listed = d.components.map((c) => ({ id: c.id, originals: c.originals, copies: c.copies, digitised: c.digitised, reused: c.reused || from.has(c.id), national: c.national || from.has(c.id) }));
  const added = [...from].filter((id) => !d.components.some((c) => c.id === id)).map((id) => {
    const card = procedure?.card.components.find((c) => c.id === id);
    return { id, originals: card?.originals ?? 0, copies: card?.copies ?? 0, digitised: false, reused: true, national: true };
  });
  return { components: [...listed, ...added] };
}
