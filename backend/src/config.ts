import { resolve } from 'node:path';
import { z } from 'zod';
import { readAllowedNetwork, type AllowedNetwork } from '#integrations/chou/addressGuard.ts';

const port = z.coerce
  .number({ error: 'must be a port number from 0 to 65535' })
  .int('must be a port number from 0 to 65535')
  .min(0, 'must be a port number from 0 to 65535')
  .max(65_535, 'must be a port number from 0 to 65535');
const wholeNumber = z.coerce.number({ error: 'must be a whole number' }).int('must be a whole number');
const url = z.url({ protocol: /^https?$/, error: 'must be an http or https address' });

const environment = z.object({
  PORT: port.default(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  CHOU_APP_URL: url.optional(),
  CHOU_DATA_DIR: z.string().min(1).default('.chou'),
  CHOU_ENCRYPTION_KEY: z
    .string()
    .refine((key) => Buffer.from(key, 'base64').length === 32, {
      message: 'must be 32 random bytes in base64 (make one with: openssl rand -base64 32)',
    })
    .optional(),
  CHOU_HTTP_ALLOW: z
    .string()
    .transform((text, context): AllowedNetwork[] => {
      try {
        return text.split(',').map((network) => readAllowedNetwork(network));
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        context.addIssue({
          code: 'custom',
          message: 'must name addresses or networks, such as 127.0.0.1:8099, 10.1.0.0/16',
        });
        return z.NEVER;
      }
    })
    .optional(),
  CHOU_OWNER_EMAIL: z.email('must be the e-mail address of the first owner').optional(),
  CHOU_SANDBOX_CUSTOMERS: wholeNumber
    .min(0, 'must be 0 or more')
    .max(100_000, 'must be 100000 or less')
    .default(200),
  CHOU_SANDBOX_SEED: wholeNumber.default(1),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], {
      error: 'must be fatal, error, warn, info, debug or silent',
    })
    .optional(),
  SERVICETITAN_AUTH_URL: url.optional(),
  SERVICETITAN_API_URL: url.optional(),
  SERVICETITAN_TIMEOUT_SECONDS: z.coerce
    .number({ error: 'must be a number of seconds' })
    .min(1, 'must be 1 or more')
    .max(100, 'must be 100 or less: ServiceTitan itself gives up then')
    .default(60),
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'must be an smtp:// or smtps:// address' }).optional(),
  SUPABASE_URL: url.optional(),
  SUPABASE_ANON_KEY: z.string().min(1).optional(),
  SUPABASE_SERVICE_ROLE_KEY: z.string().min(1).optional(),
  TRIGGER_SECRET_KEY: z.string().min(1).optional(),
});

/** The variables that are looked at. */
export const environmentVariables: readonly string[] = Object.keys(environment.shape);

interface CommonConfig {
  port: number;
  host: string;
  /** The public address; null: wherever the server ends up listening. */
  appUrl: string | null;
  logLevel: string;
  /** Where connections of the sandbox environment go; null: nowhere, or to the embedded sandbox. */
  sandboxUrls: { authUrl: string; apiUrl: string } | null;
  /** How long one answer of ServiceTitan may take. */
  serviceTitanTimeoutMs: number;
  smtpUrl: string | null;
  encryptionKey: string | null;
  /** Networks of one's own that flows may call. */
  httpAllow?: readonly AllowedNetwork[];
  ownerEmail: string;
}

export interface EmbeddedConfig extends CommonConfig {
  mode: 'embedded';
  dataDir: string;
  sandboxCustomers: number;
  sandboxSeed: number;
}

interface ProductionConfig extends CommonConfig {
  mode: 'production';
  supabaseUrl: string;
  supabaseAnonKey: string;
  supabaseServiceRoleKey: string;
  encryptionKey: string;
  smtpUrl: string;
  /** Trigger.dev runs the schedules; otherwise this process does. */
  triggerDev: boolean;
}

export type Config = EmbeddedConfig | ProductionConfig;

/** The environment is not usable as it is; the message names each variable and what it must be. */
export class ConfigError extends Error {}

/** Reads the environment: with SUPABASE_URL set it is production, else embedded. The only place that looks at it. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    throw new ConfigError(
      parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('\n'),
    );
  }
  const values = parsed.data;
  if ((values.SERVICETITAN_AUTH_URL === undefined) !== (values.SERVICETITAN_API_URL === undefined)) {
    throw new ConfigError(
      'SERVICETITAN_AUTH_URL and SERVICETITAN_API_URL belong together: set both or neither.',
    );
  }
  const common = {
    port: values.PORT,
    host: values.HOST,
    appUrl: values.CHOU_APP_URL?.replace(/\/+$/, '') ?? null,
    sandboxUrls:
      values.SERVICETITAN_AUTH_URL && values.SERVICETITAN_API_URL
        ? { authUrl: values.SERVICETITAN_AUTH_URL, apiUrl: values.SERVICETITAN_API_URL }
        : null,
    serviceTitanTimeoutMs: values.SERVICETITAN_TIMEOUT_SECONDS * 1000,
    httpAllow: values.CHOU_HTTP_ALLOW ?? [],
  };
  if (values.SUPABASE_URL === undefined) {
    return {
      ...common,
      mode: 'embedded',
      logLevel: values.LOG_LEVEL ?? 'warn',
      dataDir: resolve(values.CHOU_DATA_DIR),
      sandboxCustomers: values.CHOU_SANDBOX_CUSTOMERS,
      sandboxSeed: values.CHOU_SANDBOX_SEED,
      smtpUrl: values.SMTP_URL ?? null,
      encryptionKey: values.CHOU_ENCRYPTION_KEY ?? null,
      ownerEmail: values.CHOU_OWNER_EMAIL ?? 'owner@demo.example',
    };
  }
  const required = (name: keyof typeof values): string => {
    const value = values[name];
    if (typeof value === 'string') return value;
    throw new ConfigError(
      `${name} must be set, because SUPABASE_URL is: that makes it a production installation.`,
    );
  };
  return {
    ...common,
    mode: 'production',
    appUrl: required('CHOU_APP_URL').replace(/\/+$/, ''),
    logLevel: values.LOG_LEVEL ?? 'info',
    supabaseUrl: values.SUPABASE_URL,
    supabaseAnonKey: required('SUPABASE_ANON_KEY'),
    supabaseServiceRoleKey: required('SUPABASE_SERVICE_ROLE_KEY'),
    encryptionKey: required('CHOU_ENCRYPTION_KEY'),
    smtpUrl: required('SMTP_URL'),
    ownerEmail: required('CHOU_OWNER_EMAIL'),
    triggerDev: values.TRIGGER_SECRET_KEY !== undefined,
  };
}
