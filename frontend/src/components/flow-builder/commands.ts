/** Something that can be done in the builder, by name, by keys, or both. */
export interface Command {
  id: string;
  group: 'Flow' | 'Edit' | 'View';
  title: string;
  /** Key combinations, such as mod+shift+Z; mod is Ctrl, on a Mac Cmd. */
  keys: readonly string[];
  run: () => void;
  /** The browser itself tells of these keys. */
  isNative?: boolean;
  /** Left out of the command palette: only keys make sense. */
  isKeysOnly?: boolean;
  /** Also while a text field has the focus. */
  isEverywhere?: boolean;
}

type Keys = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

/** Whether the keys that were pressed are this combination. */
export function isPressed(combination: string, event: Keys): boolean {
  const parts = combination.split('+');
  const key = parts.at(-1) ?? '';
  const hasMod = event.ctrlKey || event.metaKey;
  if (parts.includes('mod') !== hasMod || parts.includes('alt') !== event.altKey) return false;
  // Where ? stands on the keyboard, and whether it needs Shift, differs.
  if (key.length === 1 && !/[a-z0-9]/i.test(key)) return event.key === key;
  return parts.includes('shift') === event.shiftKey && event.key.toLowerCase() === key.toLowerCase();
}

/** "Ctrl Shift Z", as it stands on keys. */
export function keyWords(combination: string): string[] {
  const names: Record<string, string> = {
    mod: 'Ctrl',
    shift: 'Shift',
    alt: 'Alt',
    ArrowUp: '↑',
    ArrowDown: '↓',
    ArrowLeft: '←',
    ArrowRight: '→',
    Escape: 'Esc',
  };
  return combination.split('+').map((part) => names[part] ?? part);
}
