import { join } from 'node:path';
import { startSandbox, type Sandbox } from '#integrations/crm/servicetitan/sandbox/startSandbox.ts';
import {
  DataFolderError,
  OldDataFolderError,
} from '#integrations/crm/servicetitan/sandbox/storage/DataFolder.ts';
import { systemClock, type Clock } from '../clock.ts';
import { ConfigError, type EmbeddedConfig } from '../config.ts';
import type { Logger } from '../logger.ts';
import { takeDataFolder } from './dataFolder.ts';
import { openEmbeddedDatabase, type EmbeddedDatabase } from './EmbeddedDatabase.ts';
import { loadEmbeddedSecrets, type EmbeddedSecrets } from './embeddedSecrets.ts';
import { startMailCatcher, type MailCatcher } from './MailCatcher.ts';
import { SandboxRemote } from './SandboxRemote.ts';

/** Everything that production gets from elsewhere, in this process, with its data in one folder. */
export interface EmbeddedStack {
  clock: Clock;
  secrets: EmbeddedSecrets;
  database: EmbeddedDatabase;
  /** Null when SMTP_URL names a server. */
  mail: MailCatcher | null;
  sandbox: SandboxRemote;
  sandboxUrls: { authUrl: string; apiUrl: string };
  /** Tells other processes of the same folder where this one listens. */
  announce(url: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts the database, the mail catcher and the sandbox, the last two only where no address was given. */
export async function openEmbeddedStack(config: EmbeddedConfig, logger: Logger): Promise<EmbeddedStack> {
  const folder = await takeDataFolder(config.dataDir);
  const opened: { close(): Promise<void> }[] = [{ close: () => folder.release() }];
  const close = async () => {
    for (const part of opened.toReversed()) await part.close();
  };
  try {
    const secrets = await loadEmbeddedSecrets(config.dataDir);
    const ownSandbox = config.sandboxUrls ? null : await openSandbox(config);
    if (ownSandbox) opened.push(ownSandbox);
    const sandboxUrls = config.sandboxUrls ?? {
      authUrl: ownSandbox?.url ?? '',
      apiUrl: ownSandbox?.url ?? '',
    };
    const sandbox = new SandboxRemote({ apiUrl: sandboxUrls.apiUrl, systemClock, logger });
    await sandbox.look();
    const database = await openEmbeddedDatabase(config.dataDir, secrets);
    opened.push(database);
    // This process is the only one that can have the database open: whoever held a lease is dead.
    await database.sql(
      `update public.flow_steps set leased_by = null, leased_until = null where leased_by is not null`,
    );
    await database.sql(
      `update public.messages set leased_by = null, leased_until = null where leased_by is not null`,
    );
    await database.sql(`delete from public.leases`);
    await database.sql(
      `update public.sync_cursors set holder = null, leased_until = null where holder is not null`,
    );
    const mail = config.smtpUrl
      ? null
      : await startMailCatcher({ folder: join(config.dataDir, 'mailbox'), clock: sandbox });
    if (mail) opened.push(mail);
    return {
      clock: sandbox,
      secrets,
      database,
      mail,
      sandbox,
      sandboxUrls,
      announce: (url) => folder.announce(url),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openSandbox(config: EmbeddedConfig): Promise<Sandbox> {
  try {
    return await startSandbox({
      port: 0,
      seed: config.sandboxSeed,
      customers: config.sandboxCustomers,
      dataDir: join(config.dataDir, 'sandbox'),
    });
  } catch (error) {
    if (!(error instanceof DataFolderError)) throw error;
    if (!(error instanceof OldDataFolderError)) throw new ConfigError(error.message, { cause: error });
    // The database next to it mirrors the sandbox's records: one without the other would not fit together.
    throw new ConfigError(
      `The sandbox in ${config.dataDir} was made by an earlier version and cannot be read any more.\nTo begin anew with all of the embedded data, start once with: npm start -- --fresh`,
      { cause: error },
    );
  }
}
