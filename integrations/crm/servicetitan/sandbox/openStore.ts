import type { Clock } from '#integrations/clock.ts';
import { generateTenant } from './generator/generateTenant.ts';
import { Journal } from './Journal.ts';
import { journalEntry, journalHeader, type JournalHeader } from './journalEntries.ts';
import { MovableClock } from './MovableClock.ts';
import type { SandboxLogger } from './SandboxLogger.ts';
import { Store } from './Store.ts';
import type { SandboxTenant } from './tenants.ts';

export interface StoreOptions {
  readonly seed: number;
  readonly customers: number;
  readonly dataDir: string | null;
  readonly baseClock: Clock;
  readonly start: Date | null;
  readonly isFrozen: boolean;
  readonly tenants: readonly SandboxTenant[];
  readonly logger: SandboxLogger;
}

/** A store filled from its seed and, where there is a data folder, brought to where its journal left off. */
export async function openStore(options: StoreOptions): Promise<{ store: Store; seed: number }> {
  const { dataDir } = options;
  const store: Store = new Store(
    new MovableClock(options.baseClock, ({ frozenAt, offsetMs }) =>
      store.note({ kind: 'clock', frozenAt, offsetMs }),
    ),
  );
  const anchor = options.start ?? options.baseClock.now();
  store.clock.startAt(anchor, options);
  const opened = dataDir === null ? null : await Journal.open(dataDir);
  const [first, ...rest] = opened?.entries ?? [];
  const header = first === undefined ? newHeader(options, anchor) : journalHeader.parse(first);
  if (header.seed !== options.seed || header.customers !== options.customers) {
    const { seed, customers } = header;
    options.logger.warn(
      { dataDir, seed, customers },
      'the data folder goes on with the seed it was made with',
    );
  }
  for (const [index, info] of options.tenants.entries()) {
    const { records } = store.putTenant(info);
    const { seed, customers } = header;
    generateTenant(records, { tenant: info, index, seed, customers, anchor: new Date(header.anchor) });
  }
  for (const entry of rest) store.replay(journalEntry.parse(entry));
  if (opened) {
    if (first === undefined) {
      opened.journal.append(header);
      const { frozenAt, offsetMs } = store.clock.state;
      opened.journal.append({ kind: 'clock', frozenAt, offsetMs });
    }
    store.keepIn(opened.journal);
    await store.flush();
  }
  return { store, seed: header.seed };
}

function newHeader({ seed, customers }: StoreOptions, anchor: Date): JournalHeader {
  return { kind: 'sandbox', format: 1, seed, customers, anchor: anchor.toISOString() };
}
