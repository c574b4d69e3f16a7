import { Select } from '@mantine/core';
import { useUrlFilter } from './useUrlFilter.ts';

interface SelectFilterProps {
  /** The filter's name in the address. */
  name: string;
  label: string;
  /** The choice that filters nothing. */
  all: string;
  options: { value: string; label: string }[];
}

/** A filter with a few choices, kept in the address. */
export function SelectFilter({ name, label, all, options }: SelectFilterProps) {
  const [value, setValue] = useUrlFilter(name);
  return (
    <Select
      aria-label={label}
      data={[{ value: '', label: all }, ...options]}
      value={value}
      onChange={setValue}
      allowDeselect={false}
      checkIconPosition="right"
      w={{ base: 'calc(50% - 4px)', xs: 200 }}
    />
  );
}
