import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { queries } from '../../queries.ts';

interface CustomerPickerProps {
  connectionId: string;
  /** The customer's id in ServiceTitan; null is anybody. */
  value: number | null;
  onChange: (customerId: number | null) => void;
}

const anybody = 'anybody';

/** Chooses a customer of one tenant by name, or leaves it to chance. */
export function CustomerPicker({ connectionId, value, onChange }: CustomerPickerProps) {
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState<{ value: string; label: string } | null>(null);
  const [search] = useDebouncedValue(typed, 200);
  const words = search === chosen?.label || search === 'A random customer' ? '' : search;
  const found = useQuery(queries.findCustomers({ connectionId, search: words }));

  const byId = new Map<string, { value: string; label: string }>();
  if (chosen) byId.set(chosen.value, chosen);
  for (const { servicetitanCustomerId, customerName } of found.data?.customers ?? []) {
    if (servicetitanCustomerId === null) continue;
    const id = String(servicetitanCustomerId);
    if (!byId.has(id)) byId.set(id, { value: id, label: `${customerName} (${id})` });
  }
  const options = [{ value: anybody, label: 'A random customer' }, ...byId.values()];
  return (
    <Select
      label="Customer"
      data={options}
      searchable
      // The server has searched already; what it found is all shown.
      filter={({ options: all }) => all}
      searchValue={typed}
      onSearchChange={setTyped}
      value={value === null ? anybody : String(value)}
      onChange={(id) => {
        setChosen(id === null || id === anybody ? null : (byId.get(id) ?? null));
        onChange(id === null || id === anybody ? null : Number(id));
      }}
      nothingFoundMessage="Nobody of that name"
      allowDeselect={false}
    />
  );
}
