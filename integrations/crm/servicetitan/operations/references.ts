import { z } from 'zod';
import type { Write } from './lookUp.ts';

const entries = z.array(z.object({ key: z.string(), value: z.string() })).min(1);
const withReference = z.looseObject({
  body: z.looseObject({ externalData: z.object({ applicationGuid: z.string(), externalData: entries }) }),
});

interface ReferenceFilter {
  externalDataApplicationGuid: string;
  externalDataKey: string;
  externalDataValues: string[];
}

/** The filter that finds a record by the first of the integrator's own keys; undefined where it was given none. */
export function byReference({ input }: Write): ReferenceFilter | undefined {
  const data = withReference.safeParse(input).data?.body.externalData;
  const [first] = data?.externalData ?? [];
  // A comma would part the value into two.
  if (!data || !first || first.value.includes(',')) return undefined;
  return {
    externalDataApplicationGuid: data.applicationGuid,
    externalDataKey: first.key,
    externalDataValues: [first.value],
  };
}

/** Whether a record carries all of the write's own keys: the filter looks at one, or may be ignored. */
export function carriesReference(
  { externalData }: { externalData: readonly { key: string; value: string }[] },
  { input }: Write,
): boolean {
  const wanted = withReference.parse(input).body.externalData.externalData;
  return wanted.every(({ key, value }) =>
    externalData.some((entry) => entry.key === key && entry.value === value),
  );
}
