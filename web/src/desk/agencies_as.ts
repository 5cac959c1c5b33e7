// The agencies that a person works for in some roles, and which of them a page is about.
import { useMemo } from 'react';
import { useAgencies } from '../api/queries';
import { useAccount } from '../api/session';

/** `wanted`: from the address; another's, or none, gives the first of one's own ('' without any). */
export function useAgenciesAs(roles: readonly string[], wanted: string | undefined) {
  const account = useAccount();
  const { data } = useAgencies();
  const names = useMemo(() => new Map((data ?? []).map((a) => [a.id, a.name])), [data]);
  const mine = useMemo(() => [...new Set(account.grants.filter((g) => roles.includes(g.role) && g.agency).map((g) => g.agency!))], [account.grants, roles]);
  return { names, mine, agency: wanted && mine.includes(wanted) ? wanted : (mine[0] ?? '') };
}
