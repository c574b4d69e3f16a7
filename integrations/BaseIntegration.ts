import { z } from 'zod';
import { describeAction, type Action, type ActionDescription } from './action.ts';
import type { CallPriority } from './calls/callPriority.ts';
import type { SharedCalls } from './calls/SharedCalls.ts';
import type { Clock } from './clock.ts';
import { verdictKinds, type ConnectionDiagnosis } from './ConnectionDiagnosis.ts';
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
  /** How long one answer may take. */
  timeoutMs?: number | undefined;
  /** What this connection's client has in common with others: tokens, the rate budget, circuits. */
  shared?: SharedCalls | undefined;
  /** The connection whose circuit the client's failures count for. */
  connectionId?: string | undefined;
  /** Whose calls these are; a flow's unless something else is said. */
  priority?: CallPriority | undefined;
  /** Where the product's sandbox listens; needed by connections to it only. */
  sandbox?: { authUrl: string; apiUrl: string } | undefined;
}

export type ConnectionCheck =
  | { ok: true; detail: string; diagnosis: ConnectionDiagnosis }
  | { ok: false; kind: IntegrationErrorKind; message: string; diagnosis: ConnectionDiagnosis | null };

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

  /** Tells why the connection works or does not. Throws an IntegrationError of kind invalid for incomplete credentials. */
  abstract diagnose(
    credentials: unknown,
    deps: IntegrationDeps,
    signal?: AbortSignal,
  ): Promise<ConnectionDiagnosis>;

  /** Tries the credentials; a refusal is an answer, not an exception. */
  async checkConnection(
    credentials: unknown,
    deps: IntegrationDeps,
    signal?: AbortSignal,
  ): Promise<ConnectionCheck> {
    try {
      const diagnosis = await this.diagnose(credentials, deps, signal);
      const kind = verdictKinds[diagnosis.verdict];
      if (kind === null) return { ok: true, detail: diagnosis.headline, diagnosis };
      const message = [diagnosis.headline, ...diagnosis.details.slice(0, 1), diagnosis.remedy].join(' ');
      return { ok: false, kind, message, diagnosis };
    } catch (error) {
      if (!(error instanceof IntegrationError)) throw error;
      return { ok: false, kind: error.kind, message: error.message, diagnosis: null };
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
