import { parseJson } from '#integrations/http.ts';
import { z } from 'zod';
import type { Pair } from './checkDeclarations.ts';
import { exchangeProblems } from './exchangeProblems.ts';
import type { Findings } from './Findings.ts';
import { KnownRows } from './KnownRows.ts';
import type { Resolve } from './randomDocuments.ts';
import type { Exchange } from './RecordingServer.ts';
import { openSandbox } from './SandboxUnderTest.ts';
import { readEverything } from './sandboxReads.ts';
import { provokeRefusals } from './sandboxRefusals.ts';
import { makeWrites, pairOf, provokeConflicts } from './sandboxWrites.ts';
import { actAsOffice } from './officeActs.ts';
import type { OpenApiDocuments } from './OpenApiDocuments.ts';
import { openWebhookInbox } from './webhookInbox.ts';
import type { Validator } from './Validator.ts';

/** Checks every answer of the sandbox, as it is on the wire, against the vendor's schema of its status. */
export async function checkSandbox(
  pairs: readonly Pair[],
  deps: {
    documents: OpenApiDocuments;
    validator: Validator;
    resolve: Resolve;
    seed: number;
    findings: Findings;
  },
): Promise<void> {
  const { validator, seed, findings } = deps;
  const under = await openSandbox(seed);
  const inbox = await openWebhookInbox(under);
  const answered = new Set<string>();
  const inspectAll = (exchanges: readonly Exchange[]) => {
    for (const exchange of exchanges) {
      const pair = pairOf(exchange, pairs);
      const name = pair?.name ?? `${exchange.request.method} ${exchange.request.path}`;
      const problems = pair ? exchangeProblems(exchange, pair, validator) : ['belongs to no operation'];
      findings.check(name, 'sandbox', problems);
      if (pair && tellsSomething(exchange, pair)) answered.add(pair.name);
    }
  };
  try {
    const failed = await makeWrites(under);
    for (const [name, problem] of failed) findings.check(name, 'sandbox write', [problem]);
    const wrong = await provokeConflicts(under);
    for (const [name, problem] of wrong) findings.check(name, 'sandbox conflict', [problem]);
    await actAsOffice(under);
    const written = under.proxy.take();
    inspectAll(written);
    await inbox.check({ validator, findings, components: deps.documents.components });
    const writes = written.filter(({ request }) => request.method !== 'GET');
    const rows = new KnownRows(writes);
    await readEverything(pairs, {
      under,
      findings,
      rows,
      inspect: () => {
        const exchanges = under.proxy.take();
        inspectAll(exchanges);
        return exchanges;
      },
    });
    for (const { name } of pairs) {
      const empty = answered.has(name) ? [] : ['no answer with a record was seen, so none was checked'];
      findings.check(name, 'sandbox coverage', empty);
    }
    await provokeRefusals(pairs, {
      ...deps,
      under,
      rows,
      doneWrite: (pair) =>
        writes.find((exchange) => exchange.reply.status < 300 && pairOf(exchange, pairs)?.name === pair.name),
    });
  } finally {
    await inbox.close();
    await under.close();
  }
}

const page = z.object({ data: z.array(z.unknown()).min(1) });

function tellsSomething({ reply }: Exchange, { operation }: Pair): boolean {
  if (reply.status >= 300) return false;
  return operation.kind === 'single' || page.safeParse(parseJson(reply.body)).success;
}
