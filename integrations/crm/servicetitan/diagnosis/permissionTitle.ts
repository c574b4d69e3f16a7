import { scopeOf } from '../scopes.ts';
import { permissions } from './permissions.ts';

/** A permission in the words of the screens, by ServiceTitan's name of it: "Reading leads". */
export function permissionTitle(scope: string): string {
  const [name = '', way] = scope.split(':');
  const known = permissions.find(({ probe }) => scopeOf(probe) === `${name}:r`);
  const resource = known ? lowered(known.resource) : 'something else in ServiceTitan';
  return `${way === 'w' ? 'Writing' : 'Reading'} ${resource}`;
}

function lowered(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1);
}
