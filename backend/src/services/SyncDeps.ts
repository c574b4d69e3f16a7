import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { Database } from '../repositories/database.ts';
import type { ConnectionService } from './ConnectionService.ts';
import type { CustomerStateService } from './CustomerStateService.ts';

/** What reading a tenant needs. */
export interface SyncDeps {
  database: Database;
  connections: ConnectionService;
  states: CustomerStateService;
  clock: Clock;
  /** Leases and durations are a matter of the machine's time, not of the product's. */
  systemClock: Clock;
  logger: Logger;
}
