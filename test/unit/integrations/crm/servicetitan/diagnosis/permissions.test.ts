import { expect, test } from 'vitest';
import { permissions } from '#integrations/crm/servicetitan/diagnosis/permissions.ts';
import { resourceSources, type ResourceSource } from '#integrations/crm/servicetitan/resources.ts';
import { ServiceTitanIntegration } from '#integrations/crm/servicetitan/ServiceTitanIntegration.ts';

const needs = permissions.flatMap(({ probe, read, write }) => [
  { scope: `tn.${probe.scope}:r`, neededFor: read.neededFor },
  ...(write ? [{ scope: `tn.${probe.scope}:w`, neededFor: write.neededFor }] : []),
]);

const actions = new ServiceTitanIntegration().actions.filter(({ effect }) => effect !== 'state');

test.each(actions.map((action) => [action.title, action] as const))(
  'what the action “%s” needs is among the permissions, with its name',
  (title, { scopes = [] }) => {
    expect(scopes.length).toBeGreaterThan(0);
    const known = needs.filter(({ scope }) => scopes.includes(scope));
    expect(known.map(({ scope }) => scope).toSorted()).toEqual([...scopes].toSorted());
    expect(known.map(({ neededFor }) => neededFor).join()).toContain(`“${title}”`);
  },
);

test('everything that is mirrored has a permission', () => {
  const scopes = permissions.map(({ probe }) => probe.scope);
  for (const { feed, list } of Object.values<ResourceSource>(resourceSources)) {
    for (const operation of [feed, list]) if (operation) expect(scopes).toContain(operation.scope);
  }
});
