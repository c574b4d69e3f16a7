import { z } from 'zod';
import type { Action } from '#integrations/action.ts';
import { BaseIntegration } from '#integrations/BaseIntegration.ts';
import type { ConnectionDiagnosis } from '#integrations/ConnectionDiagnosis.ts';

/** What the fake product keeps. */
export interface FakeService {
  readonly said: string[];
}

/** A product that exists in tests only: what holds for it holds for any other. */
export class FakeIntegration extends BaseIntegration<FakeService> {
  override readonly id = 'fake';
  override readonly name = 'Fake product';
  override readonly description = 'Repeats what it is told.';
  override readonly category = 'crm';
  override readonly authType = 'api_key';
  override readonly credentialSchema = z.object({ key: z.string().meta({ title: 'Key' }) });
  override readonly actions: readonly Action<FakeService>[];
  readonly service: FakeService = { said: [] };

  constructor(actions: readonly Action<FakeService>[]) {
    super();
    this.actions = actions;
  }

  override connect(): FakeService {
    return this.service;
  }

  override diagnose(): Promise<ConnectionDiagnosis> {
    return Promise.resolve({
      verdict: 'working',
      headline: 'It works.',
      remedy: '',
      details: [],
      scopes: [],
      checkedAt: '2026-03-02T20:00:00.000Z',
      clockSkewMs: null,
      retryAt: null,
      requestIds: [],
    });
  }
}
