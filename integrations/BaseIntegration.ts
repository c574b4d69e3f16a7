import { z } from 'zod';
import { describeAction, type Action, type ActionDescription } from './action.ts';
import type { Clock } from './clock.ts';
import { IntegrationError, type IntegrationErrorKind } from './errors.ts';
import type { Logger } from './logger.ts';
import type { Sleep, Stopwatch } from './retry.ts';

export type IntegrationCategory = 'crm';
export type AuthType = 'oauth2_client_credentials' | 'api_key';

export interface IntegrationDeps {
  clock: Clock;
  logger?: Logger | undefined;
  random?: (() => number) | undefined;
  sleep?: Sleep | undefined;
  stopwatch?: Stopwatch | undefined;
  /** Where the product's sandbox listens; needed by connections to it only. */
  sandbox?: { authUrl: string; apiUrl: string } | undefined;
}

export type ConnectionCheck =
  { ok: true; detail: string } | { ok: false; kind: IntegrationErrorKind; message: string };

export interface IntegrationDescription {
  id: string;
  name: string;
  description: string;
  category: IntegrationCategory;
  authType: AuthType;
  credentialSchema: z.core.JSONSchema.BaseSchema;
  actions: ActionDescription[];
}

/** What any integration declares: who it is, what it needs to connect, and what it can do in a flow. */
export abstract class BaseIntegration<Service> {
  abstract readonly id: string;
  abstract readonly name: string;
  abstract readonly description: string;
  abstract readonly category: IntegrationCategory;
  abstract readonly authType: AuthType;
  abstract readonly credentialSchema: z.ZodObject;
  abstract readonly actions: readonly Action<Service>[];

  /** The typed calls of one connection. Throws an IntegrationError of kind invalid for incomplete credentials. */
  abstract connect(credentials: unknown, deps: IntegrationDeps): Service;

  /** Proves that the connection works and says so in one sentence; throws an IntegrationError that names the remedy. */
  protected abstract probe(service: Service, signal?: AbortSignal): Promise<string>;

  /** Tries the credentials; a refusal is an answer, not an exception. */
  async checkConnection(
    credentials: unknown,
    deps: IntegrationDeps,
    signal?: AbortSignal,
  ): Promise<ConnectionCheck> {
    try {
      return { ok: true, detail: await this.probe(this.connect(credentials, deps), signal) };
    } catch (error) {
      if (!(error instanceof IntegrationError)) throw error;
      return { ok: false, kind: error.kind, message: error.message };
    }
  }

  /** The integration's entry in the catalogue. */
  describe(): IntegrationDescription {
    const { id, name, description, category, authType } = this;
    return {
      id,
      name,
      description,
      category,
      authType,
      credentialSchema: z.toJSONSchema(this.credentialSchema, { io: 'input' }),
      actions: this.actions.map((action) => describeAction(action)),
    };
  }
}
