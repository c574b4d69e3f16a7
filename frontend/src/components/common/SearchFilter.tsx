import { CloseButton, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useUrlFilter } from './useUrlFilter.ts';

/** The search of a list, kept in the address as `search`. */
export function SearchFilter({ label }: { label: string }) {
  const [search, setSearch] = useUrlFilter('search');
  const [draft, setDraft] = useState(search);
  const [known, setKnown] = useState(search);
  const apply = useDebouncedCallback(setSearch, 250);

  // The address changed by itself (back button, a link): it wins over what was typed.
  if (search !== known) {
    setKnown(search);
    if (search !== draft.trim()) setDraft(search);
  }
  const change = (value: string) => {
    setDraft(value);
    apply(value.trim());
  };
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        draft ? <CloseButton size="sm" aria-label="Clear the search" onClick={() => change('')} /> : null
      }
      value={draft}
      onChange={(event) => change(event.currentTarget.value)}
      w={{ base: '100%', xs: 260 }}
    />
  );
}
