import { Kbd, TextInput } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import styles from './Shell.module.css';

/** Finds customers from anywhere; Ctrl+K comes here. */
export function GlobalSearch() {
  const navigate = useNavigate();
  const input = useRef<HTMLInputElement>(null);
  const [words, setWords] = useState('');
  useHotkeys([['mod+K', () => input.current?.focus()]], []);

  return (
    <form
      role="search"
      className={styles.search}
      onSubmit={(event) => {
        event.preventDefault();
        const search = words.trim();
        void navigate(search ? `/customers?${new URLSearchParams({ search }).toString()}` : '/customers');
        setWords('');
        input.current?.blur();
      }}
    >
      <TextInput
        ref={input}
        type="search"
        size="xs"
        aria-label="Find a customer"
        placeholder="Find a customer"
        leftSection={<IconSearch size={14} aria-hidden />}
        rightSection={
          <Kbd size="xs" visibleFrom="sm" aria-hidden>
            Ctrl K
          </Kbd>
        }
        rightSectionWidth={62}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
    </form>
  );
}
