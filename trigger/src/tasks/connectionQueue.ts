import { concurrencyLimit, queue } from '@trigger.dev/sdk';

/** The line in which the reads of all connections stand, and the derivations that follow them. */
export const connectionQueue = queue({ name: 'servicetitan' });

/**
 * One after the other for each concurrency key, which is the connection: the reads of a tenant go in read order, and
 * a slow tenant holds up nobody else. The database would keep them apart all the same.
 */
export const onePerConnection = concurrencyLimit({ name: 'servicetitan-connection', perKey: 1 });
