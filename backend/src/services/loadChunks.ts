import type { Database } from '../repositories/database.ts';
import { loadChunk, type Derivation, type LoadedDerivation } from '../repositories/derivationRepository.ts';

export const chunkCustomers = 750;

/**
 * All that a connection's journeys are derived from, in parts: every record is in exactly one, together with all that it is
 * linked to, so that each part is a closed set. Only one part is held at a time.
 */
export async function* loadChunks(database: Database, connectionId: string): AsyncGenerator<Derivation> {
  for await (const { closure } of loadWhole(database, connectionId)) yield closure;
}

/** As loadChunks, with the settings and with what waits to be derived. */
export async function* loadWhole(database: Database, connectionId: string): AsyncGenerator<LoadedDerivation> {
  let position = { phase: 1, recordId: 0 };
  for (;;) {
    const loaded = await loadChunk(database, connectionId, { rule: 'all', position, limit: chunkCustomers });
    yield loaded;
    if (!loaded.walk?.next) return;
    position = loaded.walk.next;
  }
}
