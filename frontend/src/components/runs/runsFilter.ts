import { stateTitles } from '#backend/schemas/state.ts';
import type { RunsFilter } from '../../api.ts';
import { statusWords } from '../common/StatusBadge.tsx';

const names = ['status', 'state', 'version', 'error', 'search'] as const satisfies (keyof RunsFilter)[];

/** What the address asks for; what it does not name is left out, so that the same question is always written alike. */
export function runsFilterOf(params: URLSearchParams, flowId: string | undefined): RunsFilter {
  const asked = flowId ?? params.get('flow') ?? '';
  // Versions count within a flow.
  const given = names.filter((name) => asked !== '' || name !== 'version');
  return Object.fromEntries(
    [['flowId', asked], ...given.map((name) => [name, params.get(name) ?? ''])].filter(
      ([, value]) => value !== '',
    ),
  );
}

/** Whether anything narrows the list within its flow. */
export function isNarrowed(filter: RunsFilter): boolean {
  return names.some((name) => filter[name] !== undefined);
}

/** Which runs a filter means, for the words of what is done with all of them. */
export function filterWords(filter: RunsFilter, flowName: string | undefined): string {
  const { flowId, status, state, version, error, search } = filter;
  const stateTitle = Object.entries(stateTitles).find(([number]) => number === state)?.[1];
  const parts = [
    flowId ? `of ${flowName ?? 'this flow'}` : 'of all flows',
    version ? `on version ${version}` : null,
    isStatus(status) ? `that are “${statusWords(status)}”` : null,
    stateTitle ? `begun in “${stateTitle}”` : null,
    search ? `of customers named “${search}”` : null,
    error ? `with the error “${error}”` : null,
  ];
  return `Runs ${parts.filter((part) => part !== null).join(', ')}.`;
}

const statuses = ['active', 'parked', 'done', 'ended'] as const;
type RunStatus = (typeof statuses)[number];

function isStatus(status: string | undefined): status is RunStatus {
  return statuses.some((each) => each === status);
}

export const runStatusOptions = statuses.map((value) => ({ value, label: statusWords(value) }));
