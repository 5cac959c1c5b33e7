// Which commands a dossier's state and the account's roles let one try: a mirror of the server's tables
// (src/dossiers/dossier.cpp, src/access/access.cpp), so that the desk offers what can be done. The server decides.
import type { Agency, Dossier, DossierState, DossierTask, Grant, StepKind } from '../api/types';

export type Command =
  | 'receive' | 'refuse' | 'transfer' | 'claim' | 'complete' | 'supplement' | 'supplement-answer' | 'consult' | 'opinion'
  | 'return-step' | 'charge' | 'payment' | 'extend' | 'result' | 'deliver' | 'withdraw' | 'stop' | 'reassign';

const inState: Record<DossierState, readonly Command[]> = {
  filed: ['receive', 'refuse', 'withdraw', 'claim', 'reassign'],
  received: ['transfer', 'supplement', 'charge', 'payment', 'withdraw', 'stop', 'claim', 'reassign'],
  processing: ['complete', 'result', 'opinion', 'supplement', 'consult', 'return-step', 'charge', 'payment', 'extend', 'withdraw', 'stop', 'claim', 'reassign'],
  consulting: ['opinion', 'supplement', 'consult', 'return-step', 'charge', 'payment', 'extend', 'withdraw', 'stop', 'claim', 'reassign'],
  signing: ['result', 'complete', 'opinion', 'return-step', 'supplement', 'consult', 'charge', 'payment', 'extend', 'withdraw', 'stop', 'claim', 'reassign'],
  awaiting_supplement: ['supplement-answer', 'opinion', 'payment', 'withdraw', 'stop', 'claim', 'reassign'],
  awaiting_payment: ['payment', 'charge', 'complete', 'opinion', 'withdraw', 'stop', 'claim', 'reassign'],
  finished: ['deliver', 'payment', 'charge', 'claim', 'reassign'],
  refused: [],
  withdrawn: [],
  stopped: [],
  returned: [],
};

export type Right = 'receive' | 'handle' | 'approve' | 'reassign';
const ofRole: Partial<Record<Grant['role'], readonly Right[]>> = {
  clerk: ['receive'],
  handler: ['handle'],
  approver: ['approve'],
  head: ['approve', 'reassign'],
};
const forStep: Record<StepKind, readonly Right[]> = {
  receive: ['receive'],
  return: ['receive'],
  assign: ['reassign', 'handle', 'approve'],
  work: ['handle'],
  consult: ['handle', 'approve'],
  sign: ['approve'],
  pay: ['handle', 'receive'],
  publish: ['handle', 'receive', 'approve'],
};

export interface Person {
  officer: string | null;
  grants: readonly Grant[];
  /** agency → the one above it. */
  above: ReadonlyMap<string, string | null>;
}

export function aboveOf(agencies: readonly Pick<Agency, 'id' | 'parent'>[]): Map<string, string | null> {
  return new Map(agencies.map((a) => [a.id, a.parent]));
}

/** A grant at an agency reaches the agency and everything below it. */
export function holds(person: Person, right: Right, agency: string): boolean {
  return person.grants.some((grant) => {
    if (!ofRole[grant.role]?.includes(right)) return false;
    if (grant.agency === null) return true;
    for (let at: string | null | undefined = agency, depth = 0; at && depth < 12; at = person.above.get(at), ++depth)
      if (at === grant.agency) return true;
    return false;
  });
}

/** The open task the person may work on: in the own hands first. */
export function taskFor(person: Person, tasks: readonly DossierTask[], what: (task: DossierTask) => boolean = () => true): DossierTask | null {
  const may = tasks.filter(
    (task) =>
      task.state === 'open' && what(task) && (!task.officer || task.officer === person.officer) &&
      forStep[task.kind].some((right) => holds(person, right, task.agency)),
  );
  return may.find((task) => task.officer && task.officer === person.officer) ?? may[0] ?? null;
}

/** Commands to offer, the likeliest first. */
export function commandsFor(person: Person, dossier: Pick<Dossier, 'state' | 'agency' | 'reception'> & { unpaid: number; extensions: number }, tasks: readonly DossierTask[]): Command[] {
  const at = (agency: string, ...rights: Right[]) => rights.some((right) => holds(person, right, agency));
  const mine = (kinds: readonly StepKind[]) => taskFor(person, tasks, (task) => kinds.includes(task.kind)) !== null;
  const { agency, reception, state } = dossier;
  const may: Record<Command, () => boolean> = {
    receive: () => at(reception, 'receive'),
    refuse: () => at(reception, 'receive'),
    transfer: () => at(reception, 'receive'),
    claim: () => Boolean(person.officer) && taskFor(person, tasks, (task) => !task.officer) !== null,
    complete: () => mine(['assign', 'work', 'sign', 'pay', 'publish']),
    supplement: () => at(agency, 'handle', 'receive'),
    'supplement-answer': () => at(reception, 'receive', 'handle'),
    consult: () => at(agency, 'handle', 'approve'),
    opinion: () => mine(['consult']),
    'return-step': () => mine(['assign', 'work', 'sign', 'pay', 'publish']),
    charge: () => at(agency, 'handle', 'receive'),
    payment: () => dossier.unpaid > 0 && (at(reception, 'receive', 'handle') || at(agency, 'receive', 'handle')),
    extend: () => dossier.extensions === 0 && at(agency, 'approve'),
    result: () => mine(['sign']),
    deliver: () => at(reception, 'receive'),
    withdraw: () => at(reception, 'receive'),
    stop: () => at(agency, 'approve'),
    reassign: () => tasks.some((task) => task.state === 'open' && holds(person, 'reassign', task.agency)),
  };
  return inState[state].filter((command) => may[command]());
}

/** Does the role hold on this day? Its end is the first day without it. */
export const standing = (g: Grant, today: string): 'now' | 'later' | 'ended' => (g.to && g.to <= today ? 'ended' : g.from > today ? 'later' : 'now');
