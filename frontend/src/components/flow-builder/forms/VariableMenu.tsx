import { Button, Popover, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBraces } from '@tabler/icons-react';
import { useState } from 'react';
import { CustomerSelect } from './CustomerSelect.tsx';
import { useFormSurroundings } from './FormContext.ts';
import styles from './forms.module.css';

interface Entry {
  name: string;
  title: string;
  group: string;
  value: string | null;
}

/** The values that a text may hold, by name and as they are for a real customer. */
export function VariableMenu({ label, onInsert }: { label: string; onInsert: (name: string) => void }) {
  const [opened, { close, toggle }] = useDisclosure();
  return (
    <Popover opened={opened} onChange={close} width={340} position="bottom-start" trapFocus withinPortal>
      <Popover.Target>
        <Button
          size="compact-xs"
          variant="subtle"
          mt={4}
          leftSection={<IconBraces size={14} aria-hidden />}
          onClick={toggle}
          aria-label={`Insert a value into ${label}`}
        >
          Insert a value
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="sm" aria-label="Values to insert">
        <VariableList
          onInsert={(name) => {
            close();
            onInsert(name);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

function VariableList({ onInsert }: { onInsert: (name: string) => void }) {
  const surroundings = useFormSurroundings();
  const [search, setSearch] = useState('');
  if (!surroundings) return null;
  const { variables, stepValues, customerName, chooseCustomer } = surroundings;
  const all: Entry[] = [
    ...variables,
    ...stepValues.filter(({ choices }) => choices.length === 0).map((each) => ({ ...each, value: null })),
  ];
  const words = search.trim().toLowerCase();
  const found = all.filter(({ title, group, name }) =>
    `${group} ${title} ${name}`.toLowerCase().includes(words),
  );
  const groups = Map.groupBy(found, ({ group }) => group);
  return (
    <>
      <CustomerSelect
        label="With the values of"
        size="xs"
        chosenName={customerName}
        isInside
        onChoose={({ journeyId }) => chooseCustomer(journeyId)}
      />
      <TextInput
        data-autofocus
        size="xs"
        mt="sm"
        aria-label="Search the values"
        placeholder="Search the values"
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      <div className={styles.variables} role="group" aria-label="Values">
        {[...groups].map(([group, entries]) => (
          <div key={group} role="group" aria-label={group}>
            <h3>{group}</h3>
            {entries.map(({ name, title, value }) => (
              <button key={name} type="button" onClick={() => onInsert(name)}>
                <span>{title}</span>
                <span className={styles.value}>{value === null || value === '' ? '–' : value}</span>
              </button>
            ))}
          </div>
        ))}
        {found.length === 0 ? (
          <Text size="sm" c="dimmed" p="sm">
            No value of that name.
          </Text>
        ) : null}
      </div>
    </>
  );
}
