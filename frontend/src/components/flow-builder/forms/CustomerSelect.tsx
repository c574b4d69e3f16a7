import { Select, type MantineSize } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { stateTitles } from '#backend/schemas/state.ts';
import { queries } from '../../../queries.ts';
import { inContent } from '../../../theme.ts';

interface CustomerSelectProps {
  label: string;
  size?: MantineSize;
  /** The name of who is chosen already. */
  chosenName: string | null;
  /** Opens inside the thing that it stands in, which would otherwise close. */
  isInside?: boolean;
  onChoose: (customer: { journeyId: string; contactId: string | null; name: string }) => void;
}

/** Finds a real customer by name. */
export function CustomerSelect({
  label,
  size = 'sm',
  chosenName,
  isInside = false,
  onChoose,
}: CustomerSelectProps) {
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed, 200);
  const found = useQuery(queries.findCustomers({ connectionId: '', search }));
  // Who has no journey yet is listed by the contact, of whom a little is known as well.
  const customers = (found.data?.customers ?? []).filter(({ contactId }) => contactId !== null);
  return (
    <Select
      label={label}
      size={size}
      placeholder={chosenName ?? 'Search by name, e-mail or job number'}
      data={customers.map(({ id, customerName, state, connectionName }) => ({
        value: id,
        label: `${customerName} · ${stateTitles[state]} · ${connectionName}`,
      }))}
      searchable
      // The server has searched already; what it found is all shown.
      filter={({ options }) => options}
      searchValue={typed}
      onSearchChange={setTyped}
      value={null}
      onChange={(journeyId) => {
        const customer = customers.find(({ id }) => id === journeyId);
        if (customer)
          onChoose({ journeyId: customer.id, contactId: customer.contactId, name: customer.customerName });
        setTyped('');
      }}
      nothingFoundMessage={found.isFetching ? 'Searching…' : 'Nobody of that name'}
      comboboxProps={isInside ? { withinPortal: false } : inContent}
    />
  );
}
