import type { Access, ScopeFinding, Verdict } from '../../../ConnectionDiagnosis.ts';
import { permissions, type Permission } from './permissions.ts';

/** The matrix of permissions, from what was read and what the token states. Writing is never tried. */
export function judgeScopes(
  reads: ReadonlyMap<Permission, Access>,
  stated: readonly string[],
): ScopeFinding[] {
  return permissions.map((permission) => {
    const { resource, probe, essential } = permission;
    const scope = `tn.${probe.scope}`;
    const read = reads.get(permission) ?? 'unknown';
    const write = writeAccess({ scope, read, stated });
    const needs = [
      { name: 'read' as const, access: read, need: permission.read },
      ...(permission.write ? [{ name: 'write' as const, access: write, need: permission.write }] : []),
    ];
    return {
      resource,
      scope,
      read,
      write,
      essential,
      needs: needs.map(({ name }) => name),
      neededFor: needs.map(({ need }) => need.neededFor),
      off: needs.filter(({ access }) => access === 'missing').map(({ need }) => need.without),
    };
  });
}

function writeAccess({
  scope,
  read,
  stated,
}: {
  scope: string;
  read: Access;
  stated: readonly string[];
}): Access {
  if (stated.includes(`${scope}:w`)) return 'granted';
  if (stated.length === 0) return 'unknown';
  // That it may be read although the token does not say so shows that it goes by another name there; where reading
  // tells nothing, it may.
  const mayGoByAnotherName = read !== 'missing' && !stated.includes(`${scope}:r`);
  return mayGoByAnotherName ? 'unknown' : 'missing';
}

/** The vendor's names of the scopes that are needed and missing; of essential ones only where asked so. */
export function missingScopes(
  scopes: readonly ScopeFinding[],
  { essential }: { essential: boolean },
): string[] {
  return scopes.flatMap((finding) => {
    if (essential) return finding.essential && finding.read === 'missing' ? [`${finding.scope}:r`] : [];
    return finding.needs
      .filter((need) => finding[need] === 'missing')
      .map((need) => `${finding.scope}:${need === 'read' ? 'r' : 'w'}`);
  });
}

/** What the matrix comes to; null where nothing needed is missing. */
export function verdictOfScopes(scopes: readonly ScopeFinding[]): Verdict | null {
  const essential = scopes.filter((finding) => finding.essential);
  if (scopes.every(({ read }) => read === 'missing')) return 'no_access';
  if (essential.some(({ read }) => read === 'missing')) return 'missing_scope';
  if (essential.some(({ read }) => read === 'unknown')) return 'outage';
  return missingScopes(scopes, { essential: false }).length > 0 ? 'limited' : null;
}
