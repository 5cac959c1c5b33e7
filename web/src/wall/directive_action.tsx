// Beside an alert: issue a directive for it (a filled form opens; one more click issues it), or go to the one that was.
import { useDirectives } from '../directives/api';
import { useWords } from '../directives/words';
import type { AlertActionProps } from './pages';

export function DirectiveAction({ alert, open }: AlertActionProps) {
  const w = useWords();
  const issued = useDirectives({ state: 'open', limit: 200 });
  const there = issued.data?.items.find((d) => d.origin?.rule === alert.rule && d.origin.agency === alert.agency);
  if (there) return <>· <button type="button" className="linkish" onClick={() => open('directives', there.code)}>{w.have(there.code)}</button></>;
  return <>· <button type="button" className="linkish" data-issue={alert.rule} onClick={() => open('directives', `alert:${alert.rule}:${alert.agency ?? ''}`)}>{w.fromAlert}</button></>;
}
