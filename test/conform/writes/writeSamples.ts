import { crmWrites } from './crmWrites.ts';
import { jobWrites } from './jobWrites.ts';
import { moneyWrites } from './moneyWrites.ts';
import { otherWrites } from './otherWrites.ts';
import type { WriteSamples } from './WriteWorld.ts';

/** A sample of every write that the client knows: the type refuses a table that lacks one. */
export const writeSamples = {
  ...crmWrites,
  ...jobWrites,
  ...moneyWrites,
  ...otherWrites,
} satisfies WriteSamples;
