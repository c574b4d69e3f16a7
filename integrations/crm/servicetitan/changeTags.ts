import { z } from 'zod';
import { IntegrationError } from '../../errors.ts';
import type { Reader } from './lists.ts';
import { fillPath } from './operations/address.ts';
import { operations } from './operations/operations.ts';
import type { CallOptions } from './operations/runSingle.ts';
import { id } from './operations/values.ts';

export interface TagChange {
  target: { customerId: number } | { jobId: number };
  tagTypeId: number;
  how: 'add' | 'remove';
}

export interface TagsAfter {
  tagTypeIds: number[];
  /** False when it was so already. */
  changed: boolean;
}

const tagged = z.object({ tagTypeIds: z.array(id) });

/**
 * Adds a tag to a customer or job, or takes it away. Tags are a set: doing it again changes nothing, so a lost answer is
 * met by asking again. A job's tags can be written all at once only: what somebody else changes between reading and
 * writing them, a moment, is lost.
 */
export async function changeTags(
  reader: Reader,
  { change, options }: { change: TagChange; options: CallOptions },
): Promise<TagsAfter> {
  const before = await readTags(reader, change, options);
  if (isAsWanted(before, change)) return { tagTypeIds: before, changed: false };
  const after =
    change.how === 'add'
      ? [...before, change.tagTypeId]
      : before.filter((tagTypeId) => tagTypeId !== change.tagTypeId);
  try {
    await send(reader, { change, after, options });
  } catch (error) {
    if (!(error instanceof IntegrationError) || error.status !== 409) throw error;
    // ServiceTitan does not say what its conflicts are about: what counts is how the record stands.
    const found = await readTags(reader, change, options);
    if (isAsWanted(found, change)) return { tagTypeIds: found, changed: true };
    throw new IntegrationError(
      'unavailable',
      'Somebody else is changing this record in ServiceTitan: its tags are changed in a moment.',
      { status: error.status, requestId: error.requestId, cause: error },
    );
  }
  return { tagTypeIds: after, changed: true };
}

function isAsWanted(tagTypeIds: readonly number[], { tagTypeId, how }: TagChange): boolean {
  return tagTypeIds.includes(tagTypeId) === (how === 'add');
}

async function readTags(
  { transport, settings }: Reader,
  { target }: TagChange,
  options: CallOptions,
): Promise<number[]> {
  const [operation, record] =
    'customerId' in target ? [operations.getCustomer, target.customerId] : [operations.getJob, target.jobId];
  const { method, path } = operation;
  const row = await transport.request({
    method,
    path: fillPath(path, { id: record }, settings),
    what: path,
    schema: tagged,
    repeatable: true,
    ...options,
  });
  return row.tagTypeIds;
}

async function send(
  { transport, settings }: Reader,
  {
    change: { target, tagTypeId, how },
    after,
    options,
  }: { change: TagChange; after: number[]; options: CallOptions },
): Promise<void> {
  const isOfCustomer = 'customerId' in target;
  const ofCustomer = how === 'add' ? operations.addTags : operations.removeTags;
  const { method, path } = isOfCustomer ? ofCustomer : operations.updateJob;
  await transport.request({
    method,
    path: fillPath(path, isOfCustomer ? {} : { id: target.jobId }, settings),
    what: path,
    body: isOfCustomer
      ? { customerIds: [target.customerId], tagTypeIds: [tagTypeId] }
      : { tagTypeIds: after },
    schema: z.unknown(),
    repeatable: true,
    ...options,
  });
}
