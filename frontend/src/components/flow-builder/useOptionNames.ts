import { useQueries, type UseQueryResult } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { optionKinds, type OptionKind } from '#backend/schemas/conditions.ts';
import type { OptionsReply } from '#backend/schemas/flowApi.ts';
import { queries } from '../../queries.ts';
import type { OptionNames } from './flowNames.ts';

/** The names of what a flow refers to; the same object as long as nothing changes. */
export function useOptionNames(kinds: readonly OptionKind[]): OptionNames {
  const key = kinds.join(' ');
  const list = useMemo(() => optionKinds.filter((kind) => key.split(' ').includes(kind)), [key]);
  const combine = useCallback(
    (results: UseQueryResult<OptionsReply>[]): OptionNames =>
      Object.fromEntries(
        list.flatMap((kind, index) => {
          const options = results[index]?.data?.options;
          if (!options) return [];
          return [[kind, Object.fromEntries(options.map(({ id, name }) => [String(id), name]))]];
        }),
      ),
    [list],
  );
  return useQueries({ queries: list.map((kind) => queries.options(kind)), combine });
}
