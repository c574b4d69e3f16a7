import { useQuery } from '@tanstack/react-query';
import { queries } from '../../queries.ts';
import { SelectFilter } from './SelectFilter.tsx';

/** Narrows a list to one connected tenant. */
export function ConnectionFilter() {
  const { data } = useQuery(queries.integrations());
  const connections = data?.integrations.flatMap((integration) => integration.connections) ?? [];
  return (
    <SelectFilter
      name="connection"
      label="Connection"
      all="All connections"
      options={connections.map(({ id, name }) => ({ value: id, label: name }))}
    />
  );
}
