import { Select, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { optionKinds } from '#backend/schemas/conditions.ts';
import type { MissingReference, ReferenceMapping } from '#backend/schemas/flowApi.ts';
import { countOf } from '../../money.ts';
import { queries } from '../../queries.ts';
import { optionItems } from '../flow-builder/forms/optionItems.ts';

interface MappingFieldsProps {
  missing: readonly MissingReference[];
  mapping: ReferenceMapping;
  onChange: (mapping: ReferenceMapping) => void;
}

/** What takes the place of things that the imported flow names and this workspace does not have. */
export function MappingFields({ missing, mapping, onChange }: MappingFieldsProps) {
  if (missing.length === 0) return null;
  return (
    <Stack gap="sm" component="section" aria-label="What is missing here">
      <Title order={3} size="sm">
        {countOf(missing.length, 'thing')} of the flow {missing.length === 1 ? 'is' : 'are'} not here
      </Title>
      {missing.map((reference) => (
        <ReferenceField
          key={reference.key}
          reference={reference}
          value={mapping[reference.key] ?? null}
          onChange={(value) => onChange({ ...mapping, [reference.key]: value })}
        />
      ))}
    </Stack>
  );
}

interface ReferenceFieldProps {
  reference: MissingReference;
  value: string | number | null;
  onChange: (value: string | number | null) => void;
}

const leaveOut = '';

function ReferenceField({ reference, value, onChange }: ReferenceFieldProps) {
  const kind = optionKinds.find((each) => each === reference.kind);
  const query = useQuery({ ...queries.options(kind ?? 'connections'), enabled: kind !== undefined });
  const options = kind === undefined ? [] : (query.data?.options ?? []);
  const label = `${reference.name} (${reference.kind.replaceAll('_', ' ')})`;
  const used = countOf(reference.usedBy.length, 'step uses it', 'steps use it');
  if (kind === undefined) {
    return (
      <Text size="sm">
        {label}: {used}. It is left as it is, and listed as a problem.
      </Text>
    );
  }
  return (
    <Select
      label={label}
      description={used}
      data={[{ value: leaveOut, label: 'Leave it out' }, ...optionItems(options, [])]}
      value={value === null ? leaveOut : String(value)}
      onChange={(chosen) => onChange(options.find(({ id }) => String(id) === chosen)?.id ?? null)}
      searchable
      allowDeselect={false}
    />
  );
}
