import { z } from 'zod';
import { webhookTypes } from '#integrations/crm/servicetitan/sandbox/webhooks/subscriptions.ts';
import type { Findings } from './Findings.ts';
import type { Schema } from './jsonSchema.ts';
import { RecordingServer } from './RecordingServer.ts';
import type { SandboxUnderTest } from './SandboxUnderTest.ts';
import type { Validator } from './Validator.ts';

const envelope = z.object({ type: z.string() });
const received = { status: 200, headers: {}, body: '' };

export interface WebhookInbox {
  /** Checks what has arrived against the vendor's CloudEvents, once nothing more is on its way. */
  check(deps: {
    validator: Validator;
    components: ReadonlyMap<string, Schema>;
    findings: Findings;
  }): Promise<void>;
  close(): Promise<void>;
}

/** Subscribes to every event of the sandbox. */
export async function openWebhookInbox({ sandbox }: SandboxUnderTest): Promise<WebhookInbox> {
  const server = new RecordingServer(() => Promise.resolve(received));
  const subscriptions = JSON.stringify([{ url: await server.open() }]);
  const reply = await fetch(`${sandbox.url}/_sandbox/webhooks`, { method: 'PUT', body: subscriptions });
  if (!reply.ok) throw new Error(`The sandbox refuses the subscription: ${await reply.text()}`);
  return {
    async check({ validator, components, findings }) {
      const settled = await fetch(`${sandbox.url}/_sandbox/webhooks/deliveries?settled=true`);
      await settled.arrayBuffer();
      const schemas = eventSchemas(components);
      const seen = new Set<string>();
      for (const { request } of server.take()) {
        const event: unknown = JSON.parse(request.body);
        const { type } = envelope.parse(event);
        seen.add(type);
        const schema = schemas.get(type.replace(/^tn\.\w+\./, ''));
        const unknown = [`the vendor's documents have no event ${type}`];
        findings.check(type, 'webhook', schema ? validator.problems(schema, event) : unknown);
      }
      for (const type of webhookTypes) {
        findings.check(
          type,
          'webhook coverage',
          seen.has(type) ? [] : ['none was delivered, so none was checked'],
        );
      }
    },
    close: () => server.close(),
  };
}

/** The schema of each event by its name without the module: `job-scheduled` for `…Webhook.JobScheduledWebhookEvent`. */
export function eventSchemas(components: ReadonlyMap<string, Schema>): Map<string, Schema> {
  return new Map(
    [...components.keys()].flatMap((reference): [string, Schema][] => {
      const [, name] = /\/CloudEvent_Of_.*\.(\w+?)(?:Webhook)?(?:Event)?(?:Payload)?$/.exec(reference) ?? [];
      if (name === undefined) return [];
      const words = name.replace(/Webhook$/, '').replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-');
      return [[words.toLowerCase(), { $ref: reference }]];
    }),
  );
}
