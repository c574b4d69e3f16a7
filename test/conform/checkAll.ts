import { checkDeclarations } from './checkDeclarations.ts';
import { checkReplies } from './checkReplies.ts';
import { checkRequests } from './checkRequests.ts';
import { checkSandbox } from './checkSandbox.ts';
import { Findings } from './Findings.ts';
import type { Schema } from './jsonSchema.ts';
import type { OpenApiDocuments } from './OpenApiDocuments.ts';
import { makeReport, type Report } from './Report.ts';
import { Validator } from './Validator.ts';

/** Holds client and sandbox against the vendor's documents. */
export async function checkAll(documents: OpenApiDocuments, seed: number): Promise<Report> {
  const startedAt = performance.now();
  const findings = new Findings();
  const resolve = (reference: string): Schema => {
    const schema = documents.components.get(reference);
    if (!schema) throw new Error(`The documents have no ${reference}.`);
    return schema;
  };
  const deps = { documents, validator: new Validator(documents.components), resolve, seed, findings };
  const pairs = checkDeclarations(documents, findings);
  checkReplies(pairs, deps);
  await checkRequests(pairs, deps);
  await checkSandbox(pairs, deps);
  const modules = new Map(
    pairs.map(({ name, operation }) => [name, operation.path.split('/tenant/')[0] ?? '']),
  );
  return makeReport(findings, { modules, seed, seconds: (performance.now() - startedAt) / 1000 });
}
