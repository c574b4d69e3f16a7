import { defineAction } from '../../../action.ts';
import type { ServiceTitanService } from '../ServiceTitanService.ts';
import { tagInput, tagOutput, tagScopes, tagTarget } from './tagFields.ts';

/** Tags are a set: a try after a lost answer finds the tag gone, or takes it away. */
export const removeTagAction = defineAction<ServiceTitanService, typeof tagInput, typeof tagOutput>({
  id: 'servicetitan_remove_tag',
  title: 'Remove tag',
  description: 'Takes a tag off the customer or the job.',
  category: 'Customers',
  effect: 'write',
  scopes: tagScopes,
  input: tagInput,
  output: tagOutput,
  run: async ({ service, signal }, given) =>
    await service.changeTags({ target: tagTarget(given), tagTypeId: given.tagTypeId, how: 'remove' }, signal),
});
