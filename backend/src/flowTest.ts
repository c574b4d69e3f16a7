import { parseArgs } from 'node:util';
import { findAction } from '#integrations/registry.ts';
import { exitWithReason } from './exitWithReason.ts';
import { checkFlow, type CheckedFlow } from './flow/checkFlows.ts';
import { galleryFlows } from './flow/gallery/galleryFlows.ts';
import { reportChecks } from './flow/reportChecks.ts';
import { readFlowFolder } from './flowTest/readFlowFolder.ts';

/** Leads the fixtures' customers through the flows of a folder, or of the gallery: exits with 1 when anything comes out otherwise. */
async function main(): Promise<void> {
  const { positionals } = parseArgs({ allowPositionals: true, strict: true });
  const [folder] = positionals;
  const flows = folder === undefined ? galleryChecks() : await readFlowFolder(folder);
  const checks = flows.map((flow) => checkFlow(flow, { findAction: (id) => findAction(id)?.action }));
  process.stdout.write(reportChecks(checks));
  if (checks.some(({ isGood }) => !isGood)) process.exitCode = 1;
}

function galleryChecks(): CheckedFlow[] {
  return galleryFlows.map(({ name, graph, fixtures }) => ({
    name,
    graph,
    fixtures: fixtures.map((fixture) => ({ source: fixture.name, fixture })),
  }));
}

main().catch(exitWithReason);
