import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkAll } from './checkAll.ts';
import { readDocuments } from './OpenApiDocuments.ts';
import { writeReport } from './Report.ts';

const { values } = parseArgs({
  options: {
    openapi: { type: 'string', default: fileURLToPath(new URL('../../../shared/openapi', import.meta.url)) },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});

const folder = path.resolve(values.openapi);
const documents = readDocuments(folder);
if (documents) {
  const seed = Number(values.seed);
  if (!Number.isInteger(seed)) throw new Error(`--seed must be a whole number, not ${values.seed}.`);
  const report = await checkAll(documents, seed);
  process.stdout.write(`${values.json ? JSON.stringify(report, null, 2) : writeReport(report)}\n`);
  process.exitCode = report.failures.length > 0 ? 1 : 0;
} else {
  process.stdout.write(`Nothing was checked: there are no OpenAPI documents in ${folder}.\n`);
}
