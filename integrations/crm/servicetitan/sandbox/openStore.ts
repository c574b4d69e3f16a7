import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '#integrations/clock.ts';
import { generateTenant } from './generator/generateTenant.ts';
import { MovableClock } from './MovableClock.ts';
import type { SandboxLogger } from './SandboxLogger.ts';
import { Database } from './storage/Database.ts';
import { DataFolder } from './storage/DataFolder.ts';
import { type Origin, origin, SavedState } from './storage/SavedState.ts';
import { Store } from './Store.ts';
import type { SandboxTenant } from './tenants.ts';

export interface StoreOptions {
  readonly seed: number;
  readonly customers: number;
  readonly years: number;
  readonly dataDir: string | null;
  readonly baseClock: Clock;
  readonly start: Date | null;
  readonly isFrozen: boolean;
  readonly tenants: readonly SandboxTenant[];
  readonly logger: SandboxLogger;
}

const clockState = z.object({ frozenAt: z.iso.datetime().nullable(), offsetMs: z.number() });

/** A store filled from its seed or, where the data folder has one already, as it was left. */
export function openStore(options: StoreOptions): { store: Store; seed: number } {
  const anchor = options.start ?? options.baseClock.now();
  const { database, release } = openDatabase(options, anchor);
  const made = fill(database, options, anchor);
  warnOfOtherOrigin(made, options);
  const saved = new SavedState(database);
  const clock = new MovableClock(options.baseClock, (state) => saved.set('clock', state));
  const state = saved.get('clock', clockState);
  if (state) clock.restore(state);
  else clock.startAt(anchor, options);
  saved.set('clock', clock.state);
  const epoch = saved.get('epoch', z.string()) ?? newEpoch(made, options.dataDir);
  saved.set('epoch', epoch);
  return { store: new Store({ clock, database, saved, epoch, release }), seed: made.seed };
}

/** Data in a folder is like no other. What is forgotten at the end is the same again from the same seed and moment. */
function newEpoch(made: Origin, dataDir: string | null): string {
  if (dataDir !== null) return randomUUID();
  return createHash('sha256').update(JSON.stringify(made)).digest('hex');
}

function openDatabase(options: StoreOptions, anchor: Date): { database: Database; release: () => void } {
  if (options.dataDir === null) return { database: Database.temporary(), release: () => {} };
  const folder = new DataFolder(options.dataDir);
  try {
    const database = folder.open((unfinished) => void fill(unfinished, options, anchor));
    return { database, release: () => folder.close() };
  } catch (error) {
    folder.close();
    throw error;
  }
}

/** Generates the tenants that the database lacks; tells what it grew from. */
function fill(database: Database, options: StoreOptions, anchor: Date): Origin {
  const saved = new SavedState(database);
  const { seed, customers, years, tenants, logger } = options;
  const made = saved.get('origin', origin) ?? { seed, customers, years, anchor: anchor.toISOString() };
  saved.set('origin', made);
  const known = new Set(saved.tenants().map(({ id }) => id));
  for (const [index, tenant] of tenants.entries()) {
    if (known.has(tenant.id)) continue;
    database.transaction(() => {
      generateTenant(database, { ...made, tenant, index, anchor: new Date(made.anchor), logger });
      saved.putTenant(tenant);
    });
  }
  return made;
}

function warnOfOtherOrigin({ seed, customers, years }: Origin, options: StoreOptions): void {
  if (seed === options.seed && customers === options.customers && years === options.years) return;
  const { dataDir } = options;
  options.logger.warn(
    { dataDir, seed, customers, years },
    'the data folder goes on with the seed it was made with',
  );
}
