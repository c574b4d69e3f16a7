import { randomUUID } from 'node:crypto';
import type { ConnectionDiagnosis } from '#integrations/ConnectionDiagnosis.ts';
import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { Database } from '../repositories/database.ts';
import { saveDiagnosis } from '../repositories/diagnosisRepository.ts';
import {
  acquireLease,
  insertAudit,
  insertChangeEvent,
  releaseLease,
} from '../repositories/workspaceRepository.ts';
import type { ConnectionService } from './ConnectionService.ts';

/** Longer than a diagnosis can take, so that it only runs out where the process died. */
const leaseSeconds = 60;

interface DiagnosisDeps {
  database: Database;
  connections: ConnectionService;
  clock: Clock;
  /** Leases are a matter of the machine's time, not of the product's. */
  systemClock: Clock;
}

/** Checks connections on demand, one check of each at a time, and keeps what was found. */
export class DiagnosisService {
  readonly #deps: DiagnosisDeps;

  constructor(deps: DiagnosisDeps) {
    this.#deps = deps;
  }

  /** Throws conflict while another check of the connection is under way. */
  async diagnose(workspaceId: string, connectionId: string, actor: string): Promise<ConnectionDiagnosis> {
    const { database, connections, clock, systemClock } = this.#deps;
    const connection = await connections.require(workspaceId, connectionId);
    const lease = { name: `diagnosis:${connectionId}`, holder: randomUUID(), seconds: leaseSeconds };
    if (!(await acquireLease(database, { ...lease, systemNow: systemClock.now() }))) {
      throw new AppError(
        'conflict',
        `${connection.name} is being checked already. Wait for the result; it takes half a minute at most.`,
      );
    }
    try {
      const diagnosis = await connections.diagnose(connectionId);
      await saveDiagnosis(database, connectionId, diagnosis);
      const now = clock.now();
      const subject = `connection:${connectionId}`;
      await insertAudit(database, { workspaceId, actor, action: 'connection.diagnose', subject }, now);
      await insertChangeEvent(database, { workspaceId, type: 'connection', payload: { connectionId } }, now);
      return diagnosis;
    } finally {
      await releaseLease(database, lease.name, lease.holder);
    }
  }
}
