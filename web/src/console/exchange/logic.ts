// The exchange's logic without a screen: what was typed read, faults to advice, a join's steps from what is known.
import type { JoinCode, Right, Server, UsageRow } from './api';

export interface Endpoint { method: string; path: string }
/** "GET /pets/*", one a line. */
export function readEndpoints(text: string): { list: Endpoint[]; wrong: string | null } {
  const list: Endpoint[] = [];
  for (const line of text.split('\n').map((x) => x.trim()).filter(Boolean)) {
    const found = /^([A-Za-z]+|\*)\s+(\/\S*|\*\*)$/.exec(line);
    if (!found) return { list, wrong: line };
    list.push({ method: found[1]!.toUpperCase(), path: found[2]! });
  }
  return { list, wrong: null };
}

/** The key of the advice for a fault, in either spelling: "Server.ServerProxy.AccessDenied", "server.access_denied". */
export function adviceOf(fault: string): string {
  const parts = fault.toLowerCase().replace(/_/g, '').split('.');
  const last = parts.at(-1) ?? '';
  const known: [RegExp, string][] = [
    [/^accessdenied$/, 'access_denied'], [/^unknownservice$/, 'unknown_service'], [/^unknownmember$/, 'unknown_member'], [/^servicedisabled$/, 'service_disabled'],
    [/^(networkerror|sslauthenticationfailed|ioerror|outofservice|httperror)$/, 'network_error'], [/^servicemissingurl$/, 'service_missing_url'], [/^servicefailed/, 'service_failed'], [/^outdatedglobalconf$/, 'outdated'], [/^timestamp/, 'timestamper_failed'],
  ];
  for (const [pattern, key] of known) if (parts.some((p) => pattern.test(p))) return key;
  return parts[0] === 'client' && last !== 'client' ? 'client' : 'other';
}

export type RightState = 'now' | 'later' | 'ended' | 'revoked';
export function stateOfRight(r: Pick<Right, 'from' | 'to' | 'revoked_at'>, today: string): RightState {
  if (r.revoked_at) return 'revoked';
  if (r.from > today) return 'later';
  return r.to && r.to < today ? 'ended' : 'now';
}

export type StepState = 'done' | 'now' | 'later' | 'failed';
export const joinSteps = ['code', 'used', 'certificates', 'configuration', 'round'] as const;
export type JoinStep = (typeof joinSteps)[number];
/** How far a join has come: each step needs the ones before it. `round`: an exchange of one of its systems was seen. */
export function stepsOf(code: Pick<JoinCode, 'state' | 'server' | 'used_at'>, servers: readonly Server[], configurationNumber: number | null, round: boolean): Record<JoinStep, StepState> {
  const server = servers.find((s) => s.server === code.server);
  const used = code.state === 'used' && server !== undefined;
  const certified = used && server.waiting === 0 && server.certificates.some((c) => c.use === 'authentication' && !c.revoked_at);
  const configured = certified && configurationNumber !== null;
  const reached: Record<JoinStep, boolean> = { code: true, used, certificates: certified, configuration: configured, round: configured && round };
  const out = {} as Record<JoinStep, StepState>;
  let waiting = false;
  for (const step of joinSteps) {
    out[step] = reached[step] ? 'done' : waiting ? 'later' : step === 'used' && code.state === 'expired' ? 'failed' : 'now';
    if (!reached[step]) waiting = true;
  }
  return out;
}

/** The command that an agency's administrator runs. */
export function joinCommand(code: string, address: string): string {
  const quoted = /^[A-Za-z0-9._:[\]-]+$/.test(address) ? address : `'${address.replace(/'/g, '')}'`;
  return `hienluong gateway join ${code}${address ? ` --address ${quoted}` : ''}`;
}


export interface Sum { key: string; messages: number; failed: number; request_bytes: number; response_bytes: number; p95_ms: number | null }
/** Hours summed up by a key, in the order in which keys first come; of durations the worst hour's. */
export function summed(rows: readonly UsageRow[], keyOf: (row: UsageRow) => string): Sum[] {
  const sums = new Map<string, Sum>();
  for (const row of rows) {
    const key = keyOf(row);
    const s = sums.get(key) ?? { key, messages: 0, failed: 0, request_bytes: 0, response_bytes: 0, p95_ms: null };
    sums.set(key, { key, messages: s.messages + row.messages, failed: s.failed + row.failed, request_bytes: s.request_bytes + row.request_bytes, response_bytes: s.response_bytes + row.response_bytes, p95_ms: row.p95_ms === null ? s.p95_ms : Math.max(row.p95_ms, s.p95_ms ?? 0) });
  }
  return [...sums.values()];
}
