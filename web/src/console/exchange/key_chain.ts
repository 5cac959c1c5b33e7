// The chain of the keys that sign the configuration, taken apart to be looked at. Nothing is verified here: gateways do
// that, and people compare fingerprints.
export interface KeyStatement {
  number: number;
  key_id: string;
  previous: string;
  issued: string;
  valid_from: string;
  reason: 'planned' | 'compromise';
}

const payloadOf = (jws: string) => {
  const part = jws.split('.')[1] ?? '';
  return new TextDecoder().decode(Uint8Array.from(atob(part.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0)));
};

/** A statement is signed by the key before over what the new key has signed. */
export function statementOf(text: string): KeyStatement | null {
  try {
    return JSON.parse(payloadOf(payloadOf(text))) as KeyStatement;
  } catch {
    return null;
  }
}

export type KeyState = 'signs' | 'announced' | 'past';
/** What became of the key of each statement, by the one that signs now. */
export function stateOf(statement: KeyStatement, all: readonly KeyStatement[], signs: string): KeyState {
  if (statement.key_id === signs) return 'signs';
  const now = all.find((s) => s.key_id === signs)?.number ?? 0;
  return statement.number < now ? 'past' : 'announced';
}

/** As it is read out: groups of four. */
export const spoken = (fingerprint: string) => fingerprint.match(/.{1,4}/g)?.join(' ') ?? '';
