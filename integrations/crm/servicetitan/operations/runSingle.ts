import type { z } from 'zod';
import { IntegrationError } from '../../../errors.ts';
import { summarize } from '../failures.ts';
import type { CallPriority } from '../../../calls/callPriority.ts';
import type { ServiceTitanTransport } from '../ServiceTitanTransport.ts';
import { fillPath, readQuery, type CallInput, type CallSettings } from './address.ts';
import type { Calls } from './calls.ts';
import { lookUps } from './lookUps.ts';
import type { SingleOperation } from './operation.ts';
import { sendOnce } from './sendOnce.ts';

export interface CallOptions {
  /** Who waits for it; what the transport was made for if not said. */
  priority?: CallPriority | undefined;
  signal?: AbortSignal | undefined;
}

interface Deps {
  transport: ServiceTitanTransport;
  settings: CallSettings;
  calls: Calls;
}

/**
 * One call with one answer. A write whose answer was lost is looked up before it is sent again; where nothing tells
 * whether it was done, the error says so (`outcomeUnknown`) and a person has to look.
 */
export async function runSingle<Reply>(
  deps: Deps,
  call: {
    name: string;
    operation: SingleOperation<string, z.ZodType | undefined, z.ZodType<Reply>>;
    input: CallInput;
    options: CallOptions;
  },
): Promise<Reply> {
  const { name, operation, input, options } = call;
  const lookUp = lookUps[name];
  const request = prepare(deps.settings, operation, input);
  const send = () => deps.transport.request({ ...request, schema: operation.reply, ...options });
  if (operation.repeatable || !lookUp) return await send();
  const startedAt = deps.transport.clock.now();
  return await sendOnce(deps.transport, {
    what: operation.path,
    send,
    find: async () => {
      const found = await lookUp.find(deps.calls, { input, startedAt, options });
      return found.done ? { reply: operation.reply.parse(found.reply) } : undefined;
    },
    isExact: lookUp.isExact,
    signal: options.signal,
  });
}

function prepare(settings: CallSettings, operation: SingleOperation, input: CallInput) {
  const { method, repeatable } = operation;
  return {
    method,
    path: fillPath(operation.path, input, settings),
    what: operation.path,
    query: readQuery(operation.query, { path: operation.path, input }),
    body: operation.body && readBody(operation.body, { path: operation.path, body: input['body'] }),
    repeatable,
  };
}

function readBody(schema: z.ZodType, { path, body }: { path: string; body: unknown }): unknown {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new IntegrationError(
    'invalid',
    `Complete what ${path} needs: ${summarize(parsed.error).join('; ')}.`,
  );
}
