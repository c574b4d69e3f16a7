import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import {
  closeAlert,
  listAlerts,
  listDueDigests,
  markMailed,
  type Digest,
} from '../repositories/alertRepository.ts';
import type { Database } from '../repositories/database.ts';
import { parkStuckRuns, type StuckPage } from '../repositories/runMendRepository.ts';
import type { AlertsReply } from '../schemas/runApi.ts';
import type { TeamMailer } from './TeamMailer.ts';

const mostShown = 200;
const mostNamed = 20;
const pageSize = 1000;

export interface AlertDeps {
  database: Database;
  clock: Clock;
  logger: Logger;
  mailer: Pick<TeamMailer, 'send'>;
  appUrl: () => string;
}

/** What somebody has to see to: shown until it is seen to, and told to owners and administrators, once a day at the most. */
export class AlertService {
  readonly #deps: AlertDeps;

  constructor(deps: AlertDeps) {
    this.#deps = deps;
  }

  async list(workspaceId: string): Promise<AlertsReply> {
    return { alerts: await listAlerts(this.#deps.database, workspaceId, mostShown) };
  }

  async close(workspaceId: string, alertId: string, actor: string): Promise<void> {
    const { database, clock } = this.#deps;
    const isThere = await closeAlert(database, { workspaceId, alertId, actor, now: clock.now() });
    if (!isThere) throw new AppError('not_found', 'This alert does not exist.');
  }

  /** Mails what is to be told now; what cannot be sent is tried again with the next round. Answers how many workspaces were told. */
  async mailDigests(): Promise<number> {
    const { database, clock, logger } = this.#deps;
    let told = 0;
    for (const digest of await listDueDigests(database, clock.now())) {
      try {
        await this.#mail(digest);
        told += 1;
      } catch (error) {
        logger.warn({ err: error, workspaceId: digest.workspaceId }, 'Alerts could not be mailed.');
      }
    }
    return told;
  }

  /** Looks through all runs under way for those that nothing would ever go on with; answers how many it parked. */
  async findStuckRuns(): Promise<number> {
    const { database, clock } = this.#deps;
    let parked = 0;
    for (let after: StuckPage | null = null; ;) {
      const page: StuckPage = await parkStuckRuns(database, { after, limit: pageSize, now: clock.now() });
      parked += page.parked;
      if (page.looked < pageSize) return parked;
      after = page;
    }
  }

  async #mail({ workspaceId, alerts }: Digest): Promise<void> {
    const { database, clock, mailer, appUrl } = this.#deps;
    const [first] = alerts;
    if (!first) return;
    await mailer.send({
      workspaceId,
      runId: null,
      // A second try, after a crash, is the same mail.
      key: `alerts:${first.id}`,
      to: { roles: ['owner', 'admin'], members: [] },
      subject:
        alerts.length === 1
          ? 'A flow needs your attention'
          : `${alerts.length} runs of flows need your attention`,
      text: wordsOf(alerts, appUrl()),
      link: null,
    });
    await markMailed(
      database,
      alerts.map(({ id }) => id),
      clock.now(),
    );
  }
}

function wordsOf(alerts: Digest['alerts'], appUrl: string): string {
  const groups = Map.groupBy(alerts, ({ flowName, message }) => `${flowName ?? 'A flow'}: ${message}`);
  const lines = [...groups].map(([words, same]) =>
    same.length === 1 ? words : `${words} (${same.length} runs)`,
  );
  const more = lines.length > mostNamed ? [`And ${lines.length - mostNamed} more.`] : [];
  return [
    'These runs are parked until somebody sees to them:',
    ...lines.slice(0, mostNamed),
    ...more,
    `Try them again, skip the step or cancel them: ${appUrl}/runs?status=parked`,
  ].join('\n\n');
}
