import { CloseButton, Group, Select, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { stateNumbers, stateTitles } from '#backend/schemas/state.ts';
import type { RunsFilter } from '../../api.ts';
import { queries } from '../../queries.ts';
import { inContent } from '../../theme.ts';
import { SearchFilter } from '../common/SearchFilter.tsx';
import { SelectFilter } from '../common/SelectFilter.tsx';
import { useUrlFilter } from '../common/useUrlFilter.ts';
import { runStatusOptions } from './runsFilter.ts';

const stateOptions = stateNumbers
  .filter((state) => state !== 0)
  .map((state) => ({ value: String(state), label: stateTitles[state] }));

interface RunsFiltersProps {
  filter: RunsFilter;
  /** Of all flows, the flow can be chosen; of one, its version. */
  isOfAll: boolean;
}

/** Which runs are listed. */
export function RunsFilters({ filter, isOfAll }: RunsFiltersProps) {
  const { flowId } = filter;
  return (
    <>
      <SearchFilter label="Search customers" />
      {isOfAll ? <FlowFilter /> : null}
      <SelectFilter name="status" label="Status" all="All statuses" options={runStatusOptions} />
      <SelectFilter name="state" label="State it began in" all="All states" options={stateOptions} />
      {flowId === undefined ? null : <VersionFilter flowId={flowId} />}
      <ErrorSelect filter={filter} />
    </>
  );
}

function FlowFilter() {
  const flows = useQuery(queries.flows());
  const options = (flows.data?.flows ?? []).map(({ id, name }) => ({ value: id, label: name }));
  return <SelectFilter name="flow" label="Flow" all="All flows" options={options} />;
}

function VersionFilter({ flowId }: { flowId: string }) {
  const versions = useQuery(queries.versions(flowId));
  const options = (versions.data?.versions ?? []).map(({ number }) => ({
    value: String(number),
    label: `Version ${number}`,
  }));
  return <SelectFilter name="version" label="Version" all="All versions" options={options} />;
}

/** The errors that there are, with how many runs wait for each. Only what needs attention has one. */
function ErrorSelect({ filter: { status, error = '', ...filter } }: { filter: RunsFilter }) {
  const [, setParams] = useSearchParams();
  const errors = useQuery(queries.runErrors(filter));
  const found = errors.data?.errors ?? [];
  if (found.length === 0 && error === '') return null;
  const options = found.map(({ error: value, count }) => ({ value, label: `${value} (${count})` }));
  const isKnown = error === '' || found.some((each) => each.error === error);
  return (
    <Select
      aria-label="Error"
      data={[
        { value: '', label: 'All errors' },
        ...(isKnown ? [] : [{ value: error, label: error }]),
        ...options,
      ]}
      value={error}
      onChange={(value) =>
        setParams(
          (current) => {
            const next = new URLSearchParams(current);
            next.delete('error');
            if (value) next.set('error', value);
            if (value && status !== undefined) next.set('status', 'parked');
            return next;
          },
          { replace: true },
        )
      }
      allowDeselect={false}
      checkIconPosition="right"
      comboboxProps={{ ...inContent, width: 320, position: 'bottom-end' }}
      w={{ base: 'calc(50% - 4px)', xs: 200 }}
    />
  );
}

/** The one reason that the list is narrowed to, with the way out of it. */
export function ErrorFilter() {
  const [error, setError] = useUrlFilter('error');
  if (error === '') return null;
  return (
    <Group gap="xs" wrap="nowrap" px="md" py="xs">
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        Only with this reason: <strong>{error}</strong>
      </Text>
      <CloseButton aria-label="Show all reasons" onClick={() => setError(null)} />
    </Group>
  );
}
